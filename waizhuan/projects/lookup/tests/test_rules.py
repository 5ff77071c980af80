"""What an export asks for. No database."""

from __future__ import annotations

import pytest

from waizhuan.kernel.actor import Actor
from waizhuan.projects.lookup.rules import FILTERS_AT_MOST, may_export, may_look, may_save


@pytest.mark.parametrize(
    ("role", "may"),
    [("unit.admin", True), ("department.clerk", True), ("ministry.head", True), ("projects.lead", False)],
)
def test_who_looks_things_up(role: str, may: bool) -> None:
    assert may_look(Actor(account_id=1, organisation_id=2, roles=frozenset({role}))).ok is may


def test_personal_data_wants_a_purpose() -> None:
    assert may_export(kind="experts", personal=False, purpose="", at_work=False) == []
    assert may_export(kind="experts", personal=True, purpose="年度审计核对", at_work=False) == []
    assert [v.field for v in may_export(kind="experts", personal=True, purpose="  要  ", at_work=True)] == [
        "purpose",
        "kind",
    ]
    assert may_export(kind="projects", personal=True, purpose="年度审计核对", at_work=False)


def test_conditions_have_a_name_and_an_end() -> None:
    assert not may_save("", 0)
    assert not may_save("x", FILTERS_AT_MOST)
    assert may_save("x", FILTERS_AT_MOST - 1)
