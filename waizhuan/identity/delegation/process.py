"""A person's request to be authorised (A5): asked → the unit decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.identity.delegation.models import Request


def _model() -> type[Request]:
    from waizhuan.identity.delegation.models import Request

    return Request


def by_unit(actor: Actor, request: Request) -> Verdict:
    return YES if actor.holds(request.organisation_id, "unit.admin") else no(say("这一步不由您办理"))


def by_asker(actor: Actor, request: Request) -> Verdict:
    return YES if actor.account_id == request.asker_account_id else no(say("这一步不由您办理"))


def grant(request: Request, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.delegation.actions import give_mandates

    assert request.asker_account_id is not None
    give_mandates(
        actor=actor, account_id=request.asker_account_id, codes=[request.role], until=None, note=request.words
    )


def _title(request: Request) -> str:
    person = getattr(request.asker_account, "person", None)
    return f"{person.name if person else ''} → {request.organisation.name}"


REQUEST = register(
    Process(
        name="delegation.request",
        label=say("请求授权"),
        model=_model,
        begun=say("提出了请求"),
        prefix="SQ",
        initial="waiting",
        screen=lambda request, for_holder: ("delegation.request", (request.pk,)),
        title=_title,
        states=(
            State("waiting", say("等单位处理"), "wait", lambda r: Post(r.organisation_id, "unit.admin"), due=3,
                  task=say("处理授权请求")),
            State("granted", say("已授权"), "ok", final=True),
            State("declined", say("没有授权"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("grant", ("waiting",), "granted", say("授权"), say("单位授权了"), by_unit, effect=grant,
                       notify="delegation.granted", tone="primary", outcome=say("马上就能看到单位分配的项目。")),
            Transition("decline", ("waiting",), "declined", say("不授权"), say("单位没有授权"), by_unit,
                       needs=(Need("note", say("理由"), say("请写明理由，对方会看到")),), notify="delegation.declined",
                       tone="bad", outcome=say("写明理由，您可以问清楚后再请求。")),
            Transition("withdraw", ("waiting",), "withdrawn", say("撤回请求"), say("撤回了请求"), by_asker),
        ),
    )
)  # fmt: skip
