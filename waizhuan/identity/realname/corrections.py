"""Correcting what was typed, until it is verified (D3–D6, D10); afterwards only a renewed document is taken."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from waizhuan.identity import consents
from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.actions import Document, check_again, start_check
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import (
    end_others,
    holder_of_number,
    lock_open,
    open_case,
    own_person,
    own_unit,
    units_registered_as,
)
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.crypto import blind_index
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import Remedy, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import perform
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.unit_numbers import called


def _taken() -> Verdict:
    return no(
        say("这个证件号码已属于另一个账号"),
        code="D3",
        field="doc_number",
        remedy=Remedy("recovery.start", say("找回那个账号")),
    )


def correct_person(actor: Actor, given: Document, *, claim: bool = False) -> Case | None:
    """Put right a natural person's name or document, then check again.

    A number that another account holds is refused, with the way to that account (D3); with `claim` the person insists
    that it is theirs, and two operators decide. Another person than before agrees for themselves first: their papers are
    taken after that, and without a claim there is nothing to be checked yet (None).
    """
    index = blind_index("document", given.key)
    with transaction.atomic():
        own = Account.objects.select_for_update().filter(pk=actor.account_id or 0, closed_at=None).first()
        if own is None:  # closed, or merged, at this moment
            raise Hidden("realname.correct: no account")
        person = own_person(actor)
        case = open_case(actor.account_id, rules.Kind.PERSON)
        may = rules.may_correct(person.real_name, case.state if case else "")
        if not may.ok:
            raise Refused(may)
        contested = holder_of_number(index, but=person.account_id) is not None
        if contested and not claim:
            raise Refused(_taken())
        before, after = (person.name, person.doc_key), (given.name, given.key)
        another = consents.corrected(person.account_id, before, after, written=not contested)
        if another:
            end_others(person.account_id, corrected=True)  # with the papers of whom it was about
        elif case is not None and (contested or case.conflict_with_id is not None):
            perform(CASE, case, "withdraw", actor)
            case = None
        if not contested:
            if another:
                person.real_name, person.real_name_reason = RealName.NOT_STARTED, ""
            _write(person, given, actor)
    if contested:
        return start_check(actor, rules.Kind.PERSON, claimed=given)
    if another:
        return None
    return check_again(actor, case) if case and case.state == "upload" else start_check(actor, rules.Kind.PERSON)


def _write(person: Person, given: Document, actor: Actor) -> None:
    person.name, person.name_key = given.name, name_key(given.name)
    person.doc_type, person.doc_country = given.doc_type, given.country
    person.doc_number, person.doc_key = given.number, given.key
    person.doc_expires = given.expires
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Refused(_taken()) from error
    publish(Happened(actor, "realname.corrected", f"identity.account:{person.account_id}"))


def renew(actor: Actor, given: Document) -> Case:
    """A verified person's renewed document: an operator compares it with the old one (D10)."""
    person = own_person(actor)
    case = open_case(actor.account_id, rules.Kind.PERSON)
    verdicts = [
        rules.may_renew(person.real_name, case.state if case else ""),
        rules.same_person(person.doc_type, person.doc_key, given.doc_type, given.key),
    ]
    refused = [v for v in verdicts if not v.ok]
    if refused:
        raise Refused(*refused)
    return start_check(actor, rules.Kind.PERSON, renewed=given)


# ---------------------------------------------------------------- units


@dataclass(frozen=True, slots=True)
class UnitData:
    """What a unit's verification needs, in the three parts of its form (D6)."""

    name: str
    uscc: str
    unit_kind: str
    division: str
    address: str
    agent: Document
    rep: Document


def save_unit(actor: Actor, given: UnitData) -> Organisation:
    """Write the parts that are not verified yet; what has been verified stays as it is (G3 changes it). Another main agent
    agrees for themselves before anything is checked."""
    with transaction.atomic():
        # cases before units, as by every decision: what is about another main agent ends here
        lock_open(actor.account_id or 0)
        unit = Organisation.objects.select_for_update().get(pk=own_unit(actor).pk)
        problems = []
        if unit.agent_real_name != RealName.PASSED:
            problems += _agent(unit, given, actor)
        if unit.real_name != RealName.PASSED:
            problems += _unit(unit, given, actor)
        if problems:
            raise Refused(*problems)
        try:
            with transaction.atomic():
                unit.save()
        except IntegrityError as error:
            raise Refused(
                *(unit_taken(unit, given.name, given.uscc) or [no(say("单位信息刚刚变了，请刷新后再试"))])
            ) from error
        publish(Happened(actor, "realname.unit_saved", f"identity.organisation:{unit.pk}"))
    return unit


def _agent(unit: Organisation, given: UnitData, actor: Actor) -> list[Verdict]:
    before = (unit.agent_name, unit.agent_doc_type, unit.agent_doc_country, unit.agent_doc_number)
    after = (given.agent.name, given.agent.doc_type, given.agent.country, given.agent.number)
    if before == after:
        return []
    case = open_case(actor.account_id, rules.Kind.AGENT)
    may = rules.may_correct(unit.agent_real_name, case.state if case else "")
    if not may.ok:
        return [may]
    unit.agent_name, unit.agent_doc_type, unit.agent_doc_country, unit.agent_doc_number = after
    if consents.corrected(actor.account_id or 0, (before[0], before[3]), (after[0], after[3])):
        end_others(actor.account_id or 0, corrected=True)  # with the papers of whom it was about
        unit.agent_real_name, unit.agent_real_name_reason = RealName.NOT_STARTED, ""
    return []


def _unit(unit: Organisation, given: UnitData, actor: Actor) -> list[Verdict]:
    case = open_case(actor.account_id, rules.Kind.UNIT)
    may = rules.may_correct(unit.real_name, case.state if case else "")
    if not may.ok:
        return [may]
    taken = unit_taken(unit, given.name, given.uscc)
    unit.name, unit.name_key, unit.uscc = given.name, name_key(given.name), given.uscc
    unit.unit_kind, unit.division, unit.address = given.unit_kind, given.division, given.address
    unit.rep_name, unit.rep_doc_type = given.rep.name, given.rep.doc_type
    unit.rep_doc_country, unit.rep_doc_number = given.rep.country, given.rep.number
    return taken


def unit_taken(unit: Organisation, name: str, uscc: str) -> list[Verdict]:
    """D4, D5: another account holds the name or the code; each comes with the way to that account."""
    key = name_key(name)
    found = list(units_registered_as(name, uscc, but=unit.pk).values_list("name_key", "uscc"))
    problems = []
    if any(held == key for held, _ in found):
        remedy = Remedy("recovery.start", say("找回那个单位账号"))
        problems.append(no(say("这个单位名称已属于另一个账号"), code="D4", field="name", remedy=remedy))
    if any(code == uscc and held != key for held, code in found):
        remedy = Remedy("recovery.start", say("按改名办理找回"))
        problems.append(
            no(
                say(
                    "这个{number}已属于另一个账号，登记的是以前的单位名称。单位改过名的，按改名办理找回",
                    number=called(uscc),
                ),
                code="D5",
                field="uscc",
                remedy=remedy,
            )
        )
    elif any(code == uscc for _, code in found):
        problems.append(no(say("这个{number}已属于另一个账号", number=called(uscc)), code="D5", field="uscc"))
    return problems
