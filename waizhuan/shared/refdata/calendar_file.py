"""Reading the CSV of a year's holidays, as the State Council announces them each November: date, arrangement, name."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from waizhuan.kernel.words import Words, say

OFF = {"放假", "休", "假期", "holiday", "off"}
ON = {"上班", "调休", "班", "workday", "work"}
#: Without these a file is no whole year (Regulation on public holidays, Art. 2).
FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
MOST_ROWS = 2000
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Row:
    day: dt.date
    worked: bool
    name: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be taken, and why. Line 0: the file as a whole."""

    line: int
    reason: Words


@dataclass(slots=True)
class Reading:
    rows: list[Row] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        return sorted({row.day.year for row in self.rows})

    @property
    def ok(self) -> bool:
        return bool(self.rows) and not self.wrong


def decode(data: bytes) -> str:
    """UTF-8, or GB 18030 as Chinese Excel saves it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def read(text: str) -> Reading:
    """Every row, and everything that is wrong, all at once."""
    found = Reading()
    seen: dict[dt.date, int] = {}
    lines = _lines(text, found)
    for number, cells in lines[: MOST_ROWS + 1]:
        row = _row(number, cells, found)
        if row is None:
            continue
        if row.day in seen:
            found.wrong.append(Wrong(number, say("这一天在第 {line} 行已经有了", line=seen[row.day])))
            continue
        seen[row.day] = number
        found.rows.append(row)
    if len(lines) > MOST_ROWS:
        found.wrong.append(Wrong(0, say("文件太长，一年的安排不会超过 {n} 行", n=MOST_ROWS)))
    if not found.rows and not found.wrong:
        found.wrong.append(Wrong(0, say("文件里没有内容")))
    _check_years(found)
    return found


def write(rows: Sequence[Row]) -> str:
    """The rows as a file that `read` takes."""
    out = io.StringIO()
    csv.writer(out).writerows((r.day.isoformat(), "上班" if r.worked else "放假", r.name) for r in rows)
    return out.getvalue()


def _lines(text: str, found: Reading) -> list[tuple[int, list[str]]]:
    """The lines that hold something, without the head."""
    try:
        table = list(csv.reader(io.StringIO(text.replace("\0", ""))))
    except csv.Error:
        found.wrong.append(Wrong(0, say("这不是 CSV 文件")))
        return []
    lines = [(i, [c.strip() for c in cells]) for i, cells in enumerate(table, 1) if any(c.strip() for c in cells)]
    if lines and not _DATE.fullmatch(lines[0][1][0]) and not any(c.isdigit() for c in lines[0][1][0]):
        return lines[1:]
    return lines


def _row(number: int, cells: list[str], found: Reading) -> Row | None:
    day = _date(cells[0])
    if day is None:
        reason = say("“{text}”不是日期，请写成 2027-10-01", text=cells[0][:20])
        found.wrong.append(Wrong(number, reason))
        return None
    kind = cells[1].lower() if len(cells) > 1 else ""
    if kind not in OFF | ON:
        reason = say("第二列应为“放假”或“上班”，现在是“{text}”", text=kind[:20])
        found.wrong.append(Wrong(number, reason))
        return None
    return Row(day, kind in ON, cells[2][:40] if len(cells) > 2 else "")


def _date(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if 2004 <= year <= 2100 else None


def _check_years(found: Reading) -> None:
    off = {row.day for row in found.rows if not row.worked}
    for year in found.years:
        missing = [dt.date(year, month, day) for month, day in FIXED if dt.date(year, month, day) not in off]
        if missing:
            days = ", ".join(f"{d:%m-%d}" for d in missing)
            reason = say("{year} 年缺少法定节日 {days}，请把全年的安排放在一个文件里", year=year, days=days)
            found.wrong.append(Wrong(0, reason))
