"""Which projects may move from whom to whom, and when a move can be undone (F11). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say

NOT_YOURS = no(say("这一步不由您办理"))
DAYS = 5  # working days that the reviewing department has


@dataclass(frozen=True, slots=True)
class Project:
    """A project as the rule of one line reads it. `unit`: the platform unit that owns it, None: not known yet."""

    unit: int | None
    lead: int | None
    moved: bool = False


def may_move(project: Project, *, unit: int, source: int | None, target: int | None) -> Verdict:
    """One line: only within one unit, only what the source still holds, only to somebody else. `source`: the account that
    holds it (for an old account: whom it is linked to, None: nobody)."""
    if project.unit is None:
        return no(say("项目的单位还没有和平台上的单位对上"), code="F11")
    if project.unit != unit:
        return no(say("项目属于另一个单位，只能在同一个单位里移"), code="F11")
    if project.lead != source or (project.moved and source is None):
        return no(say("项目已经不在这个账号里"), code="F11")
    if project.lead == target and (target is not None or project.moved):
        return no(say("项目已经归新账号"), code="F11")
    return YES


def may_ask(*, verified: bool, source_given: bool, same: bool, known: bool, lines: int, busy: str) -> list[Verdict]:
    """Everything that is wrong with a request, at once. `known`: the target is the unit, or a verified lead of it; `busy`:
    number of the open merge that has this source."""
    found = []
    if not verified:
        found.append(no(say("单位还没有实名认证"), code="C5", remedy=Remedy("realname.status", say("去实名认证"))))
    if not source_given:
        found.append(no(say("请选择本单位的一个旧账号，或者一位原负责人"), field="source", code="F11"))
    if busy:
        found.append(no(say("这个账号正在另一个合并里：{number}", number=busy), field="source", code="F11"))
    if same:
        found.append(no(say("新账号和原账号是同一个人"), field="target", code="F11"))
    elif not known:
        found.append(
            no(
                say("请选择单位自己，或者一位本单位授权、实名过的项目负责人"),
                field="target",
                code="F11",
                remedy=Remedy("delegation.new", say("给人授权")),
            )
        )
    if source_given and not busy and not same and known and not lines:
        found.append(no(say("这个账号里没有可以移的项目"), field="source", code="F11"))
    return found


def may_confirm(*, verified: bool, target_is_actor: bool) -> Verdict:
    """Instead of the seal: the verified unit says so itself (Decree 716). Not for one's own benefit alone."""
    if not verified:
        return no(say("单位还没有实名认证，请打印盖章后上传"), code="C5")
    if target_is_actor:
        return no(say("项目是移给您自己的，请另一位管理员或单位账号确认，或者打印盖章后上传"), code="F11")
    return YES


def may_submit(*, letter: bool, confirmed: bool, lines: int) -> list[Verdict]:
    found = []
    if not lines:
        found.append(no(say("清单里没有项目"), code="F11"))
    if not letter and not confirmed:
        found.append(no(say("请上传盖章的申请，或者以单位名义在线确认"), field="letter", code="G5"))
    return found


def may_decide(*, own: bool) -> Verdict:
    return no(say("自己提出的合并不能由自己审核")) if own else YES


def may_execute(*, changed: int, target_fits: bool) -> Verdict:
    """The list is executed as it was reviewed, or not at all."""
    if not target_fits:
        return no(say("新账号的授权已经收回，请退回，由单位另选一个"), code="F11")
    if changed:
        return no(say("提交以后有 {n} 个项目变了归属，请退回，由单位重新列清单", n=changed), code="F11")
    return YES


def may_undo(*, changed: int, listed: int, target_fits: bool, closed: bool = False) -> Verdict:
    """As long as nothing depends on the move. `closed`: whose a project was has no such account any more."""
    if changed:
        return no(say("有 {n} 个项目后来又分配、办理或合并过，不能再撤回", n=changed), code="F11")
    if listed:
        return no(say("有 {n} 个项目正在另一个合并里，不能撤回", n=listed), code="F11")
    if closed:
        return no(say("原来的负责人的账号已经注销或并入另一个账号，不能整体移回，请给项目分配负责人"), code="F11")
    if not target_fits:
        return no(say("原来的负责人已经不在本单位，不能移回去"), code="F11")
    return YES
