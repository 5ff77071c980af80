"""A change's way: competent department → the receiving one, where it changes → ministry, where it takes that → applied (F2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import say
from waizhuan.projects.unit_changes import effects, rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.unit_changes.models import UnitChange

By = Callable[[Actor, Any], Verdict]
DEPARTMENT_ROLES = ("department.clerk", "department.head")
MINISTRY_ROLES = ("ministry.clerk", "ministry.head")


def _model() -> type[UnitChange]:
    from waizhuan.projects.unit_changes.models import UnitChange

    return UnitChange


# ---------------------------------------------------------------- who


def by_unit(actor: Actor, change: UnitChange) -> Verdict:
    return YES if actor.holds(change.unit_id, "unit.admin") else rules.NOT_YOURS


def by_department(actor: Actor, change: UnitChange) -> Verdict:
    return YES if any(actor.holds(change.department_id, r) for r in DEPARTMENT_ROLES) else rules.NOT_YOURS


def by_receiving(actor: Actor, change: UnitChange) -> Verdict:
    return YES if any(actor.holds(change.to_department_id, r) for r in DEPARTMENT_ROLES) else rules.NOT_YOURS


def by_ministry(actor: Actor, change: UnitChange) -> Verdict:
    return YES if any(actor.holds(change.ministry_id, r) for r in MINISTRY_ROLES) else rules.NOT_YOURS


def by_whom_it_waits_for(actor: Actor, change: UnitChange) -> Verdict:
    holder = {"department": by_department, "receiving": by_receiving, "ministry": by_ministry}
    return holder[change.state](actor, change) if change.state in holder else rules.NOT_YOURS


def leading_to(target: str) -> By:
    """Whoever has it, where their agreement leads to `target`."""

    def by(actor: Actor, change: UnitChange) -> Verdict:
        follows = rules.after(change.state, effects.names(change)) == target
        return by_whom_it_waits_for(actor, change) if follows else rules.NOT_YOURS

    return by


def may_decline(actor: Actor, change: UnitChange) -> Verdict:
    """Where the department itself changes, neither of the two can refuse alone: an objection goes to the ministry."""
    moving = change.to_department_id is not None and change.state != "ministry"
    return rules.NOT_YOURS if moving else by_whom_it_waits_for(actor, change)


def may_object(actor: Actor, change: UnitChange) -> Verdict:
    return by_whom_it_waits_for(actor, change) if change.to_department_id is not None else rules.NOT_YOURS


def answering(stage: str) -> By:
    def by(actor: Actor, change: UnitChange) -> Verdict:
        return by_unit(actor, change) if change.asked_from == stage else rules.NOT_YOURS

    return by


# ---------------------------------------------------------------- whose work


def _unit(change: UnitChange) -> Post:
    return Post(change.unit_id, "unit.admin")


def _department(change: UnitChange) -> Post:
    return Post(change.department_id, "department.clerk")


def _receiving(change: UnitChange) -> Post:
    return Post(change.to_department_id, "department.clerk")


def _ministry(change: UnitChange) -> Post:
    return Post(change.ministry_id, "ministry.clerk")


def _upper(change: UnitChange) -> Post:
    above = change.department.parent_id
    return Post(above, "department.head") if above else Post(change.ministry_id, "ministry.clerk")


def _upper_of_receiving(change: UnitChange) -> Post:
    above = change.to_department.parent_id if change.to_department else None
    return Post(above, "department.head") if above else Post(change.ministry_id, "ministry.clerk")


def _screen(change: UnitChange, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    if for_holder and change.state in rules.WAITING and change.state != "asked":
        return "unit_changes.review", (change.pk,)
    if for_holder and change.state in rules.EDITABLE:
        return "unit_changes.form", (change.pk,)
    return "unit_changes.case", (change.pk,)


WHAT = Need("note", say("请单位补充什么"), say("请写明要补充什么，一次写全"))
WHY = Need("note", say("理由"), say("请写明理由，单位会看到"))
NEXT = say("自动更新单位信息，改前改后都留着。")

CHANGE = register(
    Process(
        name="unit_changes.change",
        label=say("单位信息更正"),
        model=_model,
        prefix="GZ",
        initial="draft",
        screen=_screen,
        decided=lambda change: ("unit_changes.review", (change.pk,)),
        title=lambda change: change.unit.name,
        line=effects.labels,
        states=(
            State("draft", say("填写中"), "turn", _unit, task=say("填完更正申请")),
            State("department", say("归口单位审核中"), "wait", _department, due=rules.DAYS, task=say("审核单位信息更正"),
                  upper=_upper),
            State("receiving", say("新归口单位确认中"), "wait", _receiving, due=rules.DAYS, task=say("确认接收这个单位"),
                  upper=_upper_of_receiving),
            State("ministry", say("外国专家服务司审批中"), "wait", _ministry, due=rules.DAYS, task=say("审批单位信息更正"),
                  upper=lambda change: Post(change.ministry_id, "ministry.head")),
            State("asked", say("请您补充"), "turn", _unit, task=say("补充更正申请"), asker_turn=True),
            State("applied", say("已更新"), "ok", final=True),
            State("declined", say("未通过"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("submit", ("draft",), "department", say("提交申请"), say("提交了更正申请"), by_unit, seen=False,
                       effect=effects.submitted, notify="unit_changes.submitted"),
            Transition("note_down", ("draft",), "applied", say("马上更新"), say("更新了只需告知的内容"), by_unit, seen=False,
                       when=effects.only_a_notice, effect=effects.noted),
            Transition("agree", ("department", "receiving"), "applied", say("通过"), say("审核通过，系统已更新"),
                       leading_to("applied"), when=effects.not_stale, effect=effects.applied, notify="unit_changes.applied",
                       sms=True, tone="primary", met=say("审核通过了"), outcome=NEXT),
            Transition("release", ("department",), "receiving", say("同意转出"), say("原归口单位同意转出"),
                       leading_to("receiving"), when=effects.not_stale, notify="unit_changes.moved_on", tone="primary",
                       met=say("归口单位同意"), outcome=say("转给新归口单位确认，5 个工作日内答复。")),
            Transition("pass_on", ("department", "receiving"), "ministry", say("同意，报外国专家服务司"),
                       say("审核同意，报外国专家服务司"), leading_to("ministry"), when=effects.not_stale,
                       notify="unit_changes.moved_on", tone="primary",
                       met=say("归口单位同意"), outcome=say("报外国专家服务司批准，5 个工作日内答复。")),
            Transition("object", ("department", "receiving"), "ministry", say("不同意，请司里决定"),
                       say("不同意变更归口，报外国专家服务司决定"), may_object, needs=(WHY,), notify="unit_changes.moved_on",
                       met=say("归口单位不同意"),
                       outcome=say("写明理由，由外国专家服务司决定归谁管，您不用再做什么。")),
            Transition("approve", ("ministry",), "applied", say("批准"), say("外国专家服务司批准，系统已更新"), by_ministry,
                       when=effects.not_stale, effect=effects.applied, notify="unit_changes.applied", sms=True,
                       tone="primary", met=say("批准了"), outcome=NEXT),
            Transition("ask", ("department", "receiving", "ministry"), "asked", say("请单位补充"), say("请单位补充"),
                       by_whom_it_waits_for, when=effects.may_ask, needs=(WHAT,), effect=effects.asked,
                       notify="unit_changes.asked", sms=True, met=say("要您补充"),
                       outcome=say("一次列全缺的内容，发短信和站内消息给您。等您补充的时间不计入期限。")),
            *(
                Transition(f"answer_{stage}", ("asked",), stage, say("交回审核"), say("补充了更正申请"), answering(stage),
                           seen=False, effect=effects.answered)
                for stage in ("department", "receiving", "ministry")
            ),
            Transition("decline", ("department", "receiving", "ministry"), "declined", say("不通过"), say("没有通过"),
                       may_decline, needs=(WHY,), effect=effects.closed, notify="unit_changes.declined", sms=True, tone="bad",
                       met=say("没有通过"), outcome=say("写明理由，单位信息不变。您可以重新申请。")),
            Transition("withdraw", ("draft", "department", "receiving", "ministry", "asked"), "withdrawn", say("撤回申请"),
                       say("撤回了更正申请"), by_unit, effect=effects.closed),
        ),
    )
)  # fmt: skip
