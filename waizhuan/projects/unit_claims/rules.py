"""What it takes to claim an old unit (F9). Pure."""

from __future__ import annotations

from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say

DAYS = 5  # working days that the ministry has to find out
DAYS_TO_APPROVE = 3  # and to approve it
FILES_AT_MOST = 10
OPEN_AT_MOST = 10
EDITABLE = ("draft", "asked")
WAITING = ("ministry", "decision", "asked")
FOUND = ("decision", "accepted")  # which old unit it is stands there
NOT_YOURS = no(say("这一步不由您办理"))
FOUR_EYES = no(say("核实的人不能自己批准，请另一位司管理员批准"), code="F9")
TWICE = no(say("本单位已经认领过这个旧单位，正在办理"), field="old_name", code="F9")


def may_begin(*, verified: bool) -> Verdict:
    """Rights follow from a claim, so the unit is one whose name and number are known."""
    if verified:
        return YES
    reason = say("单位还没有实名认证，实名以后才能认领旧单位")
    return no(reason, code="D1", remedy=Remedy("realname.status", say("去实名认证")))


def missing(*, old_name: str, why: str, files: int, waiting: int) -> list[Verdict]:
    """Everything that keeps it from being handed in, at once. `waiting`: claims of the unit that are not decided yet."""
    found = []
    if not old_name.strip():
        found.append(no(say("请填写旧系统里的单位名称"), field="old_name", code="F9"))
    if not why.strip():
        found.append(no(say("请写明为什么是本单位"), field="why", code="F9"))
    if not files:
        found.append(no(say("请上传依据，例如更名、合并的批文或登记机关的变更通知"), field="file", code="F9"))
    if waiting >= OPEN_AT_MOST:
        found.append(no(say("已有 {n} 个认领在办，请等办完再申请", n=waiting), code="F9"))
    return found


def may_ask(*, asked_before: bool) -> Verdict:
    return no(say("已经请单位补充过一次，现在请决定")) if asked_before else YES


def somebody_approves(others: bool) -> Verdict:
    """`others`: the ministry has an administrator who is not whoever found it out."""
    if others:
        return YES
    return no(
        say("要由另一位司管理员批准，现在没有这样一位，报上去没有人能办"),
        code="F9",
        remedy=Remedy("delegation.new", say("授权另一位司管理员")),
    )


def may_accept(*, verified: bool, somebody_elses: bool, old: int) -> Verdict:
    """An old unit is one unit's: what it was matched to wrongly is taken back first. Its projects are a verified unit's alone."""
    if not verified:
        return no(say("这个单位现在没有实名。等它实名以后再通过，或者写明理由不通过"), code="D1")
    if not somebody_elses:
        return YES
    return no(
        say("这个旧单位现在对到了别的单位。确实对错了的，先撤回，再通过这个认领"),
        field="old",
        code="F9",
        remedy=Remedy("legacy.part", say("看怎样对上的"), (old,)),
    )
