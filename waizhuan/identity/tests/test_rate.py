"""Counting tries: a window begins with the first of them, and is over at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from waizhuan.identity import rate
from waizhuan.kernel import clock

pytestmark = pytest.mark.django_db
JUST_BEFORE = dt.datetime(2026, 3, 9, 10, 14, 50, tzinfo=clock.CHINA)


def after(**time: int) -> Any:
    return clock.frozen(JUST_BEFORE + dt.timedelta(**time))


def test_a_window_begins_with_the_first_try(settings: Any) -> None:
    settings.RATE_LIMITS_ON = True
    with after():
        assert [rate.count("try", seconds=900) for _ in range(3)] == [1, 2, 3]
    with after(
        seconds=20
    ):  # past the quarter of an hour: nothing begins anew for whoever waits for the clock to strike
        assert rate.spent("try", seconds=900) == 3
        assert rate.count("try", seconds=900) == 4
    with after(minutes=5):
        told = rate.allowed("try", times=4, seconds=900)
        assert (told.ok, "10 分钟" in str(told.reason)) == (False, True)
    with after(minutes=14, seconds=59):
        assert not rate.limit("try", times=4, seconds=900)
    with after(minutes=15):
        assert rate.spent("try", seconds=900) == 0
        assert rate.forget_old() == 0, "at the very moment"
        assert rate.count("try", seconds=900) == 1
    with after(minutes=29, seconds=59):
        assert rate.count("try", seconds=900) == 2
    with after(minutes=31):
        assert rate.forget_old() == 1


def test_windows_of_different_lengths_count_apart(settings: Any) -> None:
    assert rate.count("try", seconds=60) == 1
    assert rate.count("try", seconds=900) == 1
    rate.forget("try", seconds=60)
    assert (rate.spent("try", seconds=60), rate.spent("try", seconds=900)) == (0, 1)
