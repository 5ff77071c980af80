"""What the transitions of an appeal do, inside their transaction. The appellant has no account yet: told by text message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError
from django.urls import reverse

from waizhuan.identity import other_hands
from waizhuan.identity.appeals import rules
from waizhuan.identity.models import Account, Organisation, OrganisationKind, RealName
from waizhuan.identity.organisations import renaming
from waizhuan.identity.realname.queries import end_others, lock_open
from waizhuan.identity.sign_in import links
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata.names import name_key

if TYPE_CHECKING:
    from waizhuan.identity.appeals.models import Appeal

Data = Mapping[str, Any]
SALT = "appeal-objection"


def _tell(appeal: Appeal, template: str, **context: object) -> None:
    """By text message to the number that the appellant has verified."""
    address = settings.BASE_URL + reverse("appeals.find")
    notify.send_to(
        template,
        {"number": appeal.number or "", "address": address, **context},
        key=f"appeal:{appeal.pk}:{appeal.version}:{template}",
        phone=appeal.phone,
        language=appeal.language,
    )


def submitted(appeal: Appeal, actor: Actor, data: Data) -> None:
    """Find the account, once more with every submission: it may have been registered or corrected meanwhile."""
    from waizhuan.identity.appeals.queries import account_meant

    appeal.evidence.filter(submitted_at=None).update(submitted_at=clock.now())
    appeal.account = account_meant(appeal)
    _contest_others(appeal)
    _tell(appeal, "appeals.received")


def _contest_others(appeal: Appeal) -> None:
    """Somebody else's appeal for this account that cools off stops: two people look at both. One that is being approved at
    this very moment is waited for: its reviewer could not see this one yet."""
    from waizhuan.identity.appeals.process import APPEAL
    from waizhuan.shared.flow.api import perform

    if appeal.account is None:
        return
    others = type(appeal).objects.filter(account=appeal.account, state__in=(*rules.WITH_OPERATOR, "cooling"))
    locked = list(others.select_for_update(of=("self",)).exclude(pk=appeal.pk).order_by("pk"))
    for other in locked:
        if other.state == "cooling":
            perform(APPEAL, other, "contest", the_system())


def contested(appeal: Appeal, actor: Actor, data: Data) -> None:
    appeal.objected_at = clock.now()
    _tell(appeal, "appeals.contested")


def locked(appeal: Appeal, actor: Actor, data: Data) -> None:
    appeal.objected_at = clock.now()
    _tell(appeal, "appeals.locked")


def recommended(appeal: Appeal, actor: Actor, data: Data) -> None:
    appeal.first_by_id = actor.account_id


def asked(appeal: Appeal, actor: Actor, data: Data) -> None:
    appeal.asked_at = clock.now()
    _tell(appeal, "appeals.asked", note=str(data.get("reason", "")))


def declined(appeal: Appeal, actor: Actor, data: Data) -> None:
    _tell(appeal, "appeals.declined", note=str(data.get("reason", "")))


def cooling(appeal: Appeal, actor: Actor, data: Data) -> None:
    """Tell every contact that the account had before, whoever signs in to it, and a unit's administrators, with a link to
    object (E10)."""
    from waizhuan.identity.appeals.queries import administrators, signed_in_lately

    account = appeal.account
    assert account is not None  # the guard has seen to it
    if appeal.state == "review":  # approved by one
        appeal.first_by_id = actor.account_id
    others = administrators(account)
    reachable = bool(account.phone or account.email or others)
    days = rules.cooling_days(reachable=reachable, signed_in_lately=signed_in_lately(account))
    appeal.cooling_until = _after(days)
    if not days:
        return
    link = reverse("appeals.object", args=[signing.dumps(appeal.pk, salt=SALT)])
    until = f"{appeal.cooling_until.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
    context = {"address": settings.BASE_URL + link, "until": until}
    notify.send_to(
        "appeals.warning",
        context,
        key=f"appeal:{appeal.pk}:{appeal.version}:warning",
        phone=account.phone,
        email=account.email,
        language=account.language,
    )
    publish(
        Tell("appeals.warning", accounts=(account.pk,), context=context, link=link),
        Tell("appeals.warning", accounts=others, context=context, link=link, sms=True),
    )
    _tell(appeal, "appeals.cooling", until=until)


def _after(working_days: int) -> dt.datetime:
    """The same time of day, so many working days later; from a day off on, until the last of them closes: each is whole."""
    now = clock.now().astimezone(clock.CHINA)
    closes = clock.due_after(working_days).at.astimezone(clock.CHINA)
    if working_days and not clock.calendar().is_workday(now.date()):
        return closes
    return dt.datetime.combine(closes.date(), now.time(), clock.CHINA)


def objected(appeal: Appeal, actor: Actor, data: Data) -> None:
    appeal.objected_at, appeal.objection = clock.now(), str(data.get("reason", ""))[:1000]
    _tell(appeal, "appeals.objected")


def joined(appeal: Appeal, actor: Actor, data: Data) -> None:
    """An objection to an appeal that is looked at again anyway: the reviewer reads it too."""
    appeal.objection = str(data.get("reason", ""))[:1000]


def upheld(appeal: Appeal, actor: Actor, data: Data) -> None:
    """The account passes in spite of what stood against it; its contacts of before, who were warned, read why."""
    from waizhuan.identity.appeals.queries import administrators

    account = appeal.account
    assert account is not None  # the guard has seen to it
    why = {"note": str(data.get("reason", "")), "address": settings.BASE_URL + reverse("appeals.start")}
    contacts = {"phone": account.phone, "email": account.email, "language": account.language}
    notify.send_to("appeals.upheld", why, key=f"appeal:{appeal.pk}:{appeal.version}:upheld", **contacts)
    publish(Tell("appeals.upheld", accounts=administrators(account), context=why, link=reverse("appeals.start")))
    took_effect(appeal, actor, data)


def lapsed(appeal: Appeal, actor: Actor, data: Data) -> None:
    """The account was closed or merged while the appeal cooled off: nothing passes to anybody."""
    _tell(appeal, "appeals.lapsed")


def expired(appeal: Appeal, actor: Actor, data: Data) -> None:
    """Only a number that was proved is told: a draft's may be a stranger's."""
    if appeal.phone_verified_at:
        _tell(appeal, "appeals.expired", address=settings.BASE_URL + reverse("appeals.start"))


def took_effect(appeal: Appeal, actor: Actor, data: Data) -> None:
    """The account passes to the appellant: new contact, nobody else's sessions, password or second factor; a one-time link
    sets the password. What an operator locked is open again: two others have read why, and decided. For units the new main
    agent; for a change of name the new name everywhere, the old one findable. Raises Refused where the account is no more,
    or was locked a moment ago."""
    account = Account.objects.select_for_update().get(pk=appeal.account_id or 0)
    still = rules.account_open(account.closed_at is not None)
    still &= rules.lock_seen(not account.is_active, data.get("accepted", ()))
    if not still.ok:
        raise Refused(still)
    unlocked = not account.is_active
    account.is_active = True
    try:
        appeal.link, address = other_hands.pass_on(
            account,
            phone=appeal.phone,
            email=appeal.email,
            why="appeal",
            target=reverse("realname.status") if appeal.kind == rules.PHONE else "",
        )
    except IntegrityError as error:
        raise Refused(rules.phone_free(taken=True)) from error
    if appeal.kind in rules.UNITS:
        lock_open(account.pk)
        _new_agent(appeal)
    _tell(appeal, "appeals.approved", link=address, days=links.DAYS)
    done = {"appeal": appeal.number or "", **({"unlocked": True} if unlocked else {})}
    publish(Happened(actor, "appeals.took_effect", f"identity.account:{account.pk}", done))


def _new_agent(appeal: Appeal) -> None:
    unit = Organisation.objects.select_for_update().get(account_id=appeal.account_id or 0)
    unit.agent_name, unit.agent_doc_type = appeal.name, appeal.doc_type
    unit.agent_doc_country, unit.agent_doc_number = appeal.doc_country, appeal.doc_number
    if appeal.kind == rules.RENAME and name_key(appeal.unit_name) != unit.name_key:
        key = name_key(appeal.unit_name)
        if Organisation.objects.filter(kind=OrganisationKind.UNIT, name_key=key).exclude(pk=unit.pk).exists():
            raise Refused(no(say("这个单位名称已属于另一个账号"), code="D4"))
        renaming.rename(unit, appeal.unit_name)
    unit.save()
    end_others(appeal.account_id or 0)  # which leaves the former one's verification behind
    unit.agent_real_name, unit.agent_real_name_reason = RealName.PASSED, ""  # two operators have compared the document
    unit.save()
