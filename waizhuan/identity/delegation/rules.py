"""Who may give which roles to whom (C1–C5). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say


def may_authorise(actor: Actor) -> Verdict:
    """The legal entity's own account, or whoever holds a role that gives others."""
    if actor.organisation_id is not None and (actor.kind == "legal" or any(roles.role(r).gives for r in actor.roles)):
        return YES
    return no(say("只有单位账号和管理员可以授权"))


def may_give_now(actor: Actor) -> Verdict:
    """C5: an unverified unit cannot authorise; the page says so, with the button to finish it."""
    if actor.organisation_kind == "unit" and not actor.organisation_verified:
        return no(say("单位通过实名认证以后才能授权"), code="C5", remedy=Remedy("realname.status", say("去实名认证")))
    return YES


def givable(actor: Actor) -> tuple[roles.Role, ...]:
    """The roles that this actor can tick: the legal entity's account and a head all that the organisation holds; a unit
    administrator those that they hold themselves and what project leads need (C2: never beyond)."""
    held = roles.held_by(actor.organisation_kind)
    if actor.kind == "legal":
        return held
    if not any(roles.role(r).gives for r in actor.roles):
        return ()
    if actor.organisation_kind == "unit":
        return tuple(r for r in held if r.code in actor.roles or not r.gives)
    return held


def can_give(actor: Actor, account_id: int, chosen: Collection[str], *, verified: bool) -> Verdict:
    """All the rules about one grant."""
    if not chosen:
        return no(say("请至少勾选一个角色"), field="roles", code="C1")
    allowed = {r.code for r in givable(actor)}
    if not set(chosen) <= allowed:
        return no(say("只能授予您自己这里有的角色"), field="roles", code="C2")
    if account_id == actor.account_id:
        return no(say("不能给自己授权"), field="name", code="C2")
    if not verified:
        return no(say("对方还没有通过实名认证，通过后才能授权"), code="C4")
    return YES


def still_there(closed: bool) -> Verdict:
    """Nobody holds a post with an account that was closed or merged, maybe a moment ago."""
    if closed:
        return no(say("对方的账号已经注销，或者并入了另一个账号，请重新查找对方"), code="C1")
    return YES


def kept_apart(held: Collection[str], chosen: Collection[str]) -> Verdict:
    """等保: the system, security and audit administrators are three people, and none of them works on cases."""
    for one in chosen:
        for other in sorted({*held, *chosen}):
            if roles.apart(one, other):
                return no(
                    say("“{one}”和“{other}”要由不同的人担任", one=roles.role(one).label, other=roles.role(other).label),
                    field="roles",
                    code="G8",
                )
    return YES


def can_withdraw(actor: Actor, role: str, *, others_who_give: int, unit: bool) -> Verdict:
    """The last administrator cannot vanish, where there is no legal entity's account behind."""
    if role not in {r.code for r in givable(actor)}:
        return no(say("这个角色不是您能收回的"), code="C2")
    if roles.role(role).gives and not unit and others_who_give == 0:
        return no(say("这是最后一位管理员。请先授权另一位，再收回"), code="C3")
    return YES


def within_own_period(codes: Collection[str], until: dt.datetime | None, own_end: dt.datetime | None) -> Verdict:
    """C2: whoever gives on the right to give gives it for no longer than they hold it themselves."""
    if own_end is None or not any(roles.role(c).gives for c in codes):
        return YES
    if until is None or until > own_end:
        day = own_end.astimezone(clock.CHINA)
        return no(
            say("您自己的管理员授权到 {day} 为止，给别人的不能更久", day=f"{day:%Y-%m-%d}"), field="until", code="C2"
        )
    return YES


def leaves_somebody(codes: Collection[str], until: dt.datetime | None, *, others: int, unit: bool) -> Verdict:
    """The last administrator cannot vanish by a date either, where there is no legal entity's account behind."""
    if until is not None and not unit and others == 0 and any(roles.role(c).gives for c in codes):
        return no(say("这是最后一位管理员，不能设截止日期。请先授权另一位"), field="until", code="C3")
    return YES


#: Why a mandate ended, where the product itself wrote it.
WHY = {"renewed": say("改了期限"), "closed": say("账号注销")}


def period(until: dt.date | None, today: dt.date) -> Verdict:
    """A period ends in the future, within five years."""
    if until is None:
        return YES
    if until <= today:
        return no(say("截止日期要在今天以后"), field="until", code="C1")
    if until > today + dt.timedelta(days=5 * 366):
        return no(say("至多授权 5 年，到期可以续"), field="until", code="C1")
    return YES
