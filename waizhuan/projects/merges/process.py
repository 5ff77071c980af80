"""A merge's way: listed and sealed by the unit → reviewed by its department → moved, and back while nothing depends on it.

The department reviews, not the ministry: the projects stay within one unit, which the department knows; the ministry is
asked only for units that have no department.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import say
from waizhuan.projects.merges import former, moving, rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.merges.models import Merge

HEADS = {"department.clerk": "department.head", "ministry.clerk": "ministry.head"}


def _model() -> type[Merge]:
    from waizhuan.projects.merges.models import Merge

    return Merge


def by_unit(actor: Actor, merge: Merge) -> Verdict:
    return YES if actor.holds(merge.unit_id, "unit.admin") else rules.NOT_YOURS


def by_reviewer(actor: Actor, merge: Merge) -> Verdict:
    held = any(actor.holds(merge.department_id, r) for r in (merge.role, HEADS.get(merge.role, merge.role)))
    if not held:
        return rules.NOT_YOURS
    return rules.may_decide(own=actor.account_id in (merge.asker_account_id, merge.confirmed_by_id, merge.target_id))


def by_either(actor: Actor, merge: Merge) -> Verdict:
    return by_unit(actor, merge) if by_unit(actor, merge).ok else by_reviewer(actor, merge)


def unit_post(merge: Merge) -> Post:
    return Post(merge.unit_id, "unit.admin")


def reviewer_post(merge: Merge) -> Post:
    return Post(merge.department_id, merge.role)


def upper_post(merge: Merge) -> Post | None:
    above = merge.department.parent_id
    return Post(above, "department.head") if above else None


def complete(merge: Merge, actor: Actor, data: Mapping[str, Any]) -> None:
    """Raises Refused with everything that is missing."""
    missing = rules.may_submit(
        letter=merge.letter_id is not None, confirmed=merge.confirmed_at is not None, lines=merge.lines.count()
    )
    if missing:
        raise Refused(*missing)


def back(merge: Merge, actor: Actor, data: Mapping[str, Any]) -> None:
    """What was sealed or confirmed was this list, and stays told; the next one wants it anew."""
    former.keep(merge)


def _screen(merge: Merge, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    return "merges.case", (merge.pk,)


WHY = Need("note", say("理由"), say("请写明理由，单位会看到"))

MERGE = register(
    Process(
        name="merges.merge",
        label=say("账号合并"),
        prefix="HB",
        model=_model,
        initial="draft",
        screen=_screen,
        title=lambda merge: merge.unit.name,
        line=lambda merge: "",
        states=(
            State("draft", say("填写中"), "turn", unit_post, task=say("盖章或确认账号合并申请")),
            State("review", say("审核中"), "wait", reviewer_post, due=rules.DAYS, task=say("审核账号合并"), upper=upper_post),
            State("done", say("已合并"), "ok", final=True),
            State("undone", say("已移回"), "none", final=True),
            State("declined", say("未通过"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("submit", ("draft",), "review", say("提交审核"), say("提交了合并申请"), by_unit, effect=complete,
                       seen=False, tone="primary", outcome=say("交归口单位审核（5 个工作日）。")),
            Transition("approve", ("review",), "done", say("通过并合并"), say("审核通过，项目已经移好"), by_reviewer,
                       effect=moving.execute, notify="merges.done", sms=True, tone="primary",
                       outcome=say("清单里的项目一次移完，新账号马上能看到。有问题可以整体移回。")),
            Transition("give_back", ("review",), "draft", say("退回修改"), say("退回，请单位修改"), by_reviewer, needs=(WHY,),
                       effect=back, notify="merges.returned", sms=True,
                       outcome=say("写明要改什么。清单保留，可以换新账号或原账号，改好后重新盖章或确认。")),
            Transition("decline", ("review",), "declined", say("不通过"), say("没有通过"), by_reviewer, needs=(WHY,),
                       effect=moving.let_go, notify="merges.declined", sms=True, tone="bad",
                       outcome=say("写明理由，项目不动。")),
            Transition("withdraw", ("draft", "review"), "withdrawn", say("撤回申请"), say("撤回了申请"), by_unit,
                       effect=moving.let_go),
            Transition("undo", ("done",), "undone", say("整体移回"), say("把项目移回了原来的账号"), by_either,
                       when=moving.may_undo, needs=(WHY,), effect=moving.undo, notify="merges.undone"),
        ),
    )
)  # fmt: skip
