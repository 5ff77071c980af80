"""Who may look things up, and what an export asks for. Pure."""

from __future__ import annotations

import datetime as dt

from waizhuan.kernel import roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say

READERS = (
    "unit.admin", "department.clerk", "department.head", "ministry.clerk", "ministry.head",
)  # fmt: skip
KINDS: dict[str, Words] = {
    "projects": say("项目"),
    "units": say("申报单位"),
    "people": say("人员"),
    "experts": say("外国专家"),
    "old": say("旧系统的项目"),
}
#: kinds whose rows hold personal data that is masked unless a purpose is given
PERSONAL = ("units", "people", "experts")
KEPT = dt.timedelta(hours=24)
FILTERS_AT_MOST = 30
SHORTEST_PURPOSE = 5  # characters
NUMBERS_AN_HOUR = 60  # looked for by one person: who looks for hundreds copies the register
MINISTRY = ("ministry.clerk", "ministry.head")


def may_look(actor: Actor) -> Verdict:
    """A unit's administrators see their own; a department its tree; the ministry everything."""
    return YES if actor.has(*READERS) else no(say("只有单位管理员、归口单位和司里可以查找"))


def posts_seen(actor: Actor) -> list[roles.Role]:
    """The roles whose holders the actor looks up: a unit those of units, a department also those of departments, the ministry
    also its own; nobody those of the platform."""
    kinds = {"unit"}
    if actor.has("department.clerk", "department.head"):
        kinds |= {"department"}
    if actor.has(*MINISTRY):
        kinds |= {"department", "ministry"}
    return [r for r in roles.all_roles() if r.held_by & kinds]


def term_of(*, begins: dt.datetime, ends: dt.datetime | None, withdrawn: dt.datetime | None, now: dt.datetime) -> str:
    """Where a person's time in a post stands: active · ended · waiting."""
    if withdrawn or (ends and ends <= now):
        return "ended"
    return "waiting" if begins > now else "active"


def may_search_by_number(*, number: str, purpose: str) -> list[Verdict]:
    """Everything that is missing, at once. A number is personal data: whoever looks for it says what for."""
    found = []
    if not number.strip():
        found.append(no(say("请填写完整的证件号码"), field="number"))
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        found.append(no(say("请写明用途（至少 5 个字）。这会记入审计日志"), field="purpose"))
    return found


def may_export(*, kind: str, personal: bool, purpose: str, at_work: bool) -> list[Verdict]:
    """Everything that is missing, at once. Unmasked personal data wants a purpose (PIPL, Art. 6)."""
    found = []
    if personal and kind not in PERSONAL:
        found.append(no(say("这里没有打码的个人信息"), field="personal"))
    if personal and len(purpose.strip()) < SHORTEST_PURPOSE:
        found.append(no(say("要导出未打码的个人信息，请写明用途（至少 5 个字）。这会记入审计日志"), field="purpose"))
    if at_work:
        found.append(no(say("您的上一份导出还没有做好，请等它完成"), field="kind"))
    return found


def may_save(name: str, count: int) -> Verdict:
    if not name:
        return no(say("请给这组条件起个名字"), field="name")
    if count >= FILTERS_AT_MOST:
        return no(say("至多保存 {n} 组条件，请先删掉不用的", n=FILTERS_AT_MOST), field="name")
    return YES
