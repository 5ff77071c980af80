"""What the transitions of `realname.case` do, inside their transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.organisations import renaming
from waizhuan.identity.realname.registered import from_to
from waizhuan.identity.realname.rules import PARTICULARS, Kind, Purpose, asker_stands
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.masks import mask_name
from waizhuan.shared.refdata.names import name_key

if TYPE_CHECKING:
    from waizhuan.identity.realname.models import Case

Data = Mapping[str, Any]


def _set_status(case: Case, status: str, reason: str = "", *, verified: bool = False) -> None:
    """The status that the rest of the product reads. A renewal or a change leaves it alone: who is verified stays it."""
    if case.purpose != Purpose.FIRST:
        return
    now = clock.now() if verified else None
    reason = reason[:300]
    if case.kind == Kind.PERSON:
        Person.objects.filter(account_id=case.account_id).update(
            real_name=status, real_name_reason=reason, verified_at=now
        )
    elif case.kind == Kind.UNIT:
        Organisation.objects.filter(pk=case.unit_id).update(real_name=status, real_name_reason=reason, verified_at=now)
    else:
        Organisation.objects.filter(pk=case.unit_id).update(agent_real_name=status, agent_real_name_reason=reason)


def needs_papers(case: Case, actor: Actor, data: Data) -> None:
    """The authority did not confirm: failed only where it said that the data is different (D1)."""
    case.auto_result, case.auto_code, case.auto_at = data["result"], data["code"], clock.now()
    case.claimed_until = None
    status = RealName.FAILED if data["result"] == "mismatch" else RealName.NOT_STARTED
    _set_status(case, status)


def submitted(case: Case, actor: Actor, data: Data) -> None:
    case.evidence.filter(submitted_at=None).update(submitted_at=clock.now())
    _set_status(case, RealName.REVIEW)


answered = submitted


def recommended(case: Case, actor: Actor, data: Data) -> None:
    case.first_by_id = actor.account_id


def asked(case: Case, actor: Actor, data: Data) -> None:
    case.asked_at = clock.now()


def declined(case: Case, actor: Actor, data: Data) -> None:
    _set_status(case, RealName.FAILED, str(data.get("reason", "")))


def withdrawn(case: Case, actor: Actor, data: Data) -> None:
    _set_status(case, RealName.NOT_STARTED)


def passed(case: Case, actor: Actor, data: Data) -> None:
    """Verified: by the authority, by one operator, or by two where the number was contested."""
    if data.get("result"):
        case.auto_result, case.auto_code, case.auto_at = data["result"], data["code"], clock.now()
        case.claimed_until = None
    if case.kind == Kind.PERSON:
        _person_passed(case, actor)
    elif case.purpose == Purpose.CHANGE:
        _unit_changed(case, actor, asked="result" not in data)
    else:
        _unit_passed(case)


def _unit_passed(case: Case) -> None:
    unit = Organisation.objects.select_for_update().get(pk=case.unit_id)
    if case.kind == Kind.AGENT:
        from waizhuan.identity import consents

        consents.verified(case.account_id)
        same = (unit.agent_name, unit.agent_doc_number) == (case.name, case.doc_number)
    else:
        same = (unit.name, unit.uscc or "", unit.rep_name, unit.rep_doc_number) == (
            case.unit_name,
            case.uscc,
            case.name,
            case.doc_number,
        )
    if not same:
        raise Refused(no(say("审核期间单位改了信息，这件认证不能通过。请按“不通过”办结，单位会重新提交")))
    _set_status(case, RealName.PASSED, verified=True)


def _unit_changed(case: Case, actor: Actor, *, asked: bool) -> None:
    """Everything that a change changes, at once (E11). `asked`: a human being decided, and the asker is told that already."""
    from waizhuan.identity.realname.models import REGISTERED, registered_of
    from waizhuan.identity.realname.queries import units_registered_as

    others = units_registered_as(case.unit_name, case.uscc, but=case.unit_id).values_list("pk", flat=True)
    rows = Organisation.objects.select_for_update(of=("self",)).filter(pk__in=[case.unit_id, *others]).order_by("pk")
    locked = {row.pk: row for row in rows}
    unit = locked.pop(case.unit_id)
    account = unit.account
    refused = asker_stands(
        locked=account is None or not account.is_active or account.locked_at is not None, agent=unit.agent_real_name
    )
    if refused:
        raise Refused(*refused)
    now = {column: value for column, value in registered_of(unit).items() if column in case.was}
    if unit.real_name != RealName.PASSED or now != case.was:
        raise Refused(no(say("审核期间单位信息已经变了，这件变更不能通过。请按“不通过”办结，单位会重新提交")))
    if case.conflict_with_id is not None:
        for other in locked.values():
            # asked on the locked row: it may have given up both a moment ago
            if other.uscc == case.uscc or other.name_key == name_key(case.unit_name):
                _lose(other, case, actor)
    changes = case.changed
    renaming.rename(unit, case.unit_name)
    renaming.renumber(unit, case.uscc)
    for column, field in REGISTERED.items():
        if column in now and column not in ("unit_name", "uscc"):
            setattr(unit, field, getattr(case, column))
    unit.verified_at = clock.now()
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        raise Refused(
            no(say("这个名称或代码刚刚被另一个单位账号登记，要由两个人先后核对。请刷新页面再办"), code="D5")
        ) from error
    _tell_of_change(case, unit, actor, changes, asked=asked)


def _tell_of_change(case: Case, unit: Organisation, actor: Actor, changes: tuple[str, ...], *, asked: bool) -> None:
    """What a unit is registered as is public; of the representative only that there is another one. Whoever looks after units
    of a place hears of it by `division` (projects.entry)."""
    public = ("unit_name", "uscc", *PARTICULARS)
    told: dict[str, list[str]] = {c: [case.was[c], getattr(case, c)] for c in public if c in changes}
    rep = any(c not in told for c in changes)
    publish(
        Happened(
            actor,
            "realname.unit_changed",
            f"identity.organisation:{unit.pk}",
            {"number": case.number or "", **told, **({"rep": True} if rep else {})},
        )
    )
    if unit.account is None:
        return
    from waizhuan.identity.appeals.queries import administrators

    lines = {c: from_to(c, before, after) for c, (before, after) in told.items()}
    if rep:
        lines["rep"] = from_to("name", mask_name(case.was["name"]), mask_name(case.name))
    changed = marks.listed(lines.values(), marks.SEMICOLON)
    context = {"unit": case.was["unit_name"], "changes": changed, "number": case.number or ""}
    accounts = administrators(unit.account) if asked else (unit.account.pk, *administrators(unit.account))
    publish(Tell("realname.unit_changed", accounts=accounts, context=context, link="/", sms=True))


def _lose(loser: Organisation, case: Case, actor: Actor) -> None:
    """Two operators found that name or number are another unit's: whoever held them holds them no longer (D4, D5), and not
    as former ones either."""
    from waizhuan.identity.realname.process import CASE
    from waizhuan.identity.realname.queries import open_case
    from waizhuan.shared.flow.api import perform

    under_way = open_case(loser.account_id, Kind.UNIT)
    if under_way is not None:  # it is about what they no longer hold
        perform(CASE, under_way, "void", the_system())
    if loser.uscc == case.uscc:
        loser.uscc = None
    if loser.name_key == name_key(case.unit_name):
        loser.name_key = f"{loser.name_key[:180]}#{loser.pk}"  # free, as when a unit is closed
    loser.real_name, loser.verified_at = RealName.FAILED, None
    loser.real_name_reason = str(say("单位名称或代码经人工核实属于另一个单位"))
    loser.save()
    context = {"number": case.number or ""}
    publish(Happened(actor, "realname.unit_lost", f"identity.organisation:{loser.pk}", context))
    if loser.account_id is not None:
        publish(Tell("realname.unit_lost", accounts=(loser.account_id,), context=context, sms=True))


def _person_passed(case: Case, actor: Actor) -> None:
    from waizhuan.identity import consents
    from waizhuan.identity.realname.models import FormerDocument

    person = Person.objects.select_for_update().get(account_id=case.account_id)
    if case.purpose == Purpose.FIRST and case.conflict_with_id is None and case.claims_other_than(person):
        raise Refused(no(say("审核期间本人的信息改了，这件认证不能通过。请按“不通过”办结，对方会重新提交")))
    consents.verified(person.account_id)
    if case.doc_key != person.doc_key:
        _take_number(case, actor)
        if case.purpose == Purpose.RENEWAL:
            FormerDocument.keep(person)
    person.name, person.name_key = case.name, name_key(case.name)
    person.doc_type, person.doc_country = case.doc_type, case.doc_country
    person.doc_number, person.doc_key = case.doc_number, case.doc_key
    person.doc_expires = case.doc_expires or person.doc_expires
    person.real_name, person.real_name_reason, person.verified_at = RealName.PASSED, "", clock.now()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Refused(no(say("这个号码刚刚被另一个账号登记，要由两个人先后核对。请刷新页面再办"), code="D3")) from error


def _take_number(case: Case, actor: Actor) -> None:
    """Two operators found that the number belongs to this account: whoever held it holds it no longer (D3)."""
    if case.conflict_with_id is None:
        return
    from waizhuan.identity import consents
    from waizhuan.identity.realname.models import FormerDocument

    of_others = Person.objects.filter(doc_index=case.doc_index).exclude(account_id=case.account_id)
    # the account before the person, as by whoever corrects their own
    account = Account.objects.select_for_update().filter(pk__in=of_others.values("account_id")).first()
    loser = of_others.select_for_update(of=("self",)).first()
    if account is None or loser is None or loser.account_id != account.pk:
        return
    FormerDocument.keep(loser)
    consents.corrected(account.pk, (loser.name, loser.doc_key), (loser.name, ""))
    loser.doc_number = loser.doc_key = ""
    loser.real_name, loser.verified_at = RealName.FAILED, None
    loser.real_name_reason = str(say("证件号码经人工核实属于另一个账号"))
    loser.save()
    sessions.end_others(account)
    publish(
        Happened(actor, "realname.number_moved", f"identity.account:{loser.account_id}", {"number": case.number or ""}),
        Tell("realname.number_lost", accounts=(loser.account_id,), context={"number": case.number or ""}, sms=True),
    )
