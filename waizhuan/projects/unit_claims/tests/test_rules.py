"""Pure: what a claim lacks, and when an old unit is free."""

from __future__ import annotations

from waizhuan.projects.unit_claims import rules
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.flow.process import check


def test_everything_that_is_missing_is_said_at_once() -> None:
    found = rules.missing(old_name=" ", why="", files=0, waiting=rules.OPEN_AT_MOST)
    assert [v.field for v in found] == ["old_name", "why", "file", ""]
    assert rules.missing(old_name="厂", why="批文", files=1, waiting=0) == []


def test_an_old_unit_is_one_unit_s() -> None:
    assert rules.may_accept(verified=True, somebody_elses=False, old=1).ok
    assert not rules.may_accept(verified=False, somebody_elses=False, old=1).ok
    verdict = rules.may_accept(verified=True, somebody_elses=True, old=7)
    assert verdict.remedy is not None
    assert verdict.remedy.args == (7,)


def test_only_a_verified_unit_and_once_for_more() -> None:
    assert not rules.may_begin(verified=False).ok
    assert rules.may_ask(asked_before=False).ok
    assert not rules.may_ask(asked_before=True).ok


def test_the_table_is_sound() -> None:
    assert check(CLAIM) == []
