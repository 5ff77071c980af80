"""The tables: a personal-information request is answered within 15 working days, with reasons on refusal; a closing waits until
nothing stands in its way; a post is relieved of whoever leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.labels import in_words
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.my_information.models import Closing, DataRequest, Relief

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


def _whose(request: Any) -> str:
    account = request.asker_account
    unit = getattr(account, "organisation", None)
    return unit.name if unit else _person(request) or str(account.login_name)


def _what(request: Any) -> Words:
    from waizhuan.identity.my_information.models import RequestKind

    return say("{kind}：{words}", kind=in_words(RequestKind(request.kind)), words=request.words[:120])


def _person(asked: Any) -> str:
    person = getattr(asked.asker_account, "person", None)
    return person.name if person else ""


REQUEST = Process(
    name="my_information.request",
    label=say("个人信息请求"),
    model=_model,
    begun=say("提出了请求"),
    prefix="GR",
    initial="waiting",
    title=_whose,
    line=_what,
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
            outcome=say("写明做了什么，发消息给您；账号随之注销的，发短信告诉您。"),
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


# ---------------------------------------------------------------- closing an account that others hold up

#: Working days that a unit has for naming somebody else.
RELIEF_DAYS = 5


def _closing() -> type[Closing]:
    from waizhuan.identity.my_information.models import Closing

    return Closing


def _relief() -> type[Relief]:
    from waizhuan.identity.my_information.models import Relief

    return Relief


def by_system(actor: Actor, subject: Any) -> Verdict:
    """The product itself."""
    return YES if actor.kind == "system" else no(say("这一步由系统自动办理"))


def _no_relief_needed(closing: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.my_information import pending

    pending.end_reliefs(closing.asker_account_id)


CLOSING = Process(
    name="my_information.closing",
    label=say("注销账号"),
    model=_closing,
    prefix="ZX",
    begun=say("提出了注销"),
    initial="asked",
    title=lambda closing: "",
    screen=lambda closing, for_holder: ("my_information.close", ()),
    states=(
        State("asked", say("等待注销"), "wait"),
        State("closed", say("已注销"), "ok", final=True),
        State("taken_back", say("已取消"), "none", final=True),
    ),
    transitions=(
        Transition("close", ("asked",), "closed", say("注销"), say("账号注销了"), by_system, effect=_no_relief_needed,
                   seen=False, outcome=say("没有事情拦着了，账号自动注销，发短信给您。")),
        Transition("take_back", ("asked",), "taken_back", say("取消注销"), say("取消了注销"), by_asker,
                   effect=_no_relief_needed, outcome=say("注销以前随时可以取消，账号照旧。")),
        Transition("void", ("asked",), "taken_back", say("自动取消"), say("账号换了人，或者锁定过，注销自动取消"), by_system,
                   effect=_no_relief_needed, seen=False),
    ),
)  # fmt: skip

RELIEF = Process(
    name="my_information.relief",
    label=say("换人接手"),
    model=_relief,
    prefix="JS",
    begun=say("要注销账号，请单位换人接手"),
    initial="waiting",
    title=_person,
    screen=lambda relief, for_holder: ("my_information.relief", (relief.pk,)),
    states=(
        State("waiting", say("等单位换人接手"), "wait", lambda r: Post(r.organisation_id, r.role), due=RELIEF_DAYS,
              task=say("换人接手，本人要注销账号"), upper=lambda r: Post(r.operator_id, SENIOR)),
        State("done", say("已有人接手"), "ok", final=True),
        State("ended", say("不用了"), "none", final=True),
    ),
    transitions=(
        Transition("done", ("waiting",), "done", say("已有人接手"), say("都有人接手了"), by_system, seen=False,
                   tone="primary", outcome=say("都交给别人以后，这件事自动办结。")),
        Transition("end", ("waiting",), "ended", say("不用了"), say("本人不再注销账号，或者账号已经注销"), by_system,
                   seen=False),
    ),
)  # fmt: skip
