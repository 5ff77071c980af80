"""When two accounts may become one, and when that may be undone (F11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, all_no, first_no, no
from waizhuan.kernel.words import say, say_n


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of two accounts at this moment. `busy`: numbers of cases about them that are being decided and cannot
    move; `staff`: one of them works for the platform's operator; `apart`: their posts may not be one person's;
    `disowned`: since it was asked, the holder of one said "this was not me", or it passed into other hands."""

    same: bool = False
    natural: bool = True
    closed: bool = False
    locked: bool = False
    staff: bool = False
    apart: bool = False
    verified: bool = True  # the survivor
    elsewhere: bool = False
    disowned: bool = False
    busy: Sequence[str] = field(default=())


def may_merge(facts: Facts) -> list[Verdict]:
    """Everything that stands in the way, at once."""
    if facts.same:
        return [no(say("这就是您现在登录的账号，请填另一个"), field="login_name", code="F11")]
    if not facts.natural:
        return [no(say("只能合并自然人的账号；单位账号请用单位找回或单位信息变更"), field="login_name", code="F11")]
    checks = [
        no(say("其中一个账号已经注销"), code="F11") if facts.closed else YES,
        no(say("其中一个账号已锁定，请先找回账号并解锁"), code="F11") if facts.locked else YES,
        no(say("平台工作人员的账号不能合并，请先由安全管理员收回其岗位"), code="F11") if facts.staff else YES,
        no(say("两个账号的岗位按规定不能由同一个人担任，请先取消其中一个的授权"), code="F11") if facts.apart else YES,
        YES if facts.verified else no(say("请先给保留的账号办好实名认证"), code="F11"),
        no(say("其中一个账号正在另一个合并里，请等那一件办完"), code="F11") if facts.elsewhere else YES,
    ]
    if facts.disowned:
        checks.append(
            no(say("申请以后，其中一个账号锁定过，或者换了人，证明不再算数，请不通过，由本人重新申请"), code="F11")
        )
    if facts.busy:
        numbers = marks.listed(facts.busy[:5])
        checks.append(
            no(
                say_n("账号还有 {n} 件事正在办，办完或撤回以后才能合并：{numbers}", len(facts.busy), numbers=numbers),
                code="F11",
            )
        )
    return all_no(checks)


def may_decide(actor: int | None, sides: Sequence[int], *, decided: bool = False) -> Verdict:
    """Two people of the operator, neither of whom the merge is about."""
    if actor in sides:
        return no(say("申请人不能审核自己的申请"), code="F11")
    if decided:
        return no(say("要由另一个人复核"), code="F11")
    return YES


def may_undo(*, changed: int, survivor_closed: bool, document_taken: bool, phone_taken: bool) -> Verdict:
    """As long as nothing depends on it."""
    return first_no(
        (
            no(say("保留的账号已经注销或又合并了，不能撤销合并"), code="F11") if survivor_closed else YES,
            no(say_n("合并以后有 {n} 条内容又变动过，不能整件撤销，请逐项调整", changed), code="F11")
            if changed
            else YES,
            no(say("原账号的证件号码已经用在别的账号上，不能撤销合并"), code="F11") if document_taken else YES,
            no(say("原账号的手机号已经用在别的账号上，不能撤销合并"), code="F11") if phone_taken else YES,
        )
    )
