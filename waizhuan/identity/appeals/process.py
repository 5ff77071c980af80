"""The table of an appeal (E10): papers → one operator, or two → cooling-off → the one-time link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waizhuan.identity import reviewing
from waizhuan.identity.appeals import effects, rules
from waizhuan.identity.reviewing import SENIOR, by_reviewer, by_system
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.labels import in_words
from waizhuan.kernel.verdict import YES, Verdict, first_no, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Need, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.appeals.models import Appeal


def _model() -> type[Appeal]:
    from waizhuan.identity.appeals.models import Appeal

    return Appeal


def by_appellant(actor: Actor, appeal: Any) -> Verdict:
    """Whoever holds the case's secret: the screens make such an actor after checking it."""
    return YES if actor.kind == "appellant" else no(say("由申诉人办理"))


def by_objector(actor: Actor, appeal: Any) -> Verdict:
    """Whoever opened the link that was sent to the previous contacts."""
    return YES if actor.kind == "objector" else no(say("由原来的联系人办理"))


def by_reviewer_alone(actor: Actor, appeal: Any) -> Verdict:
    """One pair of eyes is enough."""
    if _two(appeal):
        return no(say("这件申诉要两个人先后核对"))
    return by_reviewer(actor, appeal)


def by_first_of_two(actor: Actor, appeal: Any) -> Verdict:
    """The first of two pairs of eyes."""
    return by_reviewer(actor, appeal) if _two(appeal) else no(say("这件申诉一个人核对就可以"))


def by_senior(actor: Actor, appeal: Any) -> Verdict:
    """A senior operator, other than who decided on it before."""
    from waizhuan.identity.appeals.queries import may_review

    if not actor.holds(appeal.operator_id, SENIOR):
        return no(say("由平台的复核员办理"))
    return may_review(actor, appeal)


def by_whom_it_waits_for(actor: Actor, appeal: Any) -> Verdict:
    """The reviewer in the first review, the senior afterwards."""
    return by_reviewer(actor, appeal) if appeal.state == "review" else by_senior(actor, appeal)


def _two(appeal: Any) -> bool:
    from waizhuan.identity.appeals.queries import is_contested, is_locked

    return rules.needs_two(appeal.kind, contested=is_contested(appeal), locked=is_locked(appeal))


def _screen(appeal: Any, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    return ("appeals.review", (appeal.pk,)) if for_holder else ("appeals.case", ())


def _title(appeal: Any) -> str:
    return str(appeal.unit_name if appeal.kind in rules.UNITS else appeal.name)


def _line(appeal: Any) -> Words:
    from waizhuan.identity.appeals.models import AppealKind

    return in_words(AppealKind(appeal.kind))


def _papers_complete(appeal: Any) -> Verdict:
    from waizhuan.identity.appeals.papers import missing

    return first_no(missing(appeal))


def _account_found(appeal: Any) -> Verdict:
    found = rules.account_found(appeal.account_id is not None)
    return found if not found.ok else rules.account_open(appeal.account.closed_at is not None)


def _asked_before(appeal: Any) -> Verdict:
    return rules.may_ask(appeal.asked_at is not None)


def _not_objected(appeal: Any) -> Verdict:
    return no(say("已经收到一份异议，复核员正在处理")) if appeal.objection else YES


NOTE = Need("note", say("理由"), say("请写明理由，对方要靠它知道下一步怎么办"))
MORE = Need("note", say("请对方补充什么"), say("请写明要补充什么，一次说全"))
WHY = Need("note", say("您为什么不同意"), say("请写明为什么不同意"))

APPEAL = Process(
    name="appeals.appeal",
    label=say("账号申诉"),
    model=_model,
    prefix="SS",
    initial="draft",
    title=_title,
    line=_line,
    screen=_screen,
    decided=lambda appeal: ("appeals.review", (appeal.pk,)),
    states=(
        State("draft", say("待提交"), "turn"),
        reviewing.first_look(say("核对申诉")),
        State("asked", say("待您补充"), "turn"),
        reviewing.senior_look("second", say("复核中"), say("复核申诉")),
        State("cooling", say("等待期"), "wait"),
        reviewing.senior_look("objected", say("有异议，复核中"), say("处理对申诉的异议")),
        State("approved", say("已通过"), "ok", final=True),
        State("declined", say("没有通过"), "bad", final=True),
        State("withdrawn", say("已撤回"), "none", final=True),
    ),
    transitions=(
        Transition(
            "submit",
            ("draft",),
            "review",
            say("提交申诉"),
            say("提交了申诉"),
            by_appellant,
            when=_papers_complete,
            effect=effects.submitted,
            tone="primary",
            seen=False,
            outcome=say("交给平台的身份核验员，1 个工作日内答复。"),
        ),
        Transition(
            "approve",
            ("review",),
            "cooling",
            say("通过"),
            say("审核通过"),
            by_reviewer_alone,
            when=_account_found,
            effect=effects.cooling,
            tone="primary",
            outcome=say("通知原来的联系方式。没有人提出异议，到时候短信发来设密码的链接。"),
        ),
        Transition(
            "recommend",
            ("review",),
            "second",
            say("建议通过，转复核"),
            say("第一位审核员核对完成，转复核"),
            by_first_of_two,
            when=_account_found,
            effect=effects.recommended,
            tone="primary",
            outcome=say("转复核员，1 个工作日内答复。单位的申诉和有疑点的申诉，要两个人先后核对。"),
        ),
        Transition(
            "confirm",
            ("second",),
            "cooling",
            say("复核通过"),
            say("复核通过"),
            by_senior,
            when=_account_found,
            effect=effects.cooling,
            tone="primary",
            outcome=say("通知原来的联系方式。没有人提出异议，到时候短信发来设密码的链接。"),
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
            met=say("要您补充"),
            outcome=say("一次列全缺的东西，发短信给您。等您补充的时间不计入期限。"),
        ),
        Transition(
            "answer",
            ("asked",),
            "review",
            say("提交补充"),
            say("补充了材料"),
            by_appellant,
            when=_papers_complete,
            effect=effects.submitted,
            tone="primary",
            seen=False,
        ),
        Transition(
            "decline",
            ("review", "second", "objected"),
            "declined",
            say("不通过"),
            say("审核没有通过"),
            by_whom_it_waits_for,
            needs=(NOTE,),
            effect=effects.declined,
            tone="bad",
            outcome=say("写明理由，发短信给您。您可以带着更清楚的材料再申诉。"),
        ),
        Transition(
            "object",
            ("cooling",),
            "objected",
            say("提出异议"),
            say("原来的联系人提出了异议"),
            by_objector,
            needs=(WHY,),
            effect=effects.objected,
            seen=False,
        ),
        Transition(
            "join",
            ("objected",),
            "",
            say("提出异议"),
            say("原来的联系人提出了异议"),
            by_objector,
            when=_not_objected,
            needs=(WHY,),
            effect=effects.joined,
            seen=False,
        ),
        Transition(
            "contest",
            ("cooling",),
            "objected",
            say("另有申诉"),
            say("另有一件申诉也要这个账号，转复核"),
            by_system,
            effect=effects.contested,
            seen=False,
        ),
        Transition(
            "lock",
            ("cooling",),
            "objected",
            say("账号被锁定"),
            say("平台在等待期里锁定了这个账号，转复核"),
            by_system,
            effect=effects.locked,
            seen=False,
        ),
        Transition(
            "uphold",
            ("objected",),
            "approved",
            say("异议不成立，通过"),
            say("异议不成立，申诉通过"),
            by_senior,
            when=_account_found,
            needs=(NOTE,),
            effect=effects.upheld,
            tone="primary",
            outcome=say("账号交给申诉人，短信发来设密码的链接。原来的联系人会收到您写的理由。"),
        ),
        Transition(
            "finish",
            ("cooling",),
            "approved",
            say("等待期满"),
            say("等待期满，没有异议，申诉通过"),
            by_system,
            effect=effects.took_effect,
            seen=False,
        ),
        Transition(
            "lapse",
            ("cooling",),
            "declined",
            say("账号已不在"),
            say("账号在等待期里注销或并入了另一个账号，申诉不再生效"),
            by_system,
            effect=effects.lapsed,
            seen=False,
        ),
        Transition(
            "withdraw",
            ("draft", "review", "asked", "second", "cooling", "objected"),
            "withdrawn",
            say("撤回"),
            say("撤回了申诉"),
            by_appellant,
            seen=False,
        ),
        Transition(
            "expire",
            ("draft", "asked"),
            "withdrawn",
            say("过期"),
            say("30 天没有提交，自动撤回"),
            by_system,
            effect=effects.expired,
            seen=False,
        ),
    ),
)
