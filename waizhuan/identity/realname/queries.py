"""Reads of cases, always within what the actor may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from waizhuan.identity import one_person
from waizhuan.identity.actors import active_mandates
from waizhuan.identity.earlier import is_main_agent
from waizhuan.identity.models import FormerCode, Organisation, OrganisationKind, Person
from waizhuan.identity.realname import evidence, rules
from waizhuan.identity.realname.models import Case, Evidence
from waizhuan.identity.realname.rules import OPEN
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.crypto import blind_index
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.kernel.verdict import Verdict, first_no
from waizhuan.shared.flow.api import open_items, perform
from waizhuan.shared.refdata.names import name_key


def operator_organisation() -> Organisation:
    """The platform's operator: there is one, and it is there as soon as somebody needs it."""
    found = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").first()
    return found or Organisation.objects.create(kind=OrganisationKind.OPERATOR, name="平台运营", name_key="平台运营")


def person_of(account_id: int | None) -> Person | None:
    """The person of a natural person's account."""
    return Person.objects.filter(account_id=account_id).first() if account_id is not None else None


def own_person(actor: Actor) -> Person:
    """Raises Hidden for accounts that are no person's."""
    person = person_of(actor.account_id)
    if person is None:
        raise Hidden("realname: no person")
    return person


def unit_of(account_id: int | None) -> Organisation | None:
    """The organisation of a legal entity's account."""
    return Organisation.objects.filter(account_id=account_id).first() if account_id is not None else None


def own_unit(actor: Actor) -> Organisation:
    """Raises Hidden for accounts that are no unit's."""
    unit = unit_of(actor.account_id)
    if unit is None:
        raise Hidden("realname: no unit")
    return unit


def own_cases(actor: Actor) -> QuerySet[Case]:
    """Cases of this account."""
    if actor.account_id is None:
        return Case.objects.none()
    return Case.objects.filter(asker_account_id=actor.account_id)


def reviewable(actor: Actor) -> QuerySet[Case]:
    """Cases that the operator's reviewers see: those that have reached them."""
    if not actor.has("operator.reviewer", "operator.senior"):
        return Case.objects.none()
    sent = Evidence.objects.filter(case=OuterRef("pk"), submitted_at__isnull=False)
    return Case.objects.filter(Exists(sent), operator_id=actor.organisation_id)


def about_holder(case: Case) -> bool:
    """Is it about whoever holds the account now? Papers and numbers of whom it belonged to before are not theirs to see. A
    unit's own case is the unit's, whoever acts for it. No query for a row with its organisation."""
    if case.kind == rules.Kind.UNIT:
        return True
    unit = case.organisation
    if case.left_at is not None or unit is None:
        return case.left_at is None
    return rules.is_about((case.name, case.doc_number), (unit.agent_name, unit.agent_doc_number))


def lock_open(account_id: int) -> None:
    """Cases are locked before people and units, as by every decision: whoever writes who holds the account does this first, and
    ends afterwards what is about another person (`end_others`)."""
    rows = Case.objects.select_for_update(of=("self",)).filter(asker_account_id=account_id, state__in=OPEN)
    list(rows.order_by("pk"))


def end_others(account_id: int, *, corrected: bool = False) -> None:
    """Another person holds the account now: what is under way about the former one ends, with the papers that were uploaded for
    it. They stay with that case, which is nobody's to read any more but the desk's. `corrected`: name and number became
    other ones, maybe one after the other, and a case may have followed the first: every one is about the former. In the
    caller's transaction."""
    from waizhuan.identity.realname.process import CASE

    rows = Case.objects.filter(asker_account_id=account_id, left_at=None).exclude(kind=rules.Kind.UNIT)
    for case in rows.select_related("organisation").order_by("pk"):
        if corrected or not about_holder(case):
            if case.state in OPEN:
                perform(CASE, case, "void", the_system())
            Case.objects.filter(pk=case.pk).update(left_at=clock.now())


def own_case(actor: Actor, pk: int) -> Case:
    """Raises Hidden for other people's cases, also those of whom the account belonged to before."""
    case = own_cases(actor).select_related("organisation").filter(pk=pk).first()
    if case is None or not about_holder(case):
        raise Hidden(f"realname.case {pk}")
    return case


def review_case(actor: Actor, pk: int) -> Case:
    """Raises Hidden for who does not review. One query; one more at a second look, for whether the first one was theirs."""
    own_columns = (f.name for f in Case._meta.concrete_fields)
    rows = reviewable(actor).filter(pk=pk)
    case = the_one(rows.select_related("asker_account").only(*own_columns, "asker_account__phone"))
    if case is None:
        raise Hidden(f"realname.case {pk}")
    case.decided = case.state == "second" and one_person.looked_first(case, actor.account_id)
    return case


def latest_cases(actor: Actor) -> dict[str, Case]:
    """The newest case of each kind of this account. One query."""
    found: dict[str, Case] = {}
    for case in own_cases(actor).select_related("organisation").order_by("-id")[:20]:
        if case.kind not in found and about_holder(case):
            found[case.kind] = case
    return found


def promised(case_ids: Sequence[int]) -> dict[int, dt.datetime]:
    """Until when the operator has promised to answer these cases (D2). One query, none for no cases."""
    if not case_ids:
        return {}
    waiting = open_items().filter(process="realname.case", subject_id__in=case_ids, promised=True)
    return dict(waiting.values_list("subject_id", "due_at"))


def open_case(account_id: int | None, kind: str) -> Case | None:
    return Case.objects.filter(asker_account_id=account_id or 0, kind=kind, state__in=OPEN).first()


def documents_of(case: Case) -> Sequence[Evidence]:
    """The documents that count, in the order of their slots. One query."""
    order = [slot.code for slot in evidence.ALL]
    found = list(Evidence.objects.filter(case=case, replaced_at=None).select_related("document"))
    return sorted(found, key=lambda e: order.index(e.slot))


def submitted_documents_of(case: Case) -> Sequence[Evidence]:
    """What the reviewer sees: what counts in the order of the slots, then what a later one replaced. One query."""
    order = [slot.code for slot in evidence.ALL]
    found = list(Evidence.objects.filter(case=case, submitted_at__isnull=False).select_related("document"))
    return sorted(found, key=lambda e: (e.replaced_at is not None, order.index(e.slot), e.pk))


def given_slots(case: Case) -> set[str]:
    return set(Evidence.objects.filter(case=case, replaced_at=None).values_list("slot", flat=True))


def missing_documents(case: Case) -> list[Verdict]:
    """Every required document that is not there yet. One query."""
    return evidence.missing(case.slots, given_slots(case))


def evidence_complete(case: Case) -> Verdict:
    return first_no(missing_documents(case))


def accounts_with_number(doc_index: str) -> Collection[int]:
    """The ids of the accounts that hold this number: more than one where two claim it. One query, none without a number."""
    return list(Person.objects.filter(doc_index=doc_index).values_list("account_id", flat=True)) if doc_index else ()


def holder_of_number(doc_index: str, *, but: int) -> int | None:
    """The id of the other account that holds this number, if any (D3). One query."""
    return min((h for h in accounts_with_number(doc_index) if h != but), default=None)


def units_registered_as(name: str, uscc: str, *, but: int) -> QuerySet[Organisation]:
    """The other units that hold this name or this number now: two at most, as each is held once (D4, D5)."""
    others = Organisation.objects.filter(kind=OrganisationKind.UNIT).exclude(pk=but).order_by("pk")
    return others.filter(Q(name_key=name_key(name)) | Q(uscc=uscc))


def holder_of_claim(case: Case, holders: Collection[int] | None = None) -> int | None:
    """The id of the other account that holds what this case claims: a person's number (`holders`: who is known already to
    have it), or what a verified unit wants to be registered as; another code also where it was another unit's before. Agents
    and representatives may be anybody. Two queries at most."""
    if case.kind == rules.Kind.PERSON:
        if holders is None:
            holders = accounts_with_number(case.doc_index or blind_index("document", case.doc_key))
        return min((h for h in holders if h != case.account_id), default=None)
    if case.purpose != rules.Purpose.CHANGE:
        return None
    others = units_registered_as(case.unit_name, case.uscc, but=case.unit_id)
    accounts = [*others.values_list("account_id", flat=True)]
    if not any(accounts) and "uscc" in case.changed:
        had = FormerCode.objects.filter(uscc=case.uscc).exclude(organisation_id=case.unit_id).order_by("pk")
        accounts = [*had.values_list("organisation__account_id", flat=True)[:20]]
    return next((account for account in accounts if account), None)


def is_of_unit(unit_id: int, account_id: int | None) -> bool:
    """Does this person administer the unit, or sign in as its main agent? By whatever account of theirs. Four queries at
    most, none without a unit."""
    if not unit_id or account_id is None:
        return False
    admins = active_mandates().filter(organisation_id=unit_id, role="unit.admin").values_list("account_id", flat=True)
    return one_person.is_any_of(account_id, set(admins)) or is_main_agent(unit_id, account_id)
