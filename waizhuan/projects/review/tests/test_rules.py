"""Who sees a case in review; what a typed rank is."""

from __future__ import annotations

import pytest

from waizhuan.kernel.actor import Actor
from waizhuan.projects.review.rules import Holders, may_see, read_rank

CASE = Holders(unit=1, department=2, ministry=3, handed_in=True)
DRAFT = Holders(unit=1, department=None, ministry=3, handed_in=False)


def actor(organisation: int, *roles: str) -> Actor:
    return Actor(account_id=9, organisation_id=organisation, roles=frozenset(roles))


@pytest.mark.parametrize(
    ("who", "case", "sees"),
    [
        (actor(1, "unit.admin"), CASE, True),
        (actor(1, "unit.admin"), DRAFT, True),
        (actor(1, "projects.lead"), CASE, False),
        (actor(4, "unit.admin"), CASE, False),
        (actor(2, "department.clerk"), CASE, True),
        (actor(2, "department.head"), CASE, True),
        (actor(5, "department.head"), CASE, False),
        (actor(3, "ministry.clerk"), CASE, True),
        (actor(3, "ministry.clerk"), DRAFT, False),
        (actor(2, "ministry.clerk"), CASE, False),
    ],
)
def test_only_whom_the_case_concerns_sees_it(who: Actor, case: Holders, sees: bool) -> None:
    assert may_see(who, case).ok is sees


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("1", 1),
        (" 12 ", 12),
        ("９", 9),
        ("0", None),
        ("-1", None),
        ("", None),
        ("99999", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_a_rank_is_a_small_whole_number(text: str, rank: int | None) -> None:
    assert read_rank(text) == rank
