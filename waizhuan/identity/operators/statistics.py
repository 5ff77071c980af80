"""Volume, time and outcome of the operator's work, over a chosen period. Everything is counted by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import TruncDate

from waizhuan.kernel import clock
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Step, WorkItem, process

PERIODS: tuple[tuple[int, Words], ...] = (
    (30, say("最近 30 天")),
    (90, say("最近 90 天")),
    (365, say("最近一年")),
)
TONES = {"primary": "ok", "bad": "bad"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its number, and its length in hundredths of the longest."""

    label: object
    value: int
    length: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of work: how much came, how much was decided, how long it took."""

    label: Words
    received: int
    decided: int
    in_time: int
    open: int
    overdue: int
    average: Words
    longest: Words

    @property
    def in_time_percent(self) -> int | None:
        return round(100 * self.in_time / self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Statistics:
    days: int
    lines: Sequence[Line]
    volume: Sequence[Bar]
    outcomes: Sequence[tuple[Words, Sequence[Bar]]]


def statistics(operator_id: int, days: int) -> Statistics:
    """The operator's work of the last `days` days. Four queries."""
    since = clock.now() - dt.timedelta(days=days)
    return Statistics(
        days, _lines(operator_id, since), _volume(operator_id, since, days), _outcomes(operator_id, since)
    )


def took(duration: dt.timedelta | None) -> Words:
    """A duration as one says it: minutes, hours with one decimal, days with one decimal."""
    if duration is None:
        return Words("—")
    minutes = round(duration.total_seconds() / 60)
    if minutes < 90:
        return say("{n} 分钟", n=minutes)
    hours = minutes / 60
    return say("{n} 小时", n=f"{hours:.1f}") if hours < 48 else say("{n} 天", n=f"{hours / 24:.1f}")


def _lines(operator_id: int, since: dt.datetime) -> Sequence[Line]:
    now = clock.now()
    duration = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    done = Q(closed_at__gte=since)
    rows = (
        WorkItem.objects.filter(organisation_id=operator_id)
        .filter(done | Q(closed_at=None))
        .values("process")
        .annotate(
            received=Count("id", filter=Q(opened_at__gte=since)),
            decided=Count("id", filter=done),
            in_time=Count("id", filter=done & Q(closed_at__lte=F("due_at"))),
            waiting=Count("id", filter=Q(closed_at=None)),
            overdue=Count("id", filter=Q(closed_at=None, due_at__lt=now)),
            average=Avg(duration, filter=done),
            longest=Max(duration, filter=done),
        )
        .order_by("process")
    )
    return [
        Line(
            process(r["process"]).label,
            r["received"],
            r["decided"],
            r["in_time"],
            r["waiting"],
            r["overdue"],
            took(r["average"]),
            took(r["longest"]),
        )
        for r in rows
    ]


def _volume(operator_id: int, since: dt.datetime, days: int) -> Sequence[Bar]:
    """How many came in each week, each month of a year."""
    rows = (
        WorkItem.objects.filter(organisation_id=operator_id, opened_at__gte=since)
        .annotate(day=TruncDate("opened_at", tzinfo=clock.CHINA))
        .values("day")
        .annotate(n=Count("id"))
        .order_by("day")
    )
    step = 7 if days <= 92 else 30
    today = clock.today()
    counts = [0] * -(-days // step)
    for row in rows:
        counts[min((today - row["day"]).days // step, len(counts) - 1)] += row["n"]
    first_days = [today - dt.timedelta(days=(i + 1) * step - 1) for i in range(len(counts))]
    return _bars([(day, n, "") for day, n in reversed(list(zip(first_days, counts, strict=True)))])


def _outcomes(operator_id: int, since: dt.datetime) -> Sequence[tuple[Words, Sequence[Bar]]]:
    """How it was decided, for each kind of work."""
    rows = (
        Step.objects.filter(organisation_id=operator_id, at__gte=since)
        .values("process", "transition")
        .annotate(n=Count("id"))
        .order_by("process", "-n")
    )
    found: dict[str, list[tuple[object, int, str]]] = {}
    for row in rows:
        known = {t.name: t for t in process(row["process"]).transitions}
        t = known.get(row["transition"])
        if t is not None:
            found.setdefault(row["process"], []).append((t.label, row["n"], TONES.get(t.tone, "")))
    return [(process(name).label, _bars(bars)) for name, bars in found.items()]


def _bars(values: Sequence[tuple[object, int, str]]) -> Sequence[Bar]:
    longest = max((n for _, n, _ in values), default=0) or 1
    return [Bar(label, n, round(100 * n / longest), tone) for label, n, tone in values]
