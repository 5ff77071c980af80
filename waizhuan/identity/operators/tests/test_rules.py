"""Rules of the support desk. No database."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity.operators import rules
from waizhuan.identity.operators.statistics import took


def test_nobody_looks_without_a_purpose() -> None:
    assert rules.has_purpose("call").ok
    for purpose in ("", "curiosity", " "):
        assert rules.has_purpose(purpose).field == "purpose"


def test_nobody_locks_or_unlocks_themselves() -> None:
    assert rules.may_lock(1, 2, locked=False, closed=False).ok
    assert not rules.may_lock(1, 1, locked=False, closed=False).ok
    assert not rules.may_lock(1, 2, locked=True, closed=False).ok
    assert not rules.may_lock(1, 2, locked=False, closed=True).ok
    assert rules.may_unlock(1, 2, locked=True).ok
    assert not rules.may_unlock(1, 1, locked=True).ok
    assert not rules.may_unlock(1, 2, locked=False).ok


def test_every_act_has_a_reason() -> None:
    assert rules.has_reason("本人要求").ok
    assert not rules.has_reason("  ").ok


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (None, "—"),
        (dt.timedelta(minutes=40), "40 分钟"),
        (dt.timedelta(hours=5, minutes=30), "5.5 小时"),
        (dt.timedelta(days=3), "3.0 天"),
    ],
)
def test_durations_as_one_says_them(duration: dt.timedelta | None, expected: str) -> None:
    assert str(took(duration)) == expected
