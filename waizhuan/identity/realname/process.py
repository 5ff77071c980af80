"""The table of a real-name verification (D1, D2): automatic check → documents → an operator → the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waizhuan.identity import reviewing
from waizhuan.identity.realname import effects, rules
from waizhuan.identity.realname.registered import from_to
from waizhuan.identity.reviewing import SENIOR, by_reviewer, by_system
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.realname.models import Case


def _model() -> type[Case]:
    from waizhuan.identity.realname.models import Case

    return Case


# ---------------------------------------------------------------- who


def by_asker(actor: Actor, case: Any) -> Verdict:
    """The account whose verification it is."""
    mine = actor.account_id is not None and actor.account_id == case.asker_account_id
    return YES if mine else no(say("这不是您的认证"))


def by_reviewer_where_clear(actor: Actor, case: Any) -> Verdict:
    """Nobody else holds the number: one pair of eyes is enough."""
    return by_reviewer(actor, case) if case.conflict_with_id is None else no(say("号码有冲突，要两个人先后核对"))


def by_reviewer_where_contested(actor: Actor, case: Any) -> Verdict:
    """Somebody else holds the number: the first pair of eyes."""
    return by_reviewer(actor, case) if case.conflict_with_id is not None else no(say("号码没有冲突"))


def by_senior(actor: Actor, case: Any) -> Verdict:
    """A senior operator, other than who examined it first."""
    from waizhuan.identity.one_person import looked_first

    if not actor.holds(case.operator_id, SENIOR):
        return no(say("由平台的复核员办理"))
    return rules.may_review(actor.account_id, case.asker_account_id, decided=looked_first(case, actor.account_id))


def by_whom_it_waits_for(actor: Actor, case: Any) -> Verdict:
    """The reviewer in the first review, the senior in the second."""
    return by_senior(actor, case) if case.state == "second" else by_reviewer(actor, case)


# ---------------------------------------------------------------- posts


def _asker(case: Any) -> Post:
    return Post(account_id=case.asker_account_id)


def _screen(case: Any, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    if for_holder and case.state in rules.WITH_OPERATOR:
        return "realname.review", (case.pk,)
    if for_holder and case.state in rules.COLLECTING:
        return "realname.upload", (case.pk,)
    return "realname.case", (case.pk,)


def _title(case: Any) -> str:
    """A unit that changes its name is called as it is, until it is approved."""
    if case.kind == rules.Kind.UNIT:
        return str(case.was.get("unit_name", case.unit_name))
    return str(case.name)


def _line(case: Any) -> str | Words:
    if case.kind == rules.Kind.AGENT:
        return str(case.unit_name)
    told = [c for c in ("unit_name", "uscc", "name", *rules.PARTICULARS) if c in case.changed]
    return marks.listed((from_to(c, case.was[c], getattr(case, c)) for c in told), marks.SEMICOLON)


def _evidence_complete(case: Any) -> Verdict:
    from waizhuan.identity.realname.queries import evidence_complete

    return evidence_complete(case)


def _asked_before(case: Any) -> Verdict:
    return rules.may_ask(case.asked_at is not None)


NOTE = Need("note", say("理由"), say("请写明理由，对方要靠它知道下一步怎么办"))
MORE = Need("note", say("请对方补充什么"), say("请写明要补充什么，一次说全"))

CASE = Process(
    name="realname.case",
    label=say("实名认证"),
    model=_model,
    prefix="SM",
    initial="checking",
    title=_title,
    line=_line,
    screen=_screen,
    states=(
        State("checking", say("正在自动核对"), "wait"),
        State("upload", say("待上传证件"), "turn", holder=_asker, task=say("上传证件，完成实名认证"), asker_turn=True),
        reviewing.first_look(say("核对身份证明")),
        State("asked", say("待您补充"), "turn", holder=_asker, task=say("补充实名认证材料"), asker_turn=True),
        reviewing.senior_look("second", say("复核中"), say("复核号码冲突")),
        State("passed", say("已通过"), "ok", final=True),
        State("declined", say("失败"), "bad", final=True),
        State("withdrawn", say("已撤回"), "none", final=True),
    ),
    transitions=(
        Transition(
            "auto_pass",
            ("checking",),
            "passed",
            say("自动核对通过"),
            say("自动核对通过"),
            by_system,
            effect=effects.passed,
            seen=False,
        ),
        Transition(
            "auto_fail",
            ("checking",),
            "upload",
            say("转人工审核"),
            say("没有自动通过，需要上传证件"),
            by_system,
            effect=effects.needs_papers,
            seen=False,
        ),
        Transition(
            "recheck",
            ("upload",),
            "checking",
            say("重新核对"),
            say("更正了信息，重新自动核对"),
            by_asker,
            seen=False,
        ),
        Transition(
            "submit",
            ("upload",),
            "review",
            say("提交人工审核"),
            say("提交了证件"),
            by_asker,
            when=_evidence_complete,
            effect=effects.submitted,
            tone="primary",
            seen=False,
            outcome=say("交给平台的身份核验员，1 个工作日内答复。"),
        ),
        Transition(
            "approve",
            ("review",),
            "passed",
            say("通过"),
            say("人工审核通过"),
            by_reviewer_where_clear,
            effect=effects.passed,
            notify="realname.passed",
            sms=True,
            tone="primary",
            outcome=say("发短信和站内消息给您，不用再做什么。"),
        ),
        Transition(
            "recommend",
            ("review",),
            "second",
            say("建议通过，转复核"),
            say("第一位审核员核对完成，转复核"),
            by_reviewer_where_contested,
            effect=effects.recommended,
            tone="primary",
            outcome=say("转复核员，1 个工作日内答复。号码、名称有冲突的要两个人先后核对。"),
        ),
        Transition(
            "confirm",
            ("second",),
            "passed",
            say("复核通过"),
            say("复核通过"),
            by_senior,
            effect=effects.passed,
            notify="realname.passed",
            sms=True,
            tone="primary",
            outcome=say("发短信和站内消息给您，有冲突的号码、名称归到您的账号。"),
        ),
        Transition(
            "ask",
            ("review", "second"),
            "asked",
            say("请对方补充"),
            say("请您补充材料"),
            by_whom_it_waits_for,
            when=_asked_before,
            needs=(MORE,),
            effect=effects.asked,
            notify="realname.asked",
            sms=True,
            met=say("要您补充"),
            outcome=say("一次列全缺的东西，发短信和站内消息给您。等您补充的时间不计入期限。"),
        ),
        Transition(
            "answer",
            ("asked",),
            "review",
            say("提交补充"),
            say("补充了材料"),
            by_asker,
            effect=effects.answered,
            tone="primary",
            seen=False,
            outcome=say("回到审核员那里，期限接着算。"),
        ),
        Transition(
            "decline",
            ("review", "second"),
            "declined",
            say("不通过"),
            say("审核没有通过"),
            by_whom_it_waits_for,
            needs=(NOTE,),
            effect=effects.declined,
            notify="realname.declined",
            sms=True,
            tone="bad",
            outcome=say("写明理由。您可以更正信息或换清楚的照片，再办一次。"),
        ),
        Transition(
            "withdraw",
            ("upload", "review", "asked", "second"),
            "withdrawn",
            say("撤回"),
            say("撤回了认证"),
            by_asker,
            effect=effects.withdrawn,
        ),
        Transition(
            "void",
            ("checking", "upload", "review", "asked", "second"),
            "withdrawn",
            say("自动终止"),
            say("账号信息变了，这次认证自动终止"),
            by_system,
            effect=effects.withdrawn,
            seen=False,
        ),
    ),
)
