"""Open claims, where the ministry decides by hand whose an old unit is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import OuterRef, Q, Subquery

from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.projects.legacy.neighbours import OpenClaim
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.projects.unit_claims.rules import WAITING
from waizhuan.shared.flow.api import Step, perform


def open_to(olds: Sequence[LegacyUnit], locked: bool) -> Mapping[int, Sequence[OpenClaim]]:
    """The open claims that mean each of these old units, by name, code, or what the ministry has found out already. One
    query. `locked`: nobody else decides them before the transaction ends."""
    names = {u.pk: pairing.names_of(u) for u in olds}
    codes = {u.code for u in olds if u.code}
    said = Q(name_key__in=set().union(*names.values())) | Q(old_code__in=codes)
    rows = UnitClaim.objects.filter(said & Q(old=None) | Q(old__in=list(names)), state__in=WAITING)
    if locked:
        rows = rows.select_for_update(of=("self",))
    handed_in = Step.objects.filter(process=CLAIM.name, subject_id=OuterRef("pk"), transition="submit").values("at")
    rows = rows.select_related("unit").annotate(handed_in=Subquery(handed_in[:1])).order_by("pk")
    found: dict[int, list[OpenClaim]] = {}
    for claim in rows if names else ():
        for old in olds:
            if _means(claim, old, names[old.pk]):
                found.setdefault(old.pk, []).append(_shown(claim))
    return found


def _means(claim: UnitClaim, old: LegacyUnit, names: set[str]) -> bool:
    if claim.old_id is not None:
        return claim.old_id == old.pk
    return claim.name_key in names or (bool(claim.old_code) and claim.old_code == old.code)


def _shown(claim: UnitClaim) -> OpenClaim:
    state = CLAIM.state(claim.state)
    return OpenClaim(
        id=claim.pk,
        number=claim.number or "",
        unit_id=claim.unit_id,
        unit=claim.unit.name,
        since=getattr(claim, "handed_in", None) or claim.created_at,
        state=state.label,
        tone="wait",
        theirs=state.asker_turn,
        approving=claim.state == "decision",
    )


def settle(actor: Actor, old: LegacyUnit, given: Collection[int], declined: Collection[int], note: str) -> None:
    """In the caller's transaction, which holds these claims."""
    for claim in UnitClaim.objects.filter(pk__in=[*given, *declined]).order_by("pk"):
        if claim.pk in given:
            perform(CLAIM, claim, "found", actor, data={"old": old.pk})
        else:
            perform(CLAIM, claim, "overtake", actor, note=note)
