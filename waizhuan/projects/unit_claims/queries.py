"""Claims as their readers may see them, and the old units that a claim may mean."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.search import SHORTEST
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit, Parted
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.rules import WAITING

SHOWN = 10


def of_unit(actor: Actor) -> QuerySet[UnitClaim]:
    """Every claim of the unit acted for, drafts too."""
    if not actor.has("unit.admin"):
        return UnitClaim.objects.none()
    return UnitClaim.objects.filter(unit_id=actor.organisation_id).select_related("unit", "ministry")


def for_ministry(actor: Actor) -> QuerySet[UnitClaim]:
    """What the ministry has, or had, before it: never a draft, nor one that was thrown away."""
    if not actor.has(*pairing.ROLES):
        return UnitClaim.objects.none()
    never_handed_in = Q(state="draft") | Q(state="withdrawn", version=1)  # withdrawing was its first step
    rows = UnitClaim.objects.filter(ministry_id=actor.organisation_id).exclude(never_handed_in)
    return rows.select_related("unit", "ministry", "old", "checked_by__person")


def may_mean(claim: UnitClaim, text: str) -> Sequence[LegacyUnit]:
    """Old units that are called so or have the code, or that `text` finds; each with how many projects and accounts it had,
    whose it is now, and why it was taken back from this unit before, if it was. One query. For the ministry alone."""
    asked = text or claim.old_name
    wanted = pairing.called_so(asked) if len(asked) >= SHORTEST else Q(pk=None)
    if not text:
        wanted |= Q(name_key=claim.name_key)
    if claim.old_code and not text:
        wanted |= Q(code=claim.old_code)
    return _with_what_it_had(claim, LegacyUnit.objects.filter(wanted))


def found_out(claim: UnitClaim) -> Sequence[LegacyUnit]:
    """The old unit that somebody has found out, as `may_mean` tells of it. One query."""
    return _with_what_it_had(claim, LegacyUnit.objects.filter(pk=claim.old_id or 0))


def _with_what_it_had(claim: UnitClaim, rows: QuerySet[LegacyUnit]) -> Sequence[LegacyUnit]:
    rows = rows.select_related("organisation")
    before = Parted.objects.filter(old=OuterRef("pk"), organisation=claim.unit_id).values("why")
    rows = rows.annotate(
        projects_had=_count(LegacyProject), accounts_had=_count(LegacyAccount), parted_why=Subquery(before)
    )
    return list(rows.order_by("name_key", "pk")[:SHOWN])


def _count(model: type[LegacyProject] | type[LegacyAccount]) -> Coalesce:
    rows = model.objects.filter(unit=OuterRef("pk")).order_by().values("unit").annotate(n=Count("pk"))
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)


def rivals(claim: UnitClaim) -> Sequence[UnitClaim]:
    """Open claims of other units to the same old name or code. One query."""
    same = Q(name_key=claim.name_key)
    if claim.old_code:
        same |= Q(old_code=claim.old_code)
    rows = UnitClaim.objects.filter(same, state__in=WAITING).exclude(unit_id=claim.unit_id)
    return list(rows.select_related("unit").order_by("pk")[:SHOWN])
