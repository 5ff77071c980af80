"""C1–C5 without a database."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity.delegation import rules
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor

NOW = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)
LEGAL = Actor(1, "主代办人", "legal", True, 9, "云溪理工大学", "unit", True, frozenset({"unit.admin", "projects.lead"}))
ADMIN = Actor(2, "陈知微", "natural", True, 9, "云溪理工大学", "unit", True, frozenset({"unit.admin"}))
LEAD = Actor(3, "林望舒", "natural", True, 9, "云溪理工大学", "unit", True, frozenset({"projects.lead"}))
HEAD = Actor(4, "局长", "natural", True, 8, "汐州市外国专家局", "department", True, frozenset({"department.head"}))


def test_who_may_authorise() -> None:
    assert [rules.may_authorise(a).ok for a in (LEGAL, ADMIN, LEAD, HEAD, Actor())] == [True, True, False, True, False]


def test_an_unverified_unit_is_told_where_to_go() -> None:
    unverified = Actor(1, "", "legal", True, 9, "某单位", "unit", False, frozenset({"unit.admin"}))
    verdict = rules.may_give_now(unverified)
    assert not verdict.ok
    assert verdict.remedy is not None
    assert verdict.remedy.screen == "realname.status"
    assert rules.may_give_now(HEAD).ok


def test_nobody_gives_beyond_what_the_organisation_holds() -> None:
    assert {r.code for r in rules.givable(LEGAL)} == {"unit.admin", "projects.lead"}
    assert {r.code for r in rules.givable(ADMIN)} == {"unit.admin", "projects.lead"}
    assert rules.givable(LEAD) == ()
    assert {r.code for r in rules.givable(HEAD)} == {"department.clerk", "department.head"}
    assert rules.can_give(ADMIN, 7, ["ministry.head"], verified=True).code == "C2"
    oneself = rules.can_give(ADMIN, 2, ["unit.admin"], verified=True)
    assert (oneself.code, oneself.field) == ("C2", "name"), "it is about the person, not about the role"
    assert rules.can_give(ADMIN, 7, [], verified=True).code == "C1"
    assert rules.can_give(ADMIN, 7, ["projects.lead"], verified=False).code == "C4"
    assert rules.can_give(ADMIN, 7, ["projects.lead"], verified=True).ok


def test_the_right_to_give_is_given_for_no_longer_than_it_is_held() -> None:
    end = NOW + dt.timedelta(days=30)
    assert not rules.within_own_period(["unit.admin"], None, end).ok
    assert not rules.within_own_period(["unit.admin"], end + dt.timedelta(seconds=1), end).ok
    assert rules.within_own_period(["unit.admin"], end, end).ok
    assert rules.within_own_period(["projects.lead"], None, end).ok, "a lead gives nothing on"
    assert rules.within_own_period(["unit.admin"], None, None).ok


def test_the_last_administrator_cannot_vanish() -> None:
    assert not rules.can_withdraw(HEAD, "department.head", others_who_give=0, unit=False).ok
    assert rules.can_withdraw(HEAD, "department.head", others_who_give=1, unit=False).ok
    assert rules.can_withdraw(LEGAL, "unit.admin", others_who_give=0, unit=True).ok, "the unit's own account is there"
    assert not rules.leaves_somebody(["department.head"], NOW, others=0, unit=False).ok
    assert rules.leaves_somebody(["department.clerk"], NOW, others=0, unit=False).ok


@pytest.mark.parametrize(
    ("days", "fine"), [(None, True), (0, False), (-1, False), (1, True), (1830, True), (1831, False)]
)
def test_periods(days: int | None, fine: bool) -> None:
    today = NOW.astimezone(clock.CHINA).date()
    assert rules.period(None if days is None else today + dt.timedelta(days=days), today).ok is fine
