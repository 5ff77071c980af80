"""What the support desk may do with other people's accounts. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say

#: By what an account is looked up: exact values only, so that nobody can browse people.
BY: tuple[tuple[str, Words], ...] = (
    ("document", say("证件号码")),
    ("phone", say("手机号")),
    ("login", say("登录名或旧登录名")),
    ("unit", say("单位全称、统一社会信用代码或当地的登记号码")),
)

#: What a look at somebody's data is for; goes into the audit log.
PURPOSES: tuple[tuple[str, Words], ...] = (
    ("call", say("本人或单位来电，核对身份")),
    ("review", say("办理实名认证或申诉")),
    ("security", say("处理安全事件")),
    ("complaint", say("处理投诉或异议")),
)


@dataclass(frozen=True, slots=True)
class Verification:
    """Something that an account has verified: what it is called, and what has to wait once it is withdrawn. That is what the
    rules ask of an unverified person or unit anyway (`delegation.rules.may_give_now`, each service's own): no right is taken."""

    label: Words
    meanwhile: Words


VERIFICATIONS: dict[str, Verification] = {
    "person": Verification(
        say("个人身份"),
        say("重新通过以前，不能接受新的授权，也不能进入要求实名的服务。已有的授权和已经开始办的事都保留。"),
    ),
    "agent": Verification(
        say("主代办人"),
        say("重新通过以前，单位账号不能进入要求实名的服务。单位里的人不受影响，授权和已经开始办的事都保留。"),
    ),
    "unit": Verification(
        say("单位和法定代表人"),
        say(
            "重新通过以前，单位不能给人授权，单位的人不能进入要求单位实名的服务。已有的授权和已经开始办的事都保留，可以接着办。"
        ),
    ),
}

#: How long a stated purpose opens one account's page.
MINUTES = 30


def has_purpose(purpose: str) -> Verdict:
    """Nobody's data is looked at without saying what for."""
    known = purpose in dict(PURPOSES)
    return YES if known else no(say("请选择查看的用途，会记入审计日志"), field="purpose")


def may_lock(operator: int | None, account: int, *, locked: bool, closed: bool) -> Verdict:
    """A security officer locks other people's open accounts (等保: separated administrators)."""
    if operator == account:
        return no(say("不能锁定自己的账号，请由另一位安全管理员办理"))
    if closed:
        return no(say("账号已经注销"))
    return no(say("账号已经锁定")) if locked else YES


def may_unlock(operator: int | None, account: int, *, locked: bool) -> Verdict:
    if operator == account:
        return no(say("不能解锁自己的账号，请由另一位安全管理员办理"))
    return YES if locked else no(say("账号没有锁定"))


def may_propose_withdrawal(*, concerned: bool, passed: bool) -> Verdict:
    """A mistake of the operator, or of the register, is mended where it was made: what was verified is verified again; no account
    is merged. It takes two people, whoever had said yes: one proposes, another does it. `concerned`: it is the operator's own
    account, or that of a unit that they administer."""
    if concerned:
        return no(say("不能办理自己的账号，也不能办理自己管理的单位，请由另一位同事提出"), code="G8")
    return YES if passed else no(say("这一项没有通过实名认证，没有可以撤回的"), code="G8")


def may_confirm_withdrawal(*, concerned: bool, proposed: bool, approved: bool) -> Verdict:
    """Another person than who proposed it, and than who had approved the verification: whoever sees that they were wrong says
    so by proposing it, and somebody else decides."""
    if concerned:
        return no(say("不能办理自己的账号，也不能办理自己管理的单位，请由另一位复核员办理"), code="G8")
    if proposed:
        return no(say("这是您提出的，要由另一位复核员复核"), code="G8")
    return no(say("这次实名认证是您核对通过的，撤不撤回由另一位复核员决定"), code="G8") if approved else YES


def still_so(*, closed: bool, passed: bool, verified_since: bool) -> Verdict:
    """Asked again when it is done: it is about the verification that was there when it was proposed."""
    if closed:
        return no(say("账号已经注销"), code="G8")
    if verified_since:
        return no(say("提出以后又重新认证过，请按“不撤回”办结；新的认证也有错的，重新提出"), code="G8")
    return YES if passed else no(say("这一项没有通过实名认证，没有可以撤回的"), code="G8")


def has_reason(reason: str) -> Verdict:
    return YES if reason.strip() else no(say("请写明理由，会记入审计日志"), field="reason")
