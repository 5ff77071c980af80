from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.kernel.actor import Actor
from waizhuan.projects.handover import rules
from waizhuan.projects.handover.process import HAND_OVER
from waizhuan.shared.flow.process import check

TODAY = dt.date(2026, 3, 9)


def test_not_to_oneself_and_not_to_who_holds_it() -> None:
    assert not rules.can_succeed(leaver=1, successor=1, holds=True).ok
    assert rules.can_succeed(leaver=1, successor=2, holds=True).remedy
    assert rules.can_succeed(leaver=1, successor=2, holds=False).ok
    assert rules.can_succeed(leaver=None, successor=2, holds=False).ok


@pytest.mark.parametrize(("day", "ok"), [(None, False), (-1, False), (0, True), (366, True), (367, False)])
def test_from_today_and_at_most_a_year_ahead(day: int | None, ok: bool) -> None:
    when = None if day is None else TODAY + dt.timedelta(days=day)
    assert rules.can_take_effect(when, TODAY).ok is ok


def test_an_administrator_does_not_pass_on_their_own_post() -> None:
    other, self_, unit = Actor(account_id=3), Actor(account_id=1), Actor(account_id=9, kind="legal")
    assert rules.may_decide_for_unit(other, leaver=1, successor=2).ok
    assert rules.may_decide_for_unit(unit, leaver=1, successor=2).ok
    assert not rules.may_decide_for_unit(self_, leaver=1, successor=2).ok
    assert not rules.may_decide_for_unit(self_, leaver=None, successor=1).ok


def test_the_only_administrator_authorises_a_second_one_first() -> None:
    self_ = Actor(account_id=1, kind="natural", organisation_kind="unit")
    assert rules.may_decide_for_unit(self_, leaver=1, successor=2, alone=True).remedy
    assert rules.may_decide_for_unit(Actor(account_id=9, kind="legal"), leaver=1, successor=2, alone=True).ok
    assert rules.somebody_else_decides(self_, [1]).remedy
    assert rules.somebody_else_decides(self_, [1, 2]).ok
    assert rules.somebody_else_decides(self_, []).ok
    assert rules.somebody_else_decides(Actor(account_id=1, organisation_kind="department"), [1]).ok


@pytest.mark.parametrize(
    ("state", "leaver", "role", "ok"),
    [
        ("failed", 1, "unit.admin", True), ("declined", 1, "unit.admin", True), ("withdrawn", 1, "unit.admin", True),
        ("done", 1, "unit.admin", False), ("ministry", 1, "unit.admin", False), ("failed", 3, "unit.admin", False),
        ("failed", 1, "projects.lead", False),
    ],
)  # fmt: skip
def test_when_one_begins_again(state: str, leaver: int, role: str, ok: bool) -> None:
    actor = Actor(account_id=3, organisation_id=2, organisation_kind="unit", roles=frozenset({role}))
    assert rules.may_begin_again(actor, state=state, leaver=leaver).ok is ok


def test_a_department_brings_every_paper_and_a_unit_none() -> None:
    assert [v.field for v in rules.missing({"front"}, kind="department")] == ["letter", "back"]
    assert rules.missing(set(), kind="unit") == []


def test_only_the_system_makes_it_take_effect() -> None:
    assert check(HAND_OVER) == []
    assert {t.name for t in HAND_OVER.transitions if t.target == "done"} == {"execute"}
    assert HAND_OVER.transition("execute").source == ("confirmed",)
