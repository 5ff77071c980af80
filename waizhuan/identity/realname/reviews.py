"""What operators do with a case: decide, ask for more, see a full number."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from waizhuan.identity import one_person
from waizhuan.identity.models import Account
from waizhuan.identity.realname import reasons, rules
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import (
    accounts_with_number,
    holder_of_claim,
    is_of_unit,
    review_case,
    units_registered_as,
)
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.audit import api as audit
from waizhuan.shared.flow.api import perform

#: Decisions that say yes: they need every warning accepted.
APPROVING = ("approve", "recommend", "confirm")
DECISIONS = (*APPROVING, "ask", "decline")


def may_review(actor: Actor, case: Case, holders: Collection[int]) -> Verdict:
    """The two-person rule and one's own case; `holders`: the accounts with the document's number; the case concerns the
    reviewer where theirs is among them. One query at a second look, four for a unit's case."""
    return rules.may_review(
        actor.account_id,
        case.asker_account_id,
        decided=case.state == "second" and one_person.looked_first(case, actor.account_id),
        concerned=actor.account_id in holders,
        own_unit=is_of_unit(case.unit_id, actor.account_id),
    )


def decide(
    actor: Actor,
    case: Case,
    decision: str,
    *,
    version: int | None,
    accepted: Collection[str] = (),
    templates: Sequence[str] = (),
    note: str = "",
) -> Case:
    """One decision of one operator. Raises Refused with everything that stands against it, Conflict where somebody else
    was faster, Hidden for whom this is not."""
    holders = accounts_with_number(case.doc_index)
    if note_conflict(case, holders):
        Case.objects.filter(pk=case.pk, state="review").update(conflict_with=case.conflict_with_id)
    verdicts = [may_review(actor, case, holders)]
    if decision in APPROVING and case.state in rules.WITH_OPERATOR:
        verdicts.append(rules.warnings_accepted(warning_keys(case), accepted))
    refused = [v for v in verdicts if not v.ok]
    if refused:
        raise Refused(*refused)
    said, about = _in_the_askers_language(case, templates, note)
    with transaction.atomic():
        _lock_with_rivals(case)
        return perform(
            CASE,
            case,
            decision,
            actor,
            note=said,
            data={"accepted": sorted(accepted), "reasons": list(templates), "reason": said, "about": about},
            version=version,
        )


def _lock_with_rivals(case: Case) -> None:
    """A contested change ends what the unit that loses has under way (`effects._lose`), while that may be decided on. Cases are
    locked before units, as by every decision, and all of them at once in the order of their ids: nobody waits for somebody
    who waits for them."""
    if case.purpose != rules.Purpose.CHANGE or case.conflict_with_id is None:
        return
    units = units_registered_as(case.unit_name, case.uscc, but=case.unit_id).values("pk")
    rivals = Q(kind=rules.Kind.UNIT, organisation_id__in=units, state__in=rules.OPEN)
    list(Case.objects.select_for_update(of=("self",)).filter(Q(pk=case.pk) | rivals).order_by("pk"))


def _in_the_askers_language(case: Case, templates: Sequence[str], own: str) -> tuple[str, str]:
    """The note, and what is decided, in the language of whoever will read it."""
    language = Account.objects.values_list("language", flat=True).get(pk=case.account_id)
    with translation.override(language):
        return reasons.sentence(templates, own), str(case.get_purpose_display())


def note_conflict(case: Case, holders: Collection[int]) -> bool:
    """Somebody may have taken the number (a unit's name or code), or given it up, since the case began: put that on the
    case, until the first look is done. True where it changed."""
    if case.state != "review":
        return False
    holder_id = holder_of_claim(case, holders)
    changed = holder_id != case.conflict_with_id
    case.conflict_with_id = holder_id
    return changed


def reveal(actor: Actor, pk: int, purpose: str) -> Case:
    """Give the case out with its numbers readable; who looked and why is in the audit log."""
    verdict = rules.may_reveal(purpose if purpose in dict(reasons.PURPOSES) else "")
    if not verdict.ok:
        raise Refused(verdict)
    with transaction.atomic():
        case = review_case(actor, pk)
        audit.viewed(actor, f"{CASE.name}:{case.pk}", purpose)
    return case
