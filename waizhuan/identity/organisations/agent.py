"""Changing a unit's main agent is a guarded step (G3): whoever hands over and whoever takes over both confirm, and what the
old agent knows opens the unit's account no more."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from waizhuan.identity import other_hands
from waizhuan.identity.appeals.queries import administrators
from waizhuan.identity.contact_change.actions import speaks_for_holder
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.contact_change.rules import PROVES_AFTER
from waizhuan.identity.models import Account, Organisation, RealName
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import end_others, lock_open, open_case
from waizhuan.identity.realname.rules import Kind, Purpose
from waizhuan.identity.sign_in import links
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify import api as notify
from waizhuan.shared.refdata.masks import mask_name

KEY = "new_agent"  # session: what was typed, sealed
SEAL = "organisations.new_agent"
OLD, NEW = "agent_old", "agent_new"  # purposes of the two codes


def keep(request: HttpRequest, given: dict[str, Any]) -> None:
    wanted = ("agent_name", "agent_doc_type", "agent_doc_country", "agent_doc_number", "phone")
    data = json.dumps({n: given.get(n) or "" for n in wanted}, ensure_ascii=False)
    request.session[KEY] = crypto.seal(data, SEAL)


def kept(request: HttpRequest) -> dict[str, str] | None:
    sealed = request.session.get(KEY)
    try:
        found: dict[str, str] | None = json.loads(crypto.unseal(sealed, SEAL)) if sealed else None
    except crypto.CannotOpen:
        return None
    return found


def old_side(account: Account) -> tuple[str, str]:
    """Where whoever hands over confirms: the channel and the phone, else the verified e-mail; "" where there is neither that
    the account has had for a while."""
    if account.phone and speaks_for_holder(account, "sms"):
        return "sms", account.phone
    if account.email and account.email_verified_at and speaks_for_holder(account, "email"):
        return "email", account.email
    return "email", ""


def may_change(account: Account) -> Verdict:
    """The password alone is not enough: where nothing on file can confirm, evidence does."""
    if old_side(account)[1]:
        return YES
    if account.phone or account.email_verified_at:
        return no(
            say(
                "预留的手机或电子邮箱是 {days} 天内才加上或改过的，还不能确认是原来的主代办人同意的。满 {days} 天再来，或者用盖公章的申诉书办理",
                days=PROVES_AFTER.days,
            ),
            code="G3",
            remedy=Remedy("appeals.details", say("用申诉书办理"), ("unit",)),
        )
    return no(
        say("单位账号没有预留手机，也没有验证过的电子邮箱，没有办法确认是原来的主代办人同意的，要用盖公章的申诉书办理"),
        code="G3",
        remedy=Remedy("appeals.details", say("用申诉书办理"), ("unit",)),
    )


def _sides(account: Account, phone: str, proved: Collection[str]) -> list[tuple[str, str, str, str]]:
    """Who still has to confirm: field, purpose, channel, destination."""
    both = (("old", OLD, *old_side(account)), ("new", NEW, "sms", phone))
    return [side for side in both if side[0] not in proved]


def send_codes(account: Account, phone: str, proved: Collection[str] = ()) -> list[Verdict]:
    """To both sides; which could not be sent. A code that was sent a minute ago still counts."""
    return [
        no(issued.verdict.reason, field=field)
        for field, purpose, channel, to in _sides(account, phone, proved)
        if not (issued := notify.codes.issue(purpose, to, channel, holder=str(account.pk))).verdict.ok
    ]


def check_codes(account: Account, phone: str, old: str, new: str, proved: list[str]) -> list[Verdict]:
    """Everything that is wrong, each beside its field. A right code is used up: it is noted in `proved`."""
    problems = []
    for field, purpose, _channel, to in _sides(account, phone, proved):
        verdict = notify.codes.check(purpose, to, old if field == "old" else new, holder=str(account.pk))
        if verdict.ok:
            proved.append(field)
        else:
            problems.append(no(verdict.reason, field=field))
    return problems


def change(actor: Actor, account: Account, given: dict[str, str]) -> None:
    """The new agent, with the new phone. The account is out of the old one's hands at that moment (`other_hands`); the new
    one gets a link to set a password; both are told, and so are the unit's administrators."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        lock_open(row.pk)
        asked = open_case(row.pk, Kind.UNIT)
        if asked is not None and asked.purpose == Purpose.CHANGE:
            perform(CASE, asked, "void", the_system(""))  # whoever asked for it no longer speaks for the unit
        unit = Organisation.objects.select_for_update().get(account=row)
        phone, email = row.phone, row.email
        unit.agent_name, unit.agent_doc_type = given["agent_name"], given["agent_doc_type"]
        unit.agent_doc_country = given["agent_doc_country"] or "CHN"
        unit.agent_doc_number = given["agent_doc_number"]
        unit.agent_real_name, unit.agent_real_name_reason = RealName.NOT_STARTED, ""
        unit.save()
        end_others(row.pk)
        link, address = other_hands.pass_on(row, phone=given["phone"], why="agent", target=reverse("realname.status"))
        kept = ContactChange.objects.create(
            account=row, channel="sms", before=phone, after=row.phone, settled_at=clock.now()
        )
        _tell(row, unit, key=f"agent:{kept.pk}", phone=phone, email=email, link=address)
        publish(Happened(actor, "organisations.agent_changed", f"identity.organisation:{unit.pk}", {"link": link.pk}))


def _tell(row: Account, unit: Organisation, *, key: str, phone: str, email: str, link: str) -> None:
    context = {"unit": unit.name, "login_name": row.login_name}
    notify.send_to(
        "organisations.agent_link",
        {**context, "link": link, "days": links.DAYS},
        key=f"{key}:link",
        phone=row.phone,
        language=row.language,
    )
    appeal = settings.BASE_URL + reverse("appeals.start")
    left = {**context, "name": mask_name(unit.agent_name), "address": appeal}
    if phone or email:
        notify.send_to(
            "organisations.agent_left", left, key=f"{key}:left", phone=phone, email=email, language=row.language
        )
    told = (row.pk, *administrators(row))
    publish(Tell("organisations.agent_changed", accounts=told, context=left, link=reverse("web.home")))
