"""A hand-over's way: asked for with the letter → confirmed by the ministry → takes effect on its day (F12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import say
from waizhuan.projects.handover import effects, rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.handover.models import HandOver


def _model() -> type[HandOver]:
    from waizhuan.projects.handover.models import HandOver

    return HandOver


def by_asker(actor: Actor, row: HandOver) -> Verdict:
    """Whoever began it, and whoever acts for the same department or unit; but the one who is replaced cannot stop it."""
    here = actor.organisation_id == row.organisation_id and rules.may_start(actor).ok
    here = here and actor.account_id != row.leaver_id
    return YES if here or actor.account_id == row.asker_account_id else rules.NOT_YOURS


def by_department(actor: Actor, row: HandOver) -> Verdict:
    return by_asker(actor, row) if row.organisation.kind == "department" else rules.NOT_YOURS


def by_unit(actor: Actor, row: HandOver) -> Verdict:
    if not actor.holds(row.organisation_id, "unit.admin"):
        return rules.NOT_YOURS
    return rules.may_decide_for_unit(actor, leaver=row.leaver_id, successor=row.successor_id)


def by_ministry(actor: Actor, row: HandOver) -> Verdict:
    """Never about oneself: nobody gives themselves a department's post."""
    if not actor.holds(row.ministry_id, "ministry.head"):
        return rules.NOT_YOURS
    concerned = actor.account_id in (row.leaver_id, row.successor_id)
    return rules.NOT_YOURS if concerned else YES


def by_system(actor: Actor, row: HandOver) -> Verdict:
    return YES if actor.kind == "system" else rules.NOT_YOURS


def _asker(row: HandOver) -> Post:
    return Post(account_id=row.asker_account_id)


def _ministry(row: HandOver) -> Post:
    return Post(row.ministry_id, "ministry.head")


def _screen(row: HandOver, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    return ("handover.review" if for_holder and row.state == "ministry" else "handover.case"), (row.pk,)


def _line(row: HandOver) -> str:
    names = [a.person.name for a in (row.leaver, row.successor) if a is not None]
    return " → ".join(names)


WHAT = Need("note", say("请对方补充什么"), say("请写明要补充什么，一次写全"))
WHY = Need("note", say("理由"), say("请写明理由，对方会看到"))

HAND_OVER = register(
    Process(
        name="handover.handover",
        label=say("管理员换人"),
        model=_model,
        prefix="JJ",
        initial="draft",
        screen=_screen,
        title=lambda row: row.organisation.name,
        line=_line,
        states=(
            State("draft", say("填写中"), "turn", _asker, task=say("交齐换人材料")),
            State("ministry", say("等待确认"), "wait", _ministry, due=rules.DAYS, task=say("确认管理员换人"), upper=_ministry),
            State("asked", say("请您补充"), "turn", _asker, task=say("补充换人材料"), asker_turn=True),
            State("confirmed", say("已确认，到日子生效"), "wait"),
            State("done", say("已交接"), "ok", final=True),
            State("failed", say("没有生效"), "bad", final=True),
            State("declined", say("未通过"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("submit", ("draft",), "ministry", say("提交"), say("提交了换人申请"), by_department, seen=False,
                       effect=effects.complete),
            Transition("settle", ("draft",), "confirmed", say("确认交接"), say("单位确认了换人"), by_unit, seen=False,
                       effect=effects.complete),
            Transition("confirm", ("ministry",), "confirmed", say("确认"), say("外国专家服务司确认了换人"), by_ministry,
                       others=rules.FOUR_EYES, effect=effects.confirmed, notify="handover.confirmed", tone="primary",
                       met=say("同意换人"),
                       outcome=say("到生效日期，岗位和在办的事自动转给接任人，原管理员立刻不能再审批。")),
            Transition("ask", ("ministry",), "asked", say("请对方补充"), say("请对方补充材料"), by_ministry,
                       others=rules.FOUR_EYES, when=effects.may_ask, needs=(WHAT,), effect=effects.asked,
                       notify="handover.asked", sms=True, met=say("要您补充"),
                       outcome=say("一次列全缺的内容，发短信和站内消息给您。等您补充的时间不计入期限。")),
            Transition("answer", ("asked",), "ministry", say("交回"), say("补充了材料"), by_department, seen=False,
                       effect=effects.complete, outcome=say("交回外国专家服务司，期限接着算。")),
            Transition("decline", ("ministry",), "declined", say("不通过"), say("没有通过"), by_ministry, needs=(WHY,),
                       others=rules.FOUR_EYES, notify="handover.declined", sms=True, tone="bad", met=say("没有通过"),
                       outcome=say("写明理由，岗位不变。可以重新申请。")),
            Transition("withdraw", ("draft", "ministry", "asked", "confirmed"), "withdrawn", say("撤回"), say("撤回了换人"),
                       by_asker, outcome=say("生效以前可以撤回，岗位不变。")),
            Transition("execute", ("confirmed",), "done", say("生效"), say("岗位和在办的事已转给接任人"), by_system,
                       when=effects.can_execute, effect=effects.executed, notify="handover.done", sms=True, seen=False,
                       outcome=say("到生效日期，岗位和在办的事自动转给接任人，原管理员立刻不能再审批。")),
            Transition("fail", ("confirmed",), "failed", say("没有生效"), say("到了生效日期，接任人不符合条件，岗位没有变"),
                       by_system, notify="handover.failed", sms=True, seen=False,
                       outcome=say("接任人到时候不符合条件的，岗位不变，并告知申请人。")),
        ),
    )
)  # fmt: skip
