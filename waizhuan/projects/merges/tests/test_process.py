"""The table: who may, and whose work it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from waizhuan.kernel.actor import Actor
from waizhuan.projects.merges.process import MERGE, by_either, by_reviewer, by_unit, reviewer_post, unit_post
from waizhuan.shared.flow.process import check


def merge(**fields: Any) -> Any:
    return SimpleNamespace(
        **{
            "unit_id": 3,
            "department_id": 5,
            "role": "department.clerk",
            "asker_account_id": 7,
            "confirmed_by_id": 8,
            "target_id": 9,
            **fields,
        }
    )


def actor(account: int, organisation: int, role: str) -> Actor:
    return Actor(account_id=account, organisation_id=organisation, roles=frozenset({role}))


def test_the_table_is_sound() -> None:
    assert check(MERGE) == []


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (actor(1, 5, "department.clerk"), True),
        (actor(1, 5, "department.head"), True),
        (actor(1, 6, "department.clerk"), False),
        (actor(7, 5, "department.clerk"), False),  # asked for it
        (actor(9, 5, "department.clerk"), False),  # gets the projects
        (actor(8, 5, "department.clerk"), False),  # confirmed it in the unit's name
        (actor(1, 3, "unit.admin"), False),
    ],
)
def test_who_reviews(who: Actor, may: bool) -> None:
    assert by_reviewer(who, merge()).ok is may


def test_the_unit_and_the_department_may_undo() -> None:
    admin = actor(1, 3, "unit.admin")
    assert by_unit(admin, merge()).ok
    assert by_either(admin, merge()).ok
    assert by_either(actor(1, 5, "department.clerk"), merge()).ok
    assert not by_either(actor(1, 4, "unit.admin"), merge()).ok


def test_whose_work_it_is() -> None:
    assert (unit_post(merge()).organisation_id, unit_post(merge()).role) == (3, "unit.admin")
    assert (reviewer_post(merge()).organisation_id, reviewer_post(merge()).role) == (5, "department.clerk")
