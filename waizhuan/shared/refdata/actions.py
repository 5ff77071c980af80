"""Loading a year into the working calendar."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.refdata.calendar_file import Row
from waizhuan.shared.refdata.models import CalendarDay
from waizhuan.shared.refdata.workdays import CALENDAR


def load_calendar(*, actor: Actor, rows: Sequence[Row]) -> list[int]:
    """Put these rows in the place of what the table held for their years. Loading the same again changes nothing."""
    years = sorted({row.day.year for row in rows})
    with transaction.atomic():
        for year in years:
            CalendarDay.objects.filter(day__year=year).delete()
        CalendarDay.objects.bulk_create([CalendarDay(day=r.day, worked=r.worked, name=r.name) for r in rows])
        for year in years:
            n = sum(r.day.year == year for r in rows)
            publish(Happened(actor, "refdata.load_calendar", f"refdata.calendar:{year}", {"days": n}))
        transaction.on_commit(CALENDAR.refresh)
    return years
