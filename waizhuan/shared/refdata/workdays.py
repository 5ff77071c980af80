"""Which days are worked in China: the table that an operator loaded, else the shipped calendar, else the statutory days.

Asking about a day costs no query, ever: the table is read as a whole, once a minute at most (`refresh_when_stale`, before
a request and by the worker), and kept in the process.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass
from functools import cache

from django.db import DatabaseError

log = logging.getLogger("waizhuan.refdata")
FRESH = 60.0  # seconds
FIRST_SHIPPED, LAST_SHIPPED = 2004, 2026  # chinesecalendar 1.11


@dataclass(frozen=True, slots=True)
class Year:
    """One year's exceptions from Monday to Friday."""

    off: frozenset[dt.date]  # weekdays that are not worked
    on: frozenset[dt.date]  # Saturdays and Sundays that are worked (调休)
    provisional: bool
    source: str  # "table" | "shipped" | "statutory"


@cache
def shipped(year: int) -> Year:
    """What the product knows without a table: the announced calendar, beyond it the days that the law names."""
    if FIRST_SHIPPED <= year <= LAST_SHIPPED:
        from chinese_calendar.constants import holidays, workdays

        return Year(
            off=frozenset(d for d in holidays if d.year == year),
            on=frozenset(d for d in workdays if d.year == year),
            provisional=False,
            source="shipped",
        )
    from holidays.countries.china import China

    statutory = China(years=year)  # type: ignore[no-untyped-call]
    return Year(off=frozenset(statutory), on=frozenset(), provisional=True, source="statutory")


class Calendar:
    """The working calendar of `kernel.clock`."""

    def __init__(self) -> None:
        self._table: dict[int, Year] = {}
        self._read_at = float("-inf")
        self.version = 0

    def year(self, year: int) -> Year:
        return self._table.get(year) or shipped(year)

    def is_workday(self, day: dt.date) -> bool:
        known = self.year(day.year)
        return day in known.on if day.weekday() > 4 else day not in known.off

    def is_provisional(self, day: dt.date) -> bool:
        return self.year(day.year).provisional

    def refresh(self) -> None:
        """Read the table: one query. Where the database does not answer, what is known stays in use."""
        from waizhuan.shared.refdata.models import CalendarDay

        self._read_at = time.monotonic()
        try:
            rows = list(CalendarDay.objects.values_list("day", "worked"))
        except DatabaseError:
            log.warning("the working calendar could not be read")
            return
        days: dict[int, tuple[set[dt.date], set[dt.date]]] = {}
        for day, worked in rows:
            off, on = days.setdefault(day.year, (set(), set()))
            (on if worked else off).add(day)
        self._use({year: Year(frozenset(off), frozenset(on), False, "table") for year, (off, on) in days.items()})

    def _use(self, table: dict[int, Year]) -> None:
        if table != self._table:
            self._table = table
            self.version += 1

    def refresh_when_stale(self, **_: object) -> None:
        """A receiver of Django's `request_started`."""
        if time.monotonic() - self._read_at > FRESH:
            self.refresh()

    def forget(self) -> None:
        """Back to what is shipped (tests)."""
        self._use({})
        self._read_at = float("-inf")


CALENDAR = Calendar()
