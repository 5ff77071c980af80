"""Scoped reads of applications."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.projects.applications.models import Application
from waizhuan.projects.calls.models import BudgetStandard

ORDER = ("-updated_at", "-id")
CALL_OF_A_PAGE = (
    "organisation",
    "year",
    "label_zh",
    "label_en",
    "opens_at",
    "closes_at",
    "published_at",
    "max_age",
    "age_on",
    "min_days",
    "max_days",
    "min_experts",
    "one_running_project",
    "max_total_fen",
    "standard",
    "required_attachments",
    "recommended_by",
)
#: What the list shows, and so all that it fetches.
LISTED = (
    "number",
    "project_number",
    "title",
    "state",
    "total_fen",
    "updated_at",
    "call__year",
    "call__label_zh",
    "call__label_en",
    "unit__name",
    "lead__person__name",
)
#: What the pages of one application show and compute with: of other tables no column more.
PAGE = (
    *(f.name for f in Application._meta.concrete_fields),
    *(f"call__{name}" for name in CALL_OF_A_PAGE),
    *(f"call__standard__{f.name}" for f in BudgetStandard._meta.concrete_fields),
    "unit__name",
    "department__name",
    "department__parent",
    "lead__person__name",
)
#: states in which the case lies with the unit: what is written there now is nobody else's business yet
WITHIN_THE_UNIT = ("draft", "unit_confirm")


def visible_to(actor: Actor) -> QuerySet[Application]:
    """The applications that this actor may see: their own, the unit's, the department's, the ministry's. What has not left
    the unit, or is back there to be changed, is the unit's alone."""
    seen = Q(pk=None)
    if actor.has("projects.lead"):
        seen |= Q(lead_id=actor.account_id, unit_id=actor.organisation_id)
    if actor.has("unit.admin"):
        seen |= Q(unit_id=actor.organisation_id)
    if actor.has("department.clerk", "department.head"):
        seen |= Q(department_id=actor.organisation_id) & ~Q(state__in=WITHIN_THE_UNIT)
    if actor.has("ministry.clerk", "ministry.head"):
        seen |= Q(call__organisation_id=actor.organisation_id, department__isnull=False) & ~Q(state__in=WITHIN_THE_UNIT)
    return Application.objects.filter(seen) if actor.signed_in else Application.objects.none()


def readable_by(actor: Actor) -> QuerySet[Application]:
    """What this actor may open and read: a province also what its cities have."""
    seen = visible_to(actor)
    if actor.has("department.clerk", "department.head"):
        below = Q(department__parent_id=actor.organisation_id) & ~Q(state__in=WITHIN_THE_UNIT)
        seen |= Application.objects.filter(below)
    return seen


def left_behind(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Of these, those whose lead the unit does not authorise any more: what only the lead may do stays undone until the unit
    names another."""
    authorised = identity.active_mandates().filter(
        role="projects.lead",
        account_id=OuterRef("lead_id"),
        organisation_id=OuterRef("unit_id"),
        account__closed_at=None,
    )
    return rows.filter(~Exists(authorised), lead__isnull=False)


def within_reach(actor: Actor, tree: Collection[int] = ()) -> QuerySet[Application]:
    """What one may look at, though not decide: `tree` holds the ids of the department acted for and those below it."""
    seen = visible_to(actor)
    if not tree or not actor.has("department.clerk", "department.head"):
        return seen
    return seen | Application.objects.filter(department_id__in=tree).exclude(state__in=WITHIN_THE_UNIT)


def for_page(actor: Actor, id: int) -> Application:
    """One application with what its pages show; raises Hidden. One query."""
    found = the_one(shown(readable_by(actor).filter(pk=id)))
    if found is None:
        raise Hidden
    return found


def in_short(actor: Actor, id: int) -> Application:
    """Whose it is and where it stands, for what reads it again under a lock; raises Hidden. One query."""
    found = the_one(visible_to(actor).filter(pk=id).only("state", "unit", "lead"))
    if found is None:
        raise Hidden
    return found


def shown(rows: QuerySet[Application]) -> QuerySet[Application]:
    """With what their pages show, in the same query."""
    return rows.select_related("call__standard", "unit", "department", "lead__person").only(*PAGE)
