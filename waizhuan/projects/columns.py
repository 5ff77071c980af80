"""The columns that a file of ours has, and where they stand in one that people sent. Pure; `sheets` reads the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.text import compact

#: Stands for a cell whose end Excel has lost: it keeps 15 digits of a number that is not text.
LOST = "\x00lost"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, other headings that mean the same, whether the file must have it."""

    name: str
    heading: str
    others: tuple[str, ...] = ()
    required: bool = False


def places(columns: Sequence[Column], head: Sequence[str], *, code: str = "") -> tuple[dict[str, int], list[Verdict]]:
    """Where each column stands in the file, and which required ones are missing (`code`: the help article about it)."""
    folded = [compact(h).lower() for h in head]
    found: dict[str, int] = {}
    for column in columns:
        for wanted in (column.heading, *column.others):
            key = compact(wanted).lower()
            if column.name not in found and key in folded and folded.index(key) not in found.values():
                found[column.name] = folded.index(key)
    missing = [
        no(say("缺少“{heading}”这一列", heading=c.heading), field="file", code=code)
        for c in columns
        if c.required and c.name not in found
    ]
    return found, missing
