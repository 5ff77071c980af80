"""Requests as their readers may see them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from waizhuan.kernel.actor import Actor
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.projects.unit_changes.process import DEPARTMENT_ROLES, MINISTRY_ROLES

JOINED = ("unit", "department__parent", "to_department__parent", "ministry")


def of_unit(actor: Actor) -> QuerySet[UnitChange]:
    """Every request of the unit acted for, drafts too."""
    if not actor.has("unit.admin"):
        return UnitChange.objects.none()
    return UnitChange.objects.filter(unit_id=actor.organisation_id).select_related(*JOINED).prefetch_related("fields")


def for_reviewers(actor: Actor) -> QuerySet[UnitChange]:
    """What the department or the ministry acted for has, or had, before it: never a draft, nor one that was thrown away."""
    never_handed_in = Q(state="draft") | Q(state="withdrawn", version=1)  # withdrawing was its first step
    handed_in = UnitChange.objects.exclude(never_handed_in).select_related(*JOINED).prefetch_related("fields")
    if actor.has(*MINISTRY_ROLES):
        return handed_in.filter(ministry_id=actor.organisation_id)
    if actor.has(*DEPARTMENT_ROLES):
        here = actor.organisation_id
        return handed_in.filter(Q(department_id=here) | Q(to_department_id=here))
    return UnitChange.objects.none()
