"""Scoped reads of what the old system held."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy.models import Import, LegacyAccount, LegacyProject, LegacyUnit

ORDER = ("-year", "-id")
LATEST = 5


def imports_of(actor: Actor) -> QuerySet[Import]:
    if not actor.has("ministry.head") or actor.organisation_id is None:
        return Import.objects.none()
    return Import.objects.filter(organisation_id=actor.organisation_id).select_related("started_by__person")


def visible_to(actor: Actor) -> QuerySet[LegacyProject]:
    """The old projects that this actor may see: the unit's to its administrators, a lead's own while the unit's authorisation
    lasts. A login name gives nothing (F10)."""
    seen = Q(pk=None)
    if actor.has("unit.admin"):
        seen |= Q(organisation_id=actor.organisation_id)
    if actor.has("projects.lead"):
        seen |= Q(organisation_id=actor.organisation_id, lead_id=actor.account_id)
    return LegacyProject.objects.filter(seen) if actor.signed_in else LegacyProject.objects.none()


def held_by(unit: LegacyUnit) -> dict[str, int]:
    """How many projects and accounts this old unit had. Two queries."""
    return {
        "projects": LegacyProject.objects.filter(unit=unit).count(),
        "accounts": LegacyAccount.objects.filter(unit=unit).count(),
    }


def latest_of(actor: Actor) -> list[LegacyProject]:
    """The few old projects that stand below the list of new ones, one more than are shown. One query, for the unit's people
    alone."""
    if not actor.has("unit.admin", "projects.lead"):
        return []
    return list(visible_to(actor).order_by(*ORDER)[: LATEST + 1])
