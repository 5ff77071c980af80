"""How dates, times and deadlines are said, in the reader's language and in China Standard Time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.dateformat import DateFormat
from django.utils.translation import get_language, gettext

from waizhuan.kernel import clock
from waizhuan.kernel.words import Words, say, say_n

WEEKDAYS = (say("周一"), say("周二"), say("周三"), say("周四"), say("周五"), say("周六"), say("周日"))
Moment = dt.date | dt.datetime


def china(when: Moment) -> Moment:
    """The same moment in China; a plain date stays as it is."""
    return when.astimezone(clock.CHINA) if isinstance(when, dt.datetime) and when.tzinfo else when


def date_of(when: Moment) -> dt.date:
    local = china(when)
    return local.date() if isinstance(local, dt.datetime) else local


def weekday(when: Moment) -> str:
    return str(WEEKDAYS[date_of(when).weekday()])


def day(when: Moment) -> str:
    """3月9日; with its year where that is not this year."""
    date = date_of(when)
    if date.year != clock.today().year:
        return full_day(date)
    return _written(date, gettext("n月j日"))


def full_day(when: Moment) -> str:
    """2026年3月9日"""
    return _written(date_of(when), gettext("Y年n月j日"))


def short_day(when: Moment) -> str:
    """3月9日, in English 9 Mar: where there is little room."""
    return _written(date_of(when), "j M" if get_language() == "en" else "n月j日")


@lru_cache(maxsize=4096)
def _written(date: dt.date, form: str) -> str:
    """A list says the same few days again and again. The form belongs to one language, so it is part of the key."""
    return DateFormat(date).format(form)


def time(when: dt.datetime) -> str:
    local = china(when)
    return f"{local:%H:%M}"


def long_moment(when: dt.datetime) -> str:
    """3月9日（周一）10:24"""
    return str(say("{day}（{weekday}）{time}", day=day(when), weekday=weekday(when), time=time(when)))


def machine(when: Moment) -> str:
    """For the `datetime` attribute: China's local time."""
    local = china(when)
    return f"{local:%Y-%m-%dT%H:%M}" if isinstance(local, dt.datetime) else local.isoformat()


@dataclass(frozen=True, slots=True)
class Left:
    """How much time is left, in words. `tone`: "" there is time · "soon" · "over"."""

    words: Words
    tone: str


def time_left(due: dt.datetime, provisional: bool = False) -> Left:
    """还有 n 个工作日 → 明天到期 / 今天 17:30 到期 → 已超 n 个工作日."""
    now, today = clock.now(), clock.today()
    day_due, at = date_of(due), time(due)
    left = clock.workdays_left(due)
    if now > due:
        if day_due == today:
            return Left(say("今天 {time} 已到期", time=at), "over")
        if left == 0:
            return Left(say("已过期限"), "over")
        return Left(say_n("已超 {n} 个工作日", -left), "over")
    if day_due == today:
        return Left(say("今天 {time} 到期", time=at), "soon")
    if day_due == today + dt.timedelta(days=1):
        return Left(say("明天到期"), "soon")
    if left == 0:  # only days off lie between
        return Left(say_n("还有 {n} 天", (day_due - today).days), "soon")
    if provisional:
        return Left(say_n("还有约 {n} 个工作日", left), "")
    return Left(say_n("还有 {n} 个工作日", left), "soon" if left == 1 else "")
