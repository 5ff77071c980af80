"""Why somebody sees no projects, checked item by item (F4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import ActingFor, Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words, say
from waizhuan.projects.assignment import queries as assignment
from waizhuan.projects.assignment import rules
from waizhuan.projects.entry import api as entry


@dataclass(frozen=True, slots=True)
class Empty:
    """What is missing, each with its button; what is in order; whom else the reader could act for; may the lead ask."""

    missing: Sequence[Verdict]
    fine: Sequence[Words]
    elsewhere: Sequence[ActingFor]
    only_a_lead: bool
    may_ask: Verdict
    asked: bool


def why_empty(actor: Actor) -> Empty:
    """Two queries."""
    from waizhuan.kernel import clock

    missing = entry.missing_to_enter(actor)
    codes = {v.code for v in missing}
    fine = []
    if actor.verified:
        fine.append(say("您已经通过实名认证"))
    if actor.roles and actor.organisation_kind == "unit":
        fine.append(say("{unit}已经授权您", unit=actor.organisation_name))
        if actor.organisation_verified:
            fine.append(say("单位已经通过实名认证"))
        if not codes & {"A5", "F1", "F2"}:
            fine.append(say("单位信息已经审核通过"))
    wish = assignment.my_wish(actor)
    today = bool(wish and wish.asked_at.astimezone(clock.CHINA).date() == clock.today())
    return Empty(
        missing,
        fine,
        [o for o in actor.organisations if o.id != actor.organisation_id],
        actor.has("projects.lead") and not actor.has("unit.admin"),
        rules.can_ask(actor, asked_today=today),
        wish is not None,
    )
