"""Keeping a draft, finding collisions, and making the account, once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from waizhuan.identity import consents, password_check
from waizhuan.identity.actors import actor_of
from waizhuan.identity.document_numbers import indexes_of
from waizhuan.identity.models import (
    Account,
    FormerName,
    Kind,
    LoginAlias,
    Organisation,
    OrganisationKind,
    Person,
    compare_key,
)
from waizhuan.identity.registration import rules
from waizhuan.identity.registration.models import Draft
from waizhuan.identity.sign_in.actions import named
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.ui.dates import full_day
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import masks, names, old_logins, unit_numbers

KEPT_DAYS = 14
SECRET_FIELDS = ("password", "password2", "captcha", "code", "consent")


def data_of(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(draft.data or "{}")
    return found


def keep(draft: Draft, given: dict[str, Any]) -> None:
    """Remember what a step was given; the password only as its hash."""
    data = data_of(draft)
    for name, value in given.items():
        if name not in SECRET_FIELDS:
            data[name] = value.isoformat() if isinstance(value, dt.date) else value
    draft.data = json.dumps(data, ensure_ascii=False)
    if given.get("password"):
        draft.password = make_password(given["password"])
    draft.updated_at = clock.now()
    draft.save()


# ---------------------------------------------------------------- collisions


def login_name_taken(name: str) -> bool:
    """Does anybody sign in by it: an account, an old name of one, or an account of the old system (F8)?"""
    key = compare_key(name)
    return bool(_taken([key]))


def _taken(keys: list[str]) -> set[str]:
    """Those of the keys that somebody signs in by. Two queries."""
    prefixed = {old_logins.KEY_PREFIX + key: key for key in keys}
    accounts = Account.objects.filter(login_key__in=[*keys, *prefixed]).values_list("login_key", flat=True)
    aliases = LoginAlias.objects.filter(key__in=keys).values_list("key", flat=True)
    return {prefixed.get(key, key) for key in accounts} | set(aliases)


def login_objections(given: dict[str, Any], words: list[str]) -> list[Verdict]:
    """Everything that is wrong with login name and password, at once."""
    name = given.get("login_name", "")
    verdicts = [rules.login_name_verdict(name, taken=login_name_taken(name))] if name else []
    if given.get("password"):
        verdicts += password_check.objections(given["password"], [name, *words])
    return [v for v in verdicts if not v.ok]


def free_names(name: str) -> list[str]:
    wanted = rules.suggestions(name)
    taken = _taken([compare_key(n) for n in wanted])
    return [n for n in wanted if compare_key(n) not in taken][:3]


def person_collision(doc_key: str) -> Verdict | None:
    """B1: does an account hold this document already?"""
    index = crypto.blind_index("document", doc_key)
    person = Person.objects.select_related("account").filter(doc_index=index).first() if doc_key else None
    return rules.person_taken(_holder(person.account)) if person else None


def unit_collisions(name: str, uscc: str) -> list[Verdict]:
    """B2, B3: the name, or the code under another name (former names and codes count)."""
    key = names.name_key(name)
    units = Organisation.objects.filter(kind=OrganisationKind.UNIT).select_related("account")
    by_name = units.filter(name_key=key).first()
    by_code = units.filter(uscc=uscc).first() or units.filter(former_codes__uscc=uscc).first() if uscc else None
    found = []
    if by_name:
        found.append(rules.unit_name_taken(_holder(by_name.account)))
    if by_code and by_code != by_name:
        former = FormerName.objects.filter(organisation=by_code, name_key=key).exists()
        found.append((rules.unit_name_taken if former else rules.code_taken)(_holder(by_code.account)))
    return found


def phone_collision(phone: str) -> Verdict | None:
    """Is the number another person's verified mobile?"""
    taken = Account.objects.of_mobile(crypto.blind_index("phone", phone)).exists()
    return rules.phone_taken() if taken else None


def _holder(account: Account | None) -> rules.Holder:
    if account is None:
        return rules.Holder("—", "")
    return rules.Holder(full_day(account.created_at), masks.mask_phone(account.phone) if account.phone else "")


def is_registered(sought: str) -> bool:
    """Is there an account under this login name (an old one too), document number or credit code? At most five queries."""
    if named(sought).account is not None:
        return True
    codes = unit_numbers.may_mean(sought)
    if codes and Organisation.objects.filter(uscc__in=codes).exclude(account=None).exists():
        return True
    return Person.objects.filter(doc_index__in=indexes_of(sought)).exists()


# ---------------------------------------------------------------- the account


def complete(draft: Draft) -> Account:
    """Make the account of this draft, in one transaction. The second press finds what the first one made.

    The database decides between two who register one number at one moment: the later one is Refused as in B1–B3.
    """
    try:
        with transaction.atomic():
            row = Draft.objects.select_for_update().get(pk=draft.pk)
            if row.account is not None:
                return row.account
            data = data_of(row)
            if row.phone_verified != crypto.blind_index("phone", data["phone"]):
                # another tab has put another number in since the code was right
                raise Refused(no(say("手机号刚刚改过，请回到上一步，重新获取验证码"), field="code", code="B5"))
            account = _person(row, data) if row.kind == "person" else _unit(row, data)
            row.account, row.password, row.data, row.updated_at = account, "", "{}", clock.now()
            row.save()
            publish(
                Happened(
                    actor_of(account),
                    "registration.complete",
                    f"identity.account:{account.pk}",
                    {"kind": account.kind},
                )
            )
            consents.give(actor_of(account), account.pk, [consents.PRIVACY])
            return account
    except IntegrityError as error:
        data = data_of(draft)
        found = login_objections({"login_name": data.get("login_name", "")}, [])
        if draft.kind == "person":
            found += [v for v in (person_collision(data.get("doc_key", "")),) if v is not None]
        else:
            found += unit_collisions(data.get("name", ""), data.get("uscc", ""))
        if not found:
            found = [rules.phone_taken()]
        raise Refused(*found) from error


def _account(draft: Draft, data: dict[str, Any], kind: str) -> Account:
    now = clock.now()
    return Account.objects.create(
        login_name=data["login_name"],
        kind=kind,
        password=draft.password,
        phone=data["phone"],
        phone_verified_at=now,
        language=data.get("language", "zh-hans"),
        created_at=now,
        password_changed_at=now,
    )


def _person(draft: Draft, data: dict[str, Any]) -> Account:
    account = _account(draft, data, Kind.NATURAL)
    Person.objects.create(
        account=account,
        name=data["name"],
        name_key=names.name_key(data["name"]),
        doc_type=data["doc_type"],
        doc_country=data.get("doc_country") or "CHN",
        doc_number=data["doc_number"],
        doc_key=data["doc_key"],
        doc_expires=dt.date.fromisoformat(data["doc_expires"]) if data.get("doc_expires") else None,
    )
    return account


def _unit(draft: Draft, data: dict[str, Any]) -> Account:
    account = _account(draft, data, Kind.LEGAL)
    Organisation.objects.create(
        kind=OrganisationKind.UNIT,
        account=account,
        name=data["name"],
        name_key=names.name_key(data["name"]),
        uscc=data["uscc"],
        unit_kind=data["unit_kind"],
        division=data["province"],
        address=data["address"],
        agent_name=data["agent_name"],
        agent_doc_type=data["agent_doc_type"],
        agent_doc_country=data.get("agent_doc_country") or "CHN",
        agent_doc_number=data["agent_doc_number"],
        rep_name=data["rep_name"],
        rep_doc_type=data["rep_doc_type"],
        rep_doc_country=data.get("rep_doc_country") or "CHN",
        rep_doc_number=data["rep_doc_number"],
    )
    return account


def discard(draft: Draft) -> None:
    """Forget a registration that somebody does not want to finish here."""
    Draft.objects.filter(pk=draft.pk, account=None).delete()


def forget_old_drafts() -> int:
    """Drafts that nobody has touched for two weeks."""
    count, _ = Draft.objects.filter(updated_at__lt=clock.now() - dt.timedelta(days=KEPT_DAYS)).delete()
    return count
