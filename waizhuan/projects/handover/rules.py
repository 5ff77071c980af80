"""Who may hand a post to whom (F12). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say

DAYS = 5  # working days that the ministry has
AHEAD = 366  # days that a hand-over may be agreed in advance
#: kind of organisation → the post that is handed over, and the posts that go along where the leaver holds them
POSTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "department": ("department.head", ("department.clerk",)),
    "unit": ("unit.admin", ()),
}
#: slot → what is uploaded; a unit decides by itself and needs none
PAPERS: dict[str, Words] = {
    "letter": say("盖章的公函（红头文件）"),
    "front": say("接任人证件正面"),
    "back": say("接任人证件反面，或护照资料页"),
}
OPEN = ("draft", "ministry", "asked", "confirmed")
COLLECTING = ("draft", "asked")
#: where nothing passed and nothing will
ENDED_WITHOUT = ("failed", "declined", "withdrawn")
#: C2: nobody passes their own post on; an administrator who is the only one authorises a second one, who then takes theirs back
ALONE = no(
    say(
        "您是唯一的单位管理员，自己的岗位要由单位账号或另一位管理员办理。请先把接任人授权为单位管理员，再由对方收回您的授权；"
        "也可以用单位账号登录来办"
    ),
    code="C2",
    remedy=Remedy("delegation.new", say("去授权接任人")),
)
NOT_YOURS = no(say("这一步不由您办理"))


def may_start(actor: Actor) -> Verdict:
    """People of a department, whoever administers a unit, and the ministry where a department has nobody left."""
    if actor.has("department.head", "department.clerk", "unit.admin", "ministry.head"):
        return YES
    return no(say("只有归口单位、单位管理员和司管理员可以办理换人"), code="F12")


def can_succeed(*, leaver: int | None, successor: int, holds: bool) -> Verdict:
    """Not to oneself, and not to somebody who holds the post already."""
    if leaver == successor:
        return no(say("接任人和原管理员是同一个人，请填写另一个人"), field="sought", code="F12")
    if holds:
        return no(
            say("对方已经担任这个岗位，不用交接。要让原管理员离任，取消其授权就可以"),
            field="sought",
            code="C3",
            remedy=Remedy("delegation.list", say("去取消授权")),
        )
    return YES


def can_take_effect(day: dt.date | None, today: dt.date) -> Verdict:
    """From today, at most a year ahead."""
    if day is None or day < today:
        return no(say("生效日期不能早于今天"), field="effective_on", code="F12")
    if (day - today).days > AHEAD:
        return no(say("生效日期最多提前一年"), field="effective_on", code="F12")
    return YES


def may_decide_for_unit(actor: Actor, *, leaver: int | None, successor: int, alone: bool = False) -> Verdict:
    """The unit's own account, or an administrator who is neither of the two. `alone`: nobody else administers the unit."""
    if actor.kind == "legal" or actor.account_id not in (leaver, successor):
        return YES
    return ALONE if alone else no(say("自己的岗位要由单位账号或另一位管理员办理"), code="C2")


def somebody_else_decides(actor: Actor, holders: Collection[int]) -> Verdict:
    """For an administrator of a unit, before anything is filled in: is there another one who can hand this post over?"""
    own = actor.kind != "legal" and actor.organisation_kind == "unit"
    return ALONE if own and set(holders) == {actor.account_id} else YES


def may_begin_again(actor: Actor, *, state: str, leaver: int | None) -> Verdict:
    """After a hand-over that came to nothing: whoever may begin one. The one who leaves does not replace themselves."""
    if state not in ENDED_WITHOUT:
        return no(say("这次换人还在办，或者已经办成了"), code="F12")
    if actor.organisation_kind == "unit" and actor.kind != "legal" and actor.account_id == leaver:
        return no(say("自己的岗位要由单位账号或另一位管理员办理"), code="C2")
    return may_start(actor)


#: Four eyes: whoever began a hand-over for a department does not confirm it.
FOUR_EYES = no(say("发起人不能自己确认，请另一位司管理员确认"), code="F12")


def somebody_confirms(others: bool) -> Verdict:
    """`others`: the ministry has administrators who neither begin it nor are the ones it is about."""
    if others:
        return YES
    return no(
        say("要由另一位司管理员确认：发起人不能自己确认，换人的双方也不能。现在没有这样一位，提交以后没有人能办"),
        code="F12",
        remedy=Remedy("delegation.new", say("授权另一位司管理员")),
    )


def missing(there: set[str], *, kind: str) -> list[Verdict]:
    """Papers that are missing, all at once."""
    if kind == "unit":
        return []
    return [no(say("请上传：{paper}", paper=PAPERS[p]), field=p, code="E12") for p in PAPERS if p not in there]


def mends(actor: Actor, organisation: int | None, *, kind: str, headless: bool) -> str:
    """Who mends it. Work of a project lead (no `organisation`): "lead" for whom the button to name another is, else the "unit"
    has to. A vacant post: "appoint" or "authorise" for whom the button is; else the "ministry" has to, where a department has
    no administrator who could authorise anybody (`headless`), or the "administrator"."""
    if organisation is None:
        return "lead" if actor.has("unit.admin") else "unit"
    own = organisation == actor.organisation_id
    if kind == "department" and headless:
        return "appoint" if own or actor.has("ministry.head") else "ministry"
    gives = actor.has("department.head", "unit.admin", "ministry.head")
    return "authorise" if own and gives else "administrator"
