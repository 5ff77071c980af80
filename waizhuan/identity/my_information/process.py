"""The table of a personal-information request: asked → answered within 15 working days, with reasons on refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.my_information.models import DataRequest

REVIEWER, SENIOR = "operator.reviewer", "operator.senior"


def _model() -> type[DataRequest]:
    from waizhuan.identity.my_information.models import DataRequest

    return DataRequest


def by_asker(actor: Actor, request: Any) -> Verdict:
    """Whose data it is."""
    return YES if actor.account_id == request.asker_account_id else no(say("由本人办理"))


def by_operator(actor: Actor, request: Any) -> Verdict:
    """The operator's desk; never on one's own request."""
    mine = actor.account_id == request.asker_account_id
    holds = actor.holds(request.operator_id, REVIEWER) or actor.holds(request.operator_id, SENIOR)
    return YES if holds and not mine else no(say("由平台的身份核验员办理"))


def _carry_out(request: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    """An answer has its effect: the field is corrected, the account closed and its data gone. Raises Refused."""
    from waizhuan.identity.my_information import closing, correcting

    correcting.apply(request, actor, data)
    closing.delete(request, actor, data)
    closing.close_unit(request, actor, data)


def _post(request: Any) -> Post:
    return Post(request.operator_id, REVIEWER)


def _upper(request: Any) -> Post:
    return Post(request.operator_id, SENIOR)


REQUEST = Process(
    name="my_information.request",
    label=say("个人信息请求"),
    model=_model,
    prefix="GR",
    initial="waiting",
    title=lambda request: str(request.get_kind_display()),
    line=lambda request: str(request.words)[:120],
    screen=lambda request, for_holder: ("my_information.request", (request.pk,)),
    states=(
        State("waiting", say("处理中"), "wait", holder=_post, due=15, task=say("答复个人信息请求"), upper=_upper),
        State("answered", say("已答复"), "ok", final=True),
        State("declined", say("没有办理"), "bad", final=True),
        State("withdrawn", say("已撤回"), "none", final=True),
    ),
    transitions=(
        Transition(
            "answer",
            ("waiting",),
            "answered",
            say("答复"),
            say("平台作了答复"),
            by_operator,
            needs=(Need("note", say("答复"), say("请写明做了什么")),),
            effect=_carry_out,
            notify="my_information.answered",
            tone="primary",
            outcome=say("写明做了什么，发站内消息给您。"),
        ),
        Transition(
            "decline",
            ("waiting",),
            "declined",
            say("不办理"),
            say("平台没有办理"),
            by_operator,
            needs=(Need("note", say("理由"), say("请写明理由和依据，对方可以投诉")),),
            notify="my_information.declined",
            tone="bad",
            outcome=say("写明理由和依据，您可以投诉。"),
        ),
        Transition("withdraw", ("waiting",), "withdrawn", say("撤回"), say("撤回了请求"), by_asker),
    ),
)
