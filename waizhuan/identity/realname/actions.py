"""What one can do with one's real-name verification. Each is one transaction; the authority is asked outside of any."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q

from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.authority.answers import UNAVAILABLE, Answer, Result
from waizhuan.identity.realname.authority.chosen import authority
from waizhuan.identity.realname.models import Case, Evidence, registered_of
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import (
    holder_of_claim,
    missing_documents,
    open_case,
    operator_organisation,
    own_person,
    own_unit,
)
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.refdata.identity_numbers import check_document

#: How long one request has the automatic check to itself. Longer than the authority's own deadline.
CLAIM = dt.timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Document:
    """A name and an identity document, as claimed."""

    name: str
    doc_type: str
    number: str
    country: str = "CHN"
    expires: dt.date | None = None

    @property
    def key(self) -> str:
        return check_document(self.doc_type, self.number, self.country).key


@dataclass(frozen=True, slots=True)
class Registered:
    """What a unit is registered as, as claimed: its name, its number, its legal representative, its kind, its place (GB/T
    2260), its address."""

    name: str
    uscc: str
    rep: Document
    unit_kind: str
    division: str
    address: str


# ---------------------------------------------------------------- the automatic check


def start_check(
    actor: Actor,
    kind: str,
    *,
    renewed: Document | None = None,
    claimed: Document | None = None,
    changed: Registered | None = None,
) -> Case:
    """Begin a verification, or go on with the one under way: asking twice makes one case (D1).

    `renewed`: the new document of a verified person (D10). `claimed`: a number that another account holds (D3). `changed`:
    what a verified unit is registered as from now on (E11).
    """
    case = _begin(actor, kind, renewed, claimed, changed)
    if case.state == "upload" and _is_stale(case):
        return check_again(actor, case)
    return run_check(case)


def _is_stale(case: Case) -> bool:
    """Has what the case is about been corrected since?"""
    if case.purpose != rules.Purpose.FIRST:
        return False
    if case.kind == rules.Kind.PERSON:
        if case.conflict_with_id is not None:
            return False
        return case.claims_other_than(Person.objects.get(account_id=case.account_id))
    unit = Organisation.objects.get(pk=case.unit_id)
    if case.kind == rules.Kind.AGENT:
        return (case.name, case.doc_type, case.doc_number) != (
            unit.agent_name,
            unit.agent_doc_type,
            unit.agent_doc_number,
        )
    return (case.unit_name, case.uscc, case.name, case.doc_number) != (
        unit.name,
        unit.uscc or "",
        unit.rep_name,
        unit.rep_doc_number,
    )


def _begin(
    actor: Actor, kind: str, renewed: Document | None, claimed: Document | None, changed: Registered | None
) -> Case:
    try:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=actor.account_id or 0)  # two clicks, one after the other
            case = open_case(actor.account_id, kind)
            if case is not None and not (changed is None and _overtaken(case)):
                return case
            if case is not None:
                perform(CASE, case, "void", the_system(""))
            return start(CASE, _new_case(actor, kind, renewed, claimed, changed), actor)
    except IntegrityError:
        case = open_case(actor.account_id, kind)
        if case is None:
            raise
        return case


def _overtaken(case: Case) -> bool:
    """A change of what is not verified any more: it can never pass, and would keep the unit from verifying again."""
    if case.purpose != rules.Purpose.CHANGE:
        return False
    return Organisation.objects.get(pk=case.unit_id).real_name != RealName.PASSED


def _new_case(
    actor: Actor, kind: str, renewed: Document | None, claimed: Document | None, changed: Registered | None
) -> Case:
    purpose = rules.Purpose.RENEWAL if renewed else rules.Purpose.CHANGE if changed else rules.Purpose.FIRST
    case = Case(kind=kind, purpose=purpose, asker_account_id=actor.account_id, operator=operator_organisation())
    if kind == rules.Kind.PERSON:
        person = own_person(actor)
        if renewed:
            _refuse_unless(rules.may_renew(person.real_name, ""))
        else:
            number = claimed.number if claimed else person.doc_number
            missing = rules.document_given(case.kind, number)
            _refuse_unless(rules.may_start(person.real_name, missing=missing))
        given = (
            renewed
            or claimed
            or Document(person.name, person.doc_type, person.doc_number, person.doc_country, person.doc_expires)
        )
        _take(case, given)
    elif changed:
        _take_change(case, own_unit(actor), changed)
    else:
        _take_unit(case, own_unit(actor))
    case.conflict_with_id = holder_of_claim(case)
    return case


def _take(case: Case, given: Document) -> None:
    case.name, case.doc_type, case.doc_country = given.name, given.doc_type, given.country
    case.doc_number, case.doc_key, case.doc_expires = given.number, given.key, given.expires


def _take_unit(case: Case, unit: Organisation) -> None:
    case.organisation = unit
    case.unit_name, case.uscc = unit.name, unit.uscc or ""
    if case.kind == rules.Kind.AGENT:
        missing = rules.document_given(case.kind, unit.agent_doc_number)
        _refuse_unless(rules.may_start(unit.agent_real_name, missing=missing))
        _take(case, Document(unit.agent_name, unit.agent_doc_type, unit.agent_doc_number, unit.agent_doc_country))
        return
    missing = rules.unit_data_complete(
        {f: getattr(unit, f) for f in ("unit_kind", "rep_name", "rep_doc_type", "rep_doc_number")}
    )
    _refuse_unless(rules.may_start(unit.real_name, missing=missing))
    _take(case, Document(unit.rep_name, unit.rep_doc_type, unit.rep_doc_number, unit.rep_doc_country))


def _take_change(case: Case, unit: Organisation, changed: Registered) -> None:
    """What was in force is kept beside what is claimed: both are what will have been decided on."""
    _refuse_unless(rules.may_change(unit.real_name, unit.agent_real_name, ""))
    case.organisation, case.before = unit, json.dumps(registered_of(unit), ensure_ascii=False)
    case.unit_name, case.uscc = changed.name, changed.uscc
    case.unit_kind, case.division, case.address = changed.unit_kind, changed.division, changed.address
    _take(case, changed.rep)
    _refuse_unless(rules.something_changes(case.changed))


def _refuse_unless(verdict: Verdict) -> None:
    if not verdict.ok:
        raise Refused(verdict)


def run_check(case: Case) -> Case:
    """Ask the authority and move on accordingly. Only one request at a time asks; an interrupted one is taken up again."""
    if case.state != "checking":
        return case
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not Case.objects.filter(free, pk=case.pk, state="checking").update(claimed_until=now + CLAIM):
        return Case.objects.get(pk=case.pk)
    answer = _answer(case)
    found = {"result": str(answer.result), "code": answer.code}
    step = "auto_pass" if answer.result is Result.MATCH else "auto_fail"
    try:
        return perform(CASE, case, step, the_system(""), data=found)
    except Conflict:  # it was voided meanwhile
        return Case.objects.get(pk=case.pk)
    except Refused:
        if case.kind == rules.Kind.PERSON and not _is_stale(case):
            raise
        # person or unit was changed while the authority looked: what is there now can be checked again
        found = {"result": str(UNAVAILABLE.result), "code": UNAVAILABLE.code}
        return perform(CASE, case, "auto_fail", the_system(""), data=found)


def _answer(case: Case) -> Answer:
    """What the authority says; where nobody may be asked, a person decides. Under the same code its record is the unit's
    own; under another code it is somebody's, and that this is still the same unit stands in the notice of the change."""
    if case.purpose == rules.Purpose.RENEWAL:
        return Answer(Result.UNKNOWN, "renewal")
    if case.conflict_with_id is not None:
        return Answer(Result.UNKNOWN, "conflict" if case.kind == rules.Kind.PERSON else "unit_conflict")
    if "uscc" in case.changed:
        return Answer(Result.UNKNOWN, "code_changed")
    if set(rules.PARTICULARS) & set(case.changed):
        return Answer(Result.UNKNOWN, "particulars")
    if case.kind != rules.Kind.UNIT:
        return authority().check_person(case.name, case.doc_type, case.doc_number, case.doc_country)
    unit = case.organisation
    if unit is None or not rules.goes_by_interface(case.kind, unit.unit_kind, unit.division):
        return Answer(Result.UNKNOWN, "manual")
    answer = authority().check_unit(case.unit_name, case.uscc, case.name, case.doc_number)
    return Answer(Result.UNKNOWN, "unit_not_found") if answer.result is Result.UNKNOWN else answer


def check_again(actor: Actor, case: Case) -> Case:
    """Ask the authority once more: it had not answered, or what was claimed has been corrected."""
    _refuse_unless(_still_may(case))
    with transaction.atomic():
        row = perform(CASE, case, "recheck", actor)
        if row.kind == rules.Kind.PERSON:
            person = own_person(actor)
            if row.conflict_with_id is None:
                _take(row, Document(person.name, person.doc_type, person.doc_number, person.doc_country))
        elif row.purpose == rules.Purpose.FIRST:
            _take_unit(row, own_unit(actor))
        row.auto_result = row.auto_code = ""
        row.claimed_until = None
        row.save()
        _drop_unwanted(row)
    return run_check(row)


def _still_may(case: Case) -> Verdict:
    """Unit and main agent may have lost their verification since the change was asked for."""
    if case.purpose != rules.Purpose.CHANGE:
        return YES
    unit = Organisation.objects.get(pk=case.unit_id)
    return rules.may_change(unit.real_name, unit.agent_real_name, "")


def _drop_unwanted(case: Case) -> None:
    """Another kind of document asks for other pictures; what was not submitted yet need not be kept."""
    wanted = {slot.code for slot in case.slots}
    Evidence.objects.filter(case=case, submitted_at=None).exclude(slot__in=wanted).delete()


# ---------------------------------------------------------------- documents


def add_document(actor: Actor, case: Case, slot: str, upload: UploadedFile[Any] | None) -> Evidence:
    """Put one document into its slot, at once. Before submission it replaces the former one, afterwards both are kept."""
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field="file"))
    wanted = {s.code for s in case.slots}
    if slot not in wanted:
        raise Hidden(f"realname: no slot {slot}")
    # turning and converting a picture takes its time: outside the transaction; an orphan is thrown away in a week
    _refuse_unless(rules.may_add_document(_own(actor, case).state))
    document = documents.store(upload, actor=actor, purpose="realname")
    with transaction.atomic():
        row = _own(actor, case, lock=True)
        _refuse_unless(rules.may_add_document(row.state))
        Evidence.objects.filter(case=row, slot=slot, submitted_at=None).delete()
        Evidence.objects.filter(case=row, slot=slot, replaced_at=None).update(replaced_at=clock.now())
        added = Evidence.objects.create(case=row, slot=slot, document=document)
        documents.attach(document, subject=f"{CASE.name}:{row.pk}")
        publish(Happened(actor, "realname.document_added", f"{CASE.name}:{row.pk}", {"slot": slot}))
    return added


def remove_document(actor: Actor, case: Case, slot: str) -> None:
    """Take back a document that has not been submitted; the one that it had replaced counts again."""
    with transaction.atomic():
        row = _own(actor, case, lock=True)
        _refuse_unless(rules.may_add_document(row.state))
        gone, _ = Evidence.objects.filter(case=row, slot=slot, submitted_at=None).delete()
        if gone:
            before = Evidence.objects.filter(case=row, slot=slot).order_by("-id").first()
            if before is not None:
                before.replaced_at = None
                before.save(update_fields=["replaced_at"])


def _own(actor: Actor, case: Case, *, lock: bool = False) -> Case:
    rows = Case.objects.select_for_update() if lock else Case.objects.all()
    row = rows.filter(pk=case.pk, asker_account_id=actor.account_id or 0).first()
    if row is None:
        raise Hidden(f"realname.case {case.pk}")
    return row


def submit(actor: Actor, case: Case, *, note: str = "", version: int | None = None) -> Case:
    """Hand the documents to the operator, the first time or after having been asked for more."""
    step = "answer" if case.state == "asked" else "submit"
    if case.state in rules.COLLECTING:
        missing = missing_documents(case)
        if missing:
            raise Refused(*missing)
        _refuse_unless(_still_may(case))
    return perform(CASE, case, step, actor, note=note, version=version)


def withdraw(actor: Actor, case: Case, *, version: int | None = None) -> Case:
    return perform(CASE, case, "withdraw", actor, version=version)
