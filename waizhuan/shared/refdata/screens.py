"""The working calendar: a year's days, and loading the next year's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from waizhuan.kernel import clock
from waizhuan.kernel.access import any_of, screen
from waizhuan.shared.refdata import calendar_file
from waizhuan.shared.refdata.actions import load_calendar
from waizhuan.shared.refdata.forms import CalendarForm
from waizhuan.shared.refdata.models import CalendarDay
from waizhuan.shared.refdata.workdays import Year, shipped

OPERATORS = any_of("operator.system")


@dataclass(frozen=True, slots=True)
class Shown:
    day: dt.date
    worked: bool
    name: str


@screen("refdata.calendar", access=OPERATORS)
def calendar(request: HttpRequest) -> HttpResponse:
    """A year's exceptions; a file is checked first (`file`), then loaded (`rows`, as the check gave them back)."""
    if request.method == "POST" and "rows" in request.POST:
        found = calendar_file.read(request.POST["rows"])
        if found.ok:
            years = load_calendar(actor=request.actor, rows=found.rows)  # type: ignore[attr-defined]
            return HttpResponseRedirect(f"{reverse('refdata.calendar')}?year={years[0]}&loaded=1")
        return _page(request, {"form": CalendarForm(), "reading": found}, 422)
    if request.method == "POST":
        form = CalendarForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, {"form": form}, 422)
        found = calendar_file.read(calendar_file.decode(form.cleaned_data["file"]))
        context = {"form": CalendarForm(), "reading": found, "rows": calendar_file.write(found.rows)}
        return _page(request, context, 200 if found.ok else 422)
    return _page(request, {"form": CalendarForm()}, 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    this = clock.today().year
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2004 <= int(asked[:4]) <= 2100 else this
    found: calendar_file.Reading | None = context.get("reading")
    if found and found.ok:
        year = found.years[0]  # what would be loaded, to look at
    days, known = _days(year)
    if found and found.ok:
        days = [Shown(r.day, r.worked, r.name) for r in found.rows if r.day.year == year]
    context |= {
        "year": year,
        "years": range(this - 1, this + 3),
        "days": days,
        "source": known.source,
        "loaded": "loaded" in request.GET,
    }
    return render(request, "refdata/calendar.html", context, status=status)


def _days(year: int) -> tuple[list[Shown], Year]:
    """The days that differ from their weekday, and where we know it from. One query."""
    loaded = [Shown(d.day, d.worked, d.name) for d in CalendarDay.objects.filter(day__year=year).order_by("day")]
    if loaded:
        return loaded, Year(frozenset(), frozenset(), False, "table")
    known = shipped(year)
    days = [Shown(d, False, "") for d in known.off] + [Shown(d, True, "") for d in known.on]
    return sorted(days, key=lambda d: d.day), known
