"""What a department may be, when a change takes effect, who takes over; without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from waizhuan.projects.departments import rules
from waizhuan.projects.departments.rules import Heir, Holding, Office, Parent

TODAY = dt.date(2026, 3, 9)
PROVINCE = Parent(1, "province", "330000")
CITY = {"name": "汐州市外国专家局", "tier": "city", "division": "330100", "public_phone": "0571-88001201"}


def fields(given: Mapping[str, object], parent: Parent | None = None) -> list[str]:
    return [v.field for v in rules.check_values(given, parent)]


@pytest.mark.parametrize(
    ("day", "ok"),
    [(None, False), (TODAY, True), (TODAY - dt.timedelta(1), False), (TODAY + dt.timedelta(366), True),
     (TODAY + dt.timedelta(367), False)],
)  # fmt: skip
def test_a_change_takes_effect_from_today_on(day: dt.date | None, ok: bool) -> None:
    assert rules.can_take_effect(day, TODAY).ok is ok


def test_a_sound_department_passes() -> None:
    assert fields(CITY, PROVINCE) == []
    assert fields({"name": "教育部国际合作与交流司", "tier": "central", "division": ""}) == []
    assert fields({"name": "垦区兵团外国专家局", "tier": "corps", "division": "650000"}) == []


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert fields({"name": "", "tier": "x", "division": "12", "public_phone": "打电话"}) == [
        "name", "tier", "division", "public_phone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "parent", "wrong"),
    [
        ({}, None, ["parent"]),
        ({}, Parent(2, "city", "330100"), ["parent"]),
        ({"tier": "province", "division": "330000"}, PROVINCE, ["parent"]),
        ({"division": "420100"}, PROVINCE, ["division"]),
        ({"division": "330000"}, PROVINCE, ["division"]),
        ({"division": "339999"}, PROVINCE, ["division"]),
        ({"division": "三三〇一〇〇"}, PROVINCE, ["division"]),
        ({"tier": "province", "division": "330100"}, None, ["division"]),
        ({"tier": "central"}, None, ["division"]),
    ],
)
def test_tier_place_and_parent_fit_each_other(
    changes: dict[str, object], parent: Parent | None, wrong: list[str]
) -> None:
    assert fields({**CITY, **changes}, parent) == wrong


def test_a_city_is_of_its_roots_province_or_of_one_whose_cities_came_below_it() -> None:
    other = {**CITY, "division": "420100"}
    merged = Parent(1, "province", "330000", {"420500"})
    assert fields(other, PROVINCE) == ["division"]
    assert fields(other, merged) == fields(CITY, merged) == []
    assert fields({**CITY, "division": "620100"}, merged) == ["division"]


@pytest.mark.parametrize("phone", ["", "12345", "010-58880000", "0571-88001201 转 8", "400-820-8820、010-58880000"])
def test_phones_that_people_can_call(phone: str) -> None:
    assert rules.check_phone(phone).ok


@pytest.mark.parametrize("phone", ["打电话", "1", "<script>", "1" * 40, "010-58880000 和别的"])
def test_what_is_no_phone(phone: str) -> None:
    assert not rules.check_phone(phone).ok


def test_only_what_differs_is_a_change() -> None:
    now = {"name": "甲局", "address": "", "parent_id": None}
    assert rules.changed(now, {"name": "甲局", "address": "路 1 号", "parent_id": None, "kind": "x"}) == {
        "address": "路 1 号"
    }


# ---------------------------------------------------------------- who takes over


def test_a_department_that_holds_something_does_not_end_without_a_successor() -> None:
    refusal = rules.may_close(Holding(units=3, work=2), successors=0, id=7)
    assert not refusal.ok
    assert "3 个单位" in str(refusal.reason)
    assert "2 件" in str(refusal.reason)
    assert refusal.remedy is not None
    assert refusal.remedy.args == (7, "close")
    assert rules.may_close(Holding(), successors=0, id=7).ok
    assert rules.may_close(Holding(units=3), successors=1, id=7).ok


OLD = {1}
A, B, NEW = Heir(1, 2, "province"), Heir(2, 3, "corps"), Heir(2, None, "province")
A_TWICE, ITSELF, A_CITY, A_MINISTRY = (
    Heir(2, id, t) for id, t in ((2, "province"), (1, "province"), (9, "city"), (8, "central"))
)


@pytest.mark.parametrize(
    ("kind", "sources", "heirs", "cities", "wrong"),
    [
        ("split", OLD, [A, NEW], 2, []),
        ("split", OLD, [A], 0, ["successor_1"]),
        ("split", OLD, [A, A_TWICE], 0, ["successor_2"]),
        ("split", OLD, [A, ITSELF], 0, ["successor_2"]),
        ("split", OLD, [A, A_CITY], 0, []),
        ("split", OLD, [A, A_CITY], 2, ["successor_2"]),
        ("split", OLD, [A, A_MINISTRY], 0, []),
        ("split", OLD, [A, A_MINISTRY], 2, ["successor_2"]),
        ("split", OLD, [A, Heir(2, None, "subprovincial")], 2, ["name_2"]),
        ("merge", {1, 4}, [NEW], 0, []),
        ("merge", OLD, [A], 0, []),
        ("merge", OLD, [NEW], 0, ["other_1"]),
        ("merge", {1, 4}, [A, B], 0, ["successor_1"]),
        ("merge", {1, 4}, [], 0, ["successor_1"]),
        ("close", OLD, [A], 0, []),
        ("close", OLD, [], 0, []),
        ("close", OLD, [A, B], 0, ["successor_2"]),
        ("close", OLD, [Heir(1, 8, "subprovincial")], 1, ["successor_1"]),
    ],
)
def test_what_is_a_split_a_merger_a_closing(
    kind: str, sources: set[int], heirs: list[Heir], cities: int, wrong: list[str]
) -> None:
    """Each refusal beside the field of the one that it is about."""
    assert [v.field for v in rules.check_plan(kind, sources=sources, heirs=heirs, cities=cities)] == wrong


@pytest.mark.parametrize(
    ("division", "position"),
    [("330106", 2), ("330105", 1), ("330200", 0), ("420100", 3), ("", 0), ("33", 0)],
)
def test_the_exception_that_fits_best_wins(division: str, position: int) -> None:
    assert rules.successor_of(division, {"330106": 2, "330100": 1, "420000": 3}) == position


# ---------------------------------------------------------------- the wrong tier

OFFICES = [
    Office(1, "江海省", "province", "330000", None),
    Office(2, "汐州市", "city", "330100", 1),
    Office(3, "南浦市", "subprovincial", "450100", None),
    Office(4, "岭北省", "province", "420000", None),
    Office(5, "青石市东区", "city", "420500", 4),
    Office(6, "青石市西区", "city", "420502", 4),
    Office(7, "安平市甲区", "city", "420602", 4),
    Office(8, "安平市乙区", "city", "420606", 4),
]


@pytest.mark.parametrize(
    ("division", "right"),
    [
        ("330106", 2),
        ("330200", 1),
        ("450102", 3),
        ("420100", 4),
        ("620100", None),
        ("", None),
        ("420502", 6),
        ("420505", 5),
        ("420606", 8),
        ("420625", None),
    ],
)
def test_the_office_nearest_to_a_unit(division: str, right: int | None) -> None:
    found = rules.right_office(division, OFFICES)
    assert (found.id if found else None) == right
