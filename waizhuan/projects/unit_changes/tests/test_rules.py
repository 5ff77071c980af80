from __future__ import annotations

import pytest

from waizhuan.projects.entry.api import CHANGEABLE
from waizhuan.projects.unit_changes import rules


@pytest.mark.parametrize(
    ("names", "way"),
    [
        (["postcode"], ()),
        (["contact_phone", "contact_email"], ()),
        (["address"], ("department",)),
        (["address", "postcode"], ("department",)),
        (["field"], ("department", "ministry")),
        (["department"], ("department", "receiving")),
        (["department", "field"], ("department", "receiving", "ministry")),
    ],
)
def test_the_hardest_field_decides_the_way(names: list[str], way: tuple[str, ...]) -> None:
    assert rules.stages(names) == way


def test_each_stage_leads_to_the_next_and_the_last_applies() -> None:
    names = ["department", "field"]
    assert [rules.after(s, names) for s in ("department", "receiving", "ministry")] == [
        "receiving",
        "ministry",
        "applied",
    ]
    assert rules.after("ministry", ["department"]) == "applied"  # after an objection


def test_the_table_covers_what_the_profile_holds_and_no_name_or_code() -> None:
    assert set(rules.FIELDS) == {"department", *CHANGEABLE}
    assert all(line.way in rules.WAYS for line in rules.FIELDS.values())


def test_everything_that_is_missing_is_said_at_once() -> None:
    missing = rules.missing({"address": " ", "field": "海洋"}, why="", files=0)
    assert [v.field for v in missing] == ["address", "why", "file"]
    assert rules.missing({}, why="", files=0)[0].code == "F2"
    assert rules.missing({"postcode": ""}, why="", files=0) == []  # a notice needs neither reason nor evidence


def test_only_real_changes_count() -> None:
    assert rules.changed({"address": "一号", "field": "海洋"}, {"address": " 一号 ", "field": "材料", "uscc": "X"}) == {
        "field": "材料"
    }


@pytest.mark.parametrize("state", ["", "draft", "asked", "declined", "withdrawn", "review"])
def test_what_is_not_approved_is_edited_and_not_corrected(state: str) -> None:
    verdict = rules.may_begin(profile_state=state)
    assert not verdict.ok
    assert verdict.remedy is not None
    assert rules.may_begin(profile_state="approved").ok


def test_asking_again_is_possible_only_where_the_value_changed() -> None:
    assert rules.may_ask(asked_before=False, stale_names=[]).ok
    assert not rules.may_ask(asked_before=True, stale_names=[]).ok
    assert rules.may_ask(asked_before=True, stale_names=["address"]).ok
