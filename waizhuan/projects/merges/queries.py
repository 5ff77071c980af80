"""Scoped reads of merges."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications.models import Application
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.process import HEADS

REVIEWERS = (*HEADS, *HEADS.values())
#: How many old accounts and people the form offers; the rest is found by its login name.
OFFERED = 100


def visible_to(actor: Actor) -> QuerySet[Merge]:
    """The unit's own, and those that the actor's department reviews, once they are handed in."""
    seen = Q(pk=None)
    if actor.has("unit.admin"):
        seen |= Q(unit_id=actor.organisation_id)
    if actor.has(*REVIEWERS):
        never_handed_in = Q(state="draft") | Q(state="withdrawn", version=1)  # withdrawing was its first step
        seen |= Q(department_id=actor.organisation_id) & ~never_handed_in
    rows = Merge.objects.select_related(
        "unit", "department__parent", "old__account__person", "person__person", "target__person", "letter"
    )
    return rows.filter(seen) if actor.signed_in else rows.none()


def old_sources(unit: int) -> list[LegacyAccount]:
    """The old accounts that hold projects of this unit, those with most first. One query."""
    rows = LegacyAccount.objects.annotate(
        project_count=Count("projects", filter=Q(projects__organisation_id=unit))
    ).filter(projects__organisation_id=unit)
    return list(rows.order_by("-project_count", "pk")[:OFFERED])


def people_with_projects(unit: int) -> dict[int, str]:
    """Who leads something in this unit, whether authorised still or not: account id → name. Three queries."""
    new = Application.objects.filter(unit_id=unit, lead__isnull=False).values_list("lead_id", flat=True).distinct()
    old = LegacyProject.objects.filter(organisation_id=unit, lead__isnull=False).values_list("lead_id", flat=True)
    ids = {i for i in (*new[:OFFERED], *old.distinct()[:OFFERED]) if i is not None}
    return dict(sorted(identity.names_of(ids).items(), key=lambda entry: entry[1]))
