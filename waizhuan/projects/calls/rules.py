"""What a call for applications (申报通知) must look like before anybody may read it. Pure.

Limits and numbers differ by year and category (domain facts §3), so they are data of the call; here stands what
makes such data sound.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from string import Formatter

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say

#: No call ever asks for more; keeps a slip of the finger (age 600, 3000 days) out.
AGE_AT_MOST = 120
DAYS_AT_MOST = 366 * 3
EXPERTS_AT_MOST = 50
SERIAL_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a call, as far as they must fit together. None: no such limit."""

    year: int
    opens_at: dt.datetime
    closes_at: dt.datetime
    max_age: int | None
    age_on: dt.date | None
    min_days: int | None
    max_days: int | None
    min_experts: int
    max_total_fen: int | None
    number_pattern: str


def check_pattern(pattern: str) -> Verdict:
    """A pattern of project numbers: text with `{year}` and one `{serial}`, such as `G{year}-{serial:04d}`."""
    example = say("请写成这样：{example}", example="G{year}-{serial:04d}")
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return no(example, field="number_pattern")
    fields = [name for _, name, _, _ in parts if name is not None]
    if fields.count("serial") != 1 or any(f not in ("year", "serial") for f in fields):
        return no(example, field="number_pattern")
    for _, name, spec, conversion in parts:
        if name is not None and (conversion or not _plain_spec(name, spec or "")):
            return no(example, field="number_pattern")
    if "year" not in fields:
        return no(say("编号里要有年份 {year}，不然明年的编号会和今年的一样", year="{year}"), field="number_pattern")
    if len(make_number(pattern, 2026, 1)) > 40:
        return no(say("编号太长，请在 40 个字符以内"), field="number_pattern")
    return YES


def _plain_spec(name: str, spec: str) -> bool:
    """`04d` for the serial number, `02d`… or nothing for the year: nothing that a format could do harm with."""
    if spec == "":
        return True
    return name == "serial" and spec[-1] == "d" and spec[:-1].isdigit() and int(spec[:-1]) <= SERIAL_WIDTH


def make_number(pattern: str, year: int, serial: int) -> str:
    """The project number of this year and serial number."""
    return pattern.format(year=year, serial=serial)


def check_terms(terms: Terms) -> list[Verdict]:
    """Everything that does not fit together in the terms of a call, all at once."""
    found = [check_pattern(terms.number_pattern)]
    if terms.closes_at <= terms.opens_at:
        found.append(no(say("截止时间要晚于开始时间"), field="closes_at"))
    if not 2000 <= terms.year <= 2100:
        found.append(no(say("年度请写四位数字，例如 2026"), field="year"))
    if terms.max_age is not None and not 18 <= terms.max_age <= AGE_AT_MOST:
        found.append(no(say("年龄上限请写 18 到 {most} 之间的数", most=AGE_AT_MOST), field="max_age"))
    if terms.max_age is not None and terms.age_on is None:
        found.append(no(say("有年龄上限时，要写明按哪一天计算年龄"), field="age_on"))
    for name, value in (("min_days", terms.min_days), ("max_days", terms.max_days)):
        if value is not None and not 1 <= value <= DAYS_AT_MOST:
            found.append(no(say("天数请写 1 到 {most} 之间的数", most=DAYS_AT_MOST), field=name))
    if terms.min_days is not None and terms.max_days is not None and terms.min_days > terms.max_days:
        found.append(no(say("最多天数不能少于最少天数"), field="max_days"))
    if not 1 <= terms.min_experts <= EXPERTS_AT_MOST:
        found.append(no(say("专家人数请写 1 到 {most} 之间的数", most=EXPERTS_AT_MOST), field="min_experts"))
    if terms.max_total_fen is not None and terms.max_total_fen <= 0:
        found.append(no(say("金额要大于 0"), field="max_total_fen"))
    return [v for v in found if not v.ok]


def can_extend(old: dt.datetime, new: dt.datetime, now: dt.datetime) -> Verdict:
    """A deadline may only move later, and to a moment that is still to come."""
    if new <= old:
        return no(say("新的截止时间要晚于原来的截止时间"), field="closes_at")
    if new <= now:
        return no(say("新的截止时间已经过去了"), field="closes_at")
    return YES


def is_open(opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> Verdict:
    """May an application be submitted now? The deadline's own moment still counts; the server's clock decides."""
    if now < opens_at:
        return no(say("还没有开始受理"))
    if now > closes_at:
        return no(say("受理已经截止"))
    return YES
