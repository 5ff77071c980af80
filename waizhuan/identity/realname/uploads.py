"""The places for documents on the upload page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.identity.realname import evidence
from waizhuan.identity.realname.models import Case, Evidence
from waizhuan.identity.realname.queries import about_holder, documents_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document

PURPOSE = "realname"


def declare() -> None:
    """Documents of verifications: seen by who handed them in, as long as the account is theirs, and by the operator's
    reviewers."""
    documents.purpose(
        PURPOSE, label=say("实名认证材料"), accept=("image", "pdf"), max_mb=20, may_view=_may_view, owners=False
    )


def _may_view(actor: Actor, document: Document) -> bool:
    entry = Evidence.objects.filter(document=document).select_related("case__organisation").first()
    if entry is None:  # taken back, or replaced before it was handed in: of no use to anybody
        return document.owner_id == actor.account_id and not document.subject
    case = entry.case
    if case.asker_account_id == actor.account_id and about_holder(case):
        return True
    handed_in = entry.submitted_at is not None
    return handed_in and any(actor.holds(case.operator_id, role) for role in ("operator.reviewer", "operator.senior"))


def not_verified(actor: Actor) -> Verdict:
    """Whoever still has something to have verified."""
    unit_too = actor.kind != "legal" or actor.organisation_verified
    return no(say("已经通过")) if actor.verified and unit_too else YES


@dataclass(frozen=True, slots=True)
class Place:
    """One place: what belongs there, what is there, what was wrong with the last try."""

    code: str
    label: Words
    hint: Words
    required: bool
    document: Document | None
    #: handed in before: it stays, a new one is put beside it
    submitted: bool
    problem: Words | None


def slots_of(case: Case, refused: Refused | None = None, *, only: str = "") -> Sequence[Place]:
    """Every place in its order. One query."""
    given = {e.slot: e for e in documents_of(case)}
    problems = {v.field: v.reason for v in refused.verdicts} if refused else {}
    places = []
    for slot in case.slots:
        there = given.get(slot.code)
        places.append(
            Place(
                slot.code,
                slot.label,
                slot.hint,
                slot.required,
                there.document if there else None,
                bool(there and there.submitted_at),
                problems.get(slot.code),
            )
        )
    return [p for p in places if p.code == only] if only else places


@dataclass(frozen=True, slots=True)
class Given:
    """One document on the case page."""

    label: Words
    url: str


def given_of(case: Case) -> Sequence[Given]:
    """What was handed in. One query."""
    return [Given(evidence.BY_CODE[e.slot].label, documents.view_url(e.document)) for e in documents_of(case)]
