"""From the draft to the decision: the lead hands it in → the unit confirms → the department ranks and recommends → the
ministry checks → the ministry decides (domain facts §3, "steps attested")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.projects.applications import effects, rules, world
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register
from waizhuan.shared.refdata.labels import Label

if TYPE_CHECKING:
    from waizhuan.projects.applications.models import Application

NOT_YOURS = no(say("这一步不由您办理"))


# ---------------------------------------------------------------- who


def is_lead(actor: Actor, application: Application) -> bool:
    """The project lead, as long as the unit's authorisation lasts."""
    return actor.account_id == application.lead_id and actor.holds(application.unit_id, "projects.lead")


def is_unit(actor: Actor, application: Application) -> bool:
    return actor.holds(application.unit_id, "unit.admin")


def by_filler(actor: Actor, application: Application) -> Verdict:
    """Whoever may write in the form: the lead, and the unit's administrators."""
    return YES if is_lead(actor, application) or is_unit(actor, application) else NOT_YOURS


def by_asker(actor: Actor, application: Application) -> Verdict:
    """Whoever hands it in: the lead; as long as there is none, the unit's administrators."""
    return YES if (is_lead if application.lead_id else is_unit)(actor, application) else NOT_YOURS


def by_unit(actor: Actor, application: Application) -> Verdict:
    return YES if is_unit(actor, application) else NOT_YOURS


def by_department(actor: Actor, application: Application) -> Verdict:
    held = any(actor.holds(application.department_id, r) for r in ("department.head", "department.clerk"))
    return YES if held else NOT_YOURS


def by_ministry_clerk(actor: Actor, application: Application) -> Verdict:
    return YES if actor.holds(application.call.organisation_id, "ministry.clerk") else NOT_YOURS


def by_ministry_head(actor: Actor, application: Application) -> Verdict:
    return YES if actor.holds(application.call.organisation_id, "ministry.head") else NOT_YOURS


# ---------------------------------------------------------------- whose work


def asker_post(application: Application) -> Post:
    return Post(account_id=application.lead_id) if application.lead_id else unit_post(application)


def unit_post(application: Application) -> Post:
    return Post(application.unit_id, "unit.admin")


def department_post(application: Application) -> Post:
    return Post(application.department_id, "department.clerk")


def upper_post(application: Application) -> Post | None:
    """An overdue recommendation goes to the department above, or to the ministry."""
    above = application.department.parent_id if application.department else None
    return Post(above, "department.head") if above else ministry_post(application)


def ministry_post(application: Application) -> Post:
    return Post(application.call.organisation_id, "ministry.clerk")


def head_post(application: Application) -> Post:
    return Post(application.call.organisation_id, "ministry.head")


# ---------------------------------------------------------------- guards


def has_department(application: Application) -> Verdict:
    return world.recommending_department(application.unit_id, application.call)[1]


def may_recall(application: Application) -> Verdict:
    return rules.can_recall(world.limits_of(application.call), clock.now())


def may_ask_for_more(application: Application) -> Verdict:
    return no(say("已经请单位补充过一次，现在请决定")) if application.asked_for_more else YES


def may_approve(application: Application) -> Verdict:
    busy = world.busy_experts(application)
    if busy:
        return no(say("{names}正在参加另一个在执行的项目，不能再批准", names=marks.listed(busy)))
    return YES


# ---------------------------------------------------------------- the table


def _model() -> type[Application]:
    from waizhuan.projects.applications.models import Application

    return Application


def _screen(application: Application, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    if for_holder and application.state == "draft":
        return "applications.section", (application.pk, "basic")
    if for_holder and application.state in ("unit_confirm", "recommend", "ministry_check", "decision"):
        return "review.case", (application.pk,)
    return "applications.case", (application.pk,)


def _line(application: Any) -> Words:
    call = application.call
    category = Label(call.label_zh, call.label_en).words()
    return say("{unit}　{year} {category}", unit=application.unit.name, year=call.year, category=category)


WHAT_IS_WRONG = Need("note", say("要改什么"), say("请写明要改什么，一次写全"))
REASON = Need("note", say("理由"), say("请写明理由，申报人会看到"))

PROCESS = register(
    Process(
        name="applications.application",
        label=say("项目申报"),
        prefix="SB",
        model=_model,
        initial="draft",
        screen=_screen,
        title=lambda application: application.title,
        line=_line,
        joined=("call__standard", "unit"),
        states=(
            State("draft", say("填写中"), "turn", asker_post, task=say("填写申报书")),
            State("unit_confirm", say("单位确认中"), "wait", unit_post, due=5, task=say("确认申报书")),
            State("recommend", say("归口单位推荐中"), "wait", department_post, due=10, task=say("推荐项目"),
                  upper=upper_post),
            State("ministry_check", say("形式审查中"), "wait", ministry_post, due=10, task=say("形式审查"),
                  upper=head_post),
            State("more", say("请您补充"), "turn", asker_post, task=say("补充申报书"), asker_turn=True),
            State("decision", say("审批中"), "wait", head_post, due=10, task=say("审批项目")),
            State("approved", say("已批准"), "ok", final=True),
            State("declined", say("未批准"), "bad", final=True),
            State("withdrawn", say("已撤销"), "none", final=True),
        ),
        transitions=(
            Transition("assign", ("draft", "unit_confirm", "recommend", "ministry_check", "more", "decision", "approved"),
                       "", say("分配给项目负责人"), say("单位分配了项目负责人"), by_unit,
                       effect=effects.assign, notify="applications.assigned", seen=False),
            Transition("submit", ("draft",), "unit_confirm", say("提交"), say("提交了申报书"), by_asker,
                       effect=effects.submit, seen=False,
                       outcome=say("交单位确认。单位确认前，您可以撤回修改。")),
            Transition("recall", ("unit_confirm",), "draft", say("撤回修改"), say("撤回修改"), by_asker,
                       when=may_recall, effect=effects.back_to_draft),
            Transition("confirm", ("unit_confirm",), "recommend", say("确认并上报"), say("单位确认并上报"), by_unit,
                       when=has_department, effect=effects.confirm, notify="applications.confirmed",
                       outcome=say("报归口单位推荐（10 个工作日）。"), tone="primary"),
            Transition("return_to_lead", ("unit_confirm",), "draft", say("退回修改"), say("单位退回修改"), by_unit,
                       needs=(WHAT_IS_WRONG,), effect=effects.back_to_draft, notify="applications.returned",
                       outcome=say("写明要改什么。已填内容都保留，改好后可以再提交。")),
            Transition("recommend", ("recommend",), "ministry_check", say("推荐"), say("归口单位推荐"), by_department,
                       needs=(Need("rank", say("推荐名次"), say("请填写推荐名次")),
                              Need("note", say("推荐意见"), say("请填写推荐意见"))),
                       effect=effects.recommend, notify="applications.recommended", tone="primary",
                       outcome=say("转外国专家服务司形式审查（10 个工作日）。")),
            Transition("return_by_department", ("recommend",), "draft", say("退回修改"), say("归口单位退回修改"),
                       by_department, needs=(WHAT_IS_WRONG,), effect=effects.back_to_draft,
                       notify="applications.returned", sms=True,
                       outcome=say("写明要改什么。改好后重新提交，不受截止时间限制。")),
            Transition("not_recommend", ("recommend",), "declined", say("不推荐"), say("归口单位不推荐"), by_department,
                       needs=(REASON,), notify="applications.declined", sms=True, tone="bad",
                       outcome=say("写明理由，这次申报结束。")),
            Transition("pass_check", ("ministry_check",), "decision", say("审查通过"), say("形式审查通过"),
                       by_ministry_clerk, notify="applications.passed", tone="primary",
                       outcome=say("转司里审批（10 个工作日）。")),
            Transition("ask_for_more", ("ministry_check",), "more", say("请单位补充"), say("请单位补充"),
                       by_ministry_clerk, when=may_ask_for_more, needs=(WHAT_IS_WRONG,), effect=effects.ask_for_more,
                       notify="applications.more", sms=True,
                       outcome=say("一次列全缺的内容，只请您补充一次。等您补充的时间不计入期限。")),
            Transition("fail_check", ("ministry_check",), "declined", say("审查不通过"), say("形式审查不通过"),
                       by_ministry_clerk, needs=(REASON,), notify="applications.declined", sms=True, tone="bad",
                       outcome=say("写明理由，这次申报结束。")),
            Transition("supply", ("more",), "ministry_check", say("补充完了，交回审查"), say("补充了申报书"), by_asker,
                       effect=effects.supply, seen=False, outcome=say("交回形式审查，剩下的期限继续计算。")),
            Transition("approve", ("decision",), "approved", say("批准"), say("批准立项"), by_ministry_head,
                       when=may_approve, effect=effects.approve, notify="applications.approved", sms=True,
                       tone="primary", outcome=say("得到项目编号，可以下载批复。")),
            Transition("return_to_check", ("decision",), "ministry_check", say("退回形式审查"), say("退回形式审查"),
                       by_ministry_head, needs=(WHAT_IS_WRONG,), public=False),
            Transition("decline", ("decision",), "declined", say("不批准"), say("没有批准"), by_ministry_head,
                       needs=(REASON,), notify="applications.declined", sms=True, tone="bad",
                       outcome=say("写明理由，这次申报结束。")),
            Transition("withdraw", ("draft", "unit_confirm", "recommend", "ministry_check", "more", "decision"),
                       "withdrawn", say("撤销申报"), say("单位撤销了申报"), by_unit, needs=(REASON,),
                       effect=effects.withdraw, notify="applications.withdrawn", tone="bad"),
        ),
    )
)  # fmt: skip
