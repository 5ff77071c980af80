"""Who sees a case in review, and what a decision has to bring with it."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say

RANK_AT_MOST = 9999


@dataclass(frozen=True, slots=True)
class Holders:
    """The organisations that a case concerns, by id."""

    unit: int
    department: int | None
    ministry: int
    handed_in: bool  # it has left the unit


def may_see(actor: Actor, holders: Holders) -> Verdict:
    """The unit's administrators always; the department and the ministry once it has left the unit."""
    if actor.holds(holders.unit, "unit.admin"):
        return YES
    if holders.handed_in:
        if any(actor.holds(holders.department, r) for r in ("department.clerk", "department.head")):
            return YES
        if any(actor.holds(holders.ministry, r) for r in ("ministry.clerk", "ministry.head")):
            return YES
    return no(say("这件事不由您办理"))


def read_rank(text: str) -> int | None:
    """The rank as a person types it; None for what is no rank (the process then says that one is needed)."""
    text = text.strip()
    if not text.isdecimal() or len(text) > 4:
        return None
    rank = int(text)
    return rank if 1 <= rank <= RANK_AT_MOST else None
