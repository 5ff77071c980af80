"""Cases as the unit, the department and the ministry see them in review."""

from __future__ import annotations

from collections.abc import Sequence

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.queries import WITHIN_THE_UNIT, shown
from waizhuan.projects.review import rules


def case_for(actor: Actor, id: int) -> Application:
    """The application, if this actor may see it in review; raises Hidden. One query."""
    found = the_one(shown(Application.objects.filter(pk=id)))
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


def ranked(application: Application, at_most: int = 200) -> Sequence[Application]:
    """What the same department has recommended in the same call, by rank. One query."""
    return list(
        Application.objects.filter(call_id=application.call_id, department_id=application.department_id)
        .exclude(rank=None)
        .exclude(pk=application.pk)
        .select_related("unit")
        .only("number", "title", "rank", "unit__name")
        .order_by("rank")[:at_most]
    )


def next_free_rank(taken: Sequence[Application]) -> int:
    """The rank after the last one: the proposal in the field."""
    return max((a.rank or 0 for a in taken), default=0) + 1
