"""What the processes that operators decide on have in common: who looks first, who looks again, and who hears of delay."""

from __future__ import annotations

from typing import Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Post, State

REVIEWER, SENIOR, SYSTEM = "operator.reviewer", "operator.senior", "operator.system"
#: Hours before the end of the promise at which the post above hears that nobody has answered (D2).
HURRY = 3


def by_system(actor: Actor, case: Any) -> Verdict:
    """The product itself."""
    return YES if actor.kind == "system" else no(say("这一步由系统自动办理"))


def by_reviewer(actor: Actor, case: Any) -> Verdict:
    """A reviewer of the operator, or a senior one."""
    if actor.holds(case.operator_id, REVIEWER) or actor.holds(case.operator_id, SENIOR):
        return YES
    return no(say("由平台的身份核验员办理"))


def reviewer(case: Any) -> Post:
    return Post(case.operator_id, REVIEWER)


def senior(case: Any) -> Post:
    return Post(case.operator_id, SENIOR)


def staffing(case: Any) -> Post:
    return Post(case.operator_id, SYSTEM)


def first_look(task: Words) -> State:
    """With a reviewer; a senior one hears before the promise is missed."""
    return State("review", say("审核中"), "wait", holder=reviewer, due=1, task=task, upper=senior, hours_before=HURRY)


def senior_look(name: str, label: Words, task: Words) -> State:
    """With a senior reviewer. Nobody stands above them in a case; the system administrator, who sees no case, can appoint
    another one."""
    return State(
        name,
        label,
        "wait",
        holder=senior,
        due=1,
        task=task,
        upper=staffing,
        upper_page="delegation.list",
        hours_before=HURRY,
    )
