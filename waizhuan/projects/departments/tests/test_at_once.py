"""Two of the ministry at one department at the same moment, with real threads on PostgreSQL: nothing is doubled or lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.testing import together
from waizhuan.projects.departments import actions, executing, queries, reorganising
from waizhuan.projects.departments.models import DepartmentChange, Reorganisation, UnitMove
from waizhuan.projects.departments.tests.conftest import EAST, NEW, NEW_EAST, WHY, Full, begin, census
from waizhuan.projects.entry.models import UnitProfile

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="needs a database with row locks"),
]


@pytest.fixture
def two(full: Full) -> list[Actor]:
    second = demo.person("minister2", "秦司长", 191)
    demo.mandate(second, full.world.ministry, "ministry.head")
    full.world.people["minister2"], full.world.posts["minister2"] = second, full.world.ministry
    return [full.world.actor("minister"), full.world.actor("minister2")]


def begins(full: Full, actor: Actor) -> Callable[[], Reorganisation]:
    return lambda: reorganising.begin(
        actor=actor, kind="split", sources=[full.source.pk], heirs=[NEW, NEW_EAST],
        effective_on=clock.today(), reason=WHY,
    )  # fmt: skip


def test_two_begin_at_one_department(full: Full, two: list[Actor]) -> None:
    """One is at it; the other reads who."""
    results = together(*[begins(full, actor) for actor in two])
    begun = [r for r in results if isinstance(r, Reorganisation)]
    refused = [r for r in results if isinstance(r, Refused)]
    assert (len(begun), len(refused)) == (1, 1), results
    assert begun[0].made_by.person.name in str(refused[0])
    assert Reorganisation.objects.count() == DepartmentChange.objects.count() == 1


def test_two_confirm_and_the_clock_comes_by(full: Full, two: list[Actor]) -> None:
    """It is done once, whoever was first."""
    before, offices = census(), {d.pk for d in Organisation.objects.all()}
    plan = begin(full.world, "split", [full.source], [NEW, NEW_EAST])
    chosen: dict[str, Any] = {"by_division": {EAST: 1}, "staff": {}, "by_unit": {}}
    results = together(
        *[lambda a=a: reorganising.assign_and_confirm(actor=a, id=plan.pk, version=0, **chosen) for a in two],
        executing.execute_due,
        executing.follow_up,
    )
    done = [r for r in results[:2] if isinstance(r, Reorganisation)]
    assert len(done) == 1, results
    assert isinstance(next(r for r in results[:2] if r not in done), Conflict), results
    assert not [r for r in results[2:] if isinstance(r, Exception)], results
    assert census() == before
    founded = set(Organisation.objects.exclude(pk__in=offices).values_list("name", flat=True))
    assert founded == {NEW["name"], NEW_EAST["name"]}  # type: ignore[index]
    assert Organisation.objects.count() == len(offices) + 2
    assert UnitMove.objects.count() == UnitMove.objects.values("unit").distinct().count() == 3
    assert dict(UnitProfile.objects.values_list("unit_id", "department__name"))[full.east.pk] == NEW_EAST["name"]  # type: ignore[index]


def test_one_renames_what_the_other_closes(full: Full, two: list[Actor]) -> None:
    """In whichever order: a department that has ended is not renamed any more, and nothing of it is lost."""
    before, other = census(), full.world.offices["澄湖市外国专家局"]
    plan = begin(full.world, "close", [full.source], [other.pk])
    results = together(
        lambda: reorganising.confirm(actor=two[0], id=plan.pk, version=0),
        lambda: actions.edit(
            actor=two[1], id=full.source.pk, values={"name": "汐州市科学技术局"}, effective_on=clock.today(),
            reason=WHY, seen=queries.newest_change(full.source.pk),
        ),
    )  # fmt: skip
    assert isinstance(results[0], Reorganisation), results
    assert isinstance(results[1], DepartmentChange | Hidden | Refused), results
    assert census() == before
    assert not UnitProfile.objects.filter(department=full.source).exists()


def test_two_add_a_department_of_one_name(full: Full, two: list[Actor]) -> None:
    values = {"name": "新河市外国专家局", "tier": "city", "division": "330300", "parent_id": full.source.parent_id}
    results = together(
        *[lambda a=a: actions.add(actor=a, values=values, effective_on=clock.today(), reason=WHY) for a in two]
    )
    assert [type(r) for r in sorted(results, key=lambda r: isinstance(r, Refused))] == [DepartmentChange, Refused]
    assert Organisation.objects.filter(name="新河市外国专家局").count() == 1
