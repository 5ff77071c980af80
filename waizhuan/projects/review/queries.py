"""Cases as the unit, the department and the ministry see them in review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.queries import WITHIN_THE_UNIT
from waizhuan.projects.review import rules

#: What the page of a decision shows; neither the lead nor the call's conditions, which were checked when it was handed in.
SHOWN = (
    *(f.name for f in Application._meta.concrete_fields),
    *("call__organisation", "call__year", "call__label_zh", "call__label_en", "unit__name", "department__name"),
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Another application of the department in the same call."""

    rank: int
    title: str
    unit: str


def case_for(actor: Actor, id: int) -> Application:
    """The application, if this actor may see it in review; raises Hidden. One query."""
    found = the_one(Application.objects.filter(pk=id).select_related("call", "unit", "department").only(*SHOWN))
    if found is None:
        raise Hidden
    holders = rules.Holders(
        unit=found.unit_id,
        department=found.department_id,
        ministry=found.call.organisation_id,
        handed_in=found.state not in (*WITHIN_THE_UNIT, "withdrawn") and found.department_id is not None,
    )
    if not rules.may_see(actor, holders).ok:
        raise Hidden
    return found


def ranked(application: Application, at_most: int = 200) -> Sequence[Ranked]:
    """What the same department has recommended in the same call, by rank. One query."""
    rows = Application.objects.filter(
        call_id=application.call_id, department_id=application.department_id, rank__isnull=False
    )
    columns = rows.order_by("rank").values_list("id", "rank", "title", "unit__name")
    return [Ranked(rank or 0, title, unit) for id, rank, title, unit in columns[:at_most] if id != application.pk]


def next_free_rank(taken: Sequence[Ranked]) -> int:
    """The rank after the last one: the proposal in the field."""
    return max((a.rank for a in taken), default=0) + 1
