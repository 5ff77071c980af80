"""Who may be given a project, and which projects can be given (F4)."""

from __future__ import annotations

from collections.abc import Collection

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say

#: How many projects one press assigns.
AT_ONCE = 100
#: States in which an application or project still has a lead to be named.
LIVE = ("draft", "unit_confirm", "recommend", "ministry_check", "more", "decision", "approved")


def can_lead(account_id: int | None, leads: Collection[int]) -> Verdict:
    """Only whom the unit has authorised as project lead can be given a project."""
    if account_id in leads:
        return YES
    return no(
        say("请选择一位本单位授权的项目负责人"),
        field="lead",
        code="F4",
        remedy=Remedy("delegation.new", say("给人授权")),
    )


def can_ask(actor: Actor, *, asked_today: bool) -> Verdict:
    """A lead asks the unit for a project, once a day."""
    if actor.organisation_kind != "unit" or not actor.has("projects.lead"):
        return no(say("只有单位授权的项目负责人可以请单位分配项目"), code="F4")
    if asked_today:
        return no(say("今天已经请过单位，明天可以再请"), code="F4")
    return YES


def can_assign(chosen: int) -> Verdict:
    """At least one, and no more than one page of work."""
    if chosen == 0:
        return no(say("请至少选择一个项目"), code="F4", field="project")
    if chosen > AT_ONCE:
        return no(say("一次至多分配 {n} 个项目", n=AT_ONCE), code="F4", field="project")
    return YES
