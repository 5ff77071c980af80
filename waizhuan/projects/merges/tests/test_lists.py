"""What is left out of a list is what the rule of one line refuses, in every state that a project can be in."""

from __future__ import annotations

from itertools import product

import pytest

from waizhuan.identity import demo
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.merges import lists
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.tests.conftest import World, make_place, old_account

pytestmark = pytest.mark.django_db
#: whose the project is: (unit, who leads it)
OWNERS = [("none", None), *product(("here", "there"), (None, "source", "target", "somebody"))]


@pytest.mark.parametrize("target", ["unit", "successor", "source"])
@pytest.mark.parametrize("source", ["old", "old and linked", "person"])
def test_left_out_is_what_may_not_move(world: World, source: str, target: str) -> None:
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    old = old_account("A", world.place.old_unit, projects=len(OWNERS) * 2)
    people = {"source": world.a, "target": world.c, "somebody": demo.person("somebody", "许一诺", 31), None: None}
    units = {"none": None, "here": world.place.unit, "there": elsewhere.unit}
    if source == "old and linked":
        old.account = world.a
        type(old).objects.filter(pk=old.pk).update(
            account=world.a, linked_at="2026-01-01T00:00Z", linked_how="document"
        )
    rows = LegacyProject.objects.order_by("pk")
    for row, ((unit, lead), moved) in zip(rows, product(OWNERS, (False, True)), strict=True):
        rows.filter(pk=row.pk).update(organisation=units[unit], lead=people[lead], moved=moved)
    merge = Merge(
        unit=world.place.unit,
        old=None if source == "person" else old,
        person=world.a if source == "person" else None,
        target={"unit": None, "successor": world.c, "source": world.a}[target],
    )
    judged = list(lists.judged(merge))
    refused = {row.pk for row, verdict in judged if not verdict.ok}
    count, shown = lists.left_out(merge, at_most=100)
    assert {row.pk for row, _ in shown} == refused
    assert count == len(refused)
    assert all(not verdict.ok and str(verdict.reason) for _, verdict in shown)
    assert {line.old_project_id for line in lists.lines_for(merge)} == {r.pk for r, _ in judged} - refused
    assert len(judged) == (2 if source == "person" else len(OWNERS) * 2), "all states were tried"
