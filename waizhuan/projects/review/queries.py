"""Cases as the unit, the department and the ministry see them in review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.reading import the_one
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.queries import PAGE, WITHIN_THE_UNIT
from waizhuan.projects.review import rules

#: What the page of a decision shows and what its buttons depend on (the call's conditions, the standard): all but the lead.
SHOWN = tuple(column for column in PAGE if not column.startswith("lead__"))


_RANKED = """
SELECT a.rank, a.title, u.name FROM applications_application a JOIN identity_organisation u ON u.id = a.unit_id
WHERE a.call_id = %s AND a.department_id = %s AND a.rank IS NOT NULL AND a.id <> %s ORDER BY a.rank LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Another application of the department in the same call."""

    rank: int
    title: str
    unit: str


def case_for(actor: Actor, id: int) -> Application:
    """The application, if this actor may see it in review; raises Hidden. One query."""
    found = the_one(
        Application.objects.filter(pk=id).select_related("call__standard", "unit", "department").only(*SHOWN)
    )
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
    """What the same department has recommended in the same call, by rank. One query, by hand (docs/adr/0007)."""
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, [application.call_id, application.department_id, application.pk, at_most])
        return [Ranked(*row) for row in cursor.fetchall()]


def next_free_rank(taken: Sequence[Ranked]) -> int:
    """The rank after the last one: the proposal in the field."""
    return max((a.rank for a in taken), default=0) + 1
