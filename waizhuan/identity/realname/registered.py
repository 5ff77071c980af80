"""What is registered of a unit, as people read it. Pure."""

from __future__ import annotations

from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata.divisions import division_name
from waizhuan.shared.refdata.tables import UNIT_KINDS, name_of

LABELS = {"unit_kind": say("单位类型"), "division": say("所在地区"), "address": say("单位地址")}


def shown(column: str, value: str) -> Words:
    """The value of a case's column: codes by their names, the rest as it is written; a dash for nothing."""
    if column == "unit_kind":
        return name_of(UNIT_KINDS, value)
    if column == "division" and (name := division_name(value)):
        return name.words()
    return Words("{value}", {"value": value or "—"})


def from_to(column: str, before: str, after: str) -> Words:
    return Words("{before} → {after}", {"before": shown(column, before), "after": shown(column, after)})
