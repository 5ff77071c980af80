"""Time, in one place, so that tests can move it; and the working calendar that promises are computed with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
#: When the working day ends: a promise for a day is kept until then. China Standard Time.
CLOSING = dt.time(17, 30)

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return _frozen if _frozen is not None else dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's date in China."""
    return now().astimezone(CHINA).date()


@contextmanager
def frozen(moment: dt.datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware). For tests and demonstration data."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(dt.UTC)
    try:
        yield
    finally:
        _frozen = before


@dataclass(frozen=True, slots=True)
class Due:
    """A promised moment (UTC). `provisional`: beyond the years whose holidays have been announced."""

    at: dt.datetime
    provisional: bool


class WorkingCalendar(Hashable, Protocol):
    """Which days are worked in China. `shared.refdata` provides the real one."""

    #: counts up whenever a day changes: what was computed before counts no more
    version: int

    def is_workday(self, day: dt.date) -> bool: ...

    def is_provisional(self, day: dt.date) -> bool: ...


class WeekdaysOnly:
    """Monday to Friday: what is known before a real calendar is put in."""

    version = 0

    def is_workday(self, day: dt.date) -> bool:
        return day.weekday() < 5

    def is_provisional(self, day: dt.date) -> bool:
        return True


_calendar: WorkingCalendar = WeekdaysOnly()


def use_calendar(calendar: WorkingCalendar) -> None:
    global _calendar
    _calendar = calendar


def calendar() -> WorkingCalendar:
    return _calendar


def due_after(days: int, start: dt.datetime | None = None) -> Due:
    """The close of the `days`-th working day after the day of `start` (D2): the day of receipt does not count."""
    day = (start or now()).astimezone(CHINA).date()
    provisional = False
    left = days
    while left > 0:
        day += dt.timedelta(days=1)
        provisional = provisional or _calendar.is_provisional(day)
        if _calendar.is_workday(day):
            left -= 1
    return Due(dt.datetime.combine(day, CLOSING, CHINA).astimezone(dt.UTC), provisional)


@lru_cache(maxsize=4096)  # a list asks for the same few spans again and again
def _workdays_between(calendar: WorkingCalendar, version: int, low: dt.date, high: dt.date) -> int:
    """Working days after `low`, until `high`. `version`: of the calendar, for the cache alone."""
    return sum(calendar.is_workday(low + dt.timedelta(days=n)) for n in range(1, (high - low).days + 1))


def workdays_left(due: dt.datetime, start: dt.datetime | None = None) -> int:
    """Working days from today until `due`: 0 = today, 1 = the next working day, negative = so many days late."""
    first = (start or now()).astimezone(CHINA).date()
    last = due.astimezone(CHINA).date()
    sign = 1 if last >= first else -1
    count = _workdays_between(_calendar, _calendar.version, min(first, last), max(first, last))
    late_today = sign == 1 and count == 0 and (start or now()) > due
    return -1 if late_today and first > last else sign * count
