"""The table of taking back a verification: proposed by one of the desk → done by another, or left as it is (G8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity.operators import rules
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition

if TYPE_CHECKING:
    from waizhuan.identity.operators.models import Withdrawal

REVIEWER, SENIOR, SYSTEM = "operator.reviewer", "operator.senior", "operator.system"


def _model() -> type[Withdrawal]:
    from waizhuan.identity.operators.models import Withdrawal

    return Withdrawal


def by_proposer(actor: Actor, row: Any) -> Verdict:
    return YES if actor.signed_in and actor.account_id == row.first_by_id else no(say("由提出的人办理"))


def by_another_senior(actor: Actor, row: Any) -> Verdict:
    """A senior operator whom it does not concern, who did not propose it, and who had not approved what it takes back."""
    from waizhuan.identity.operators.queries import may_confirm

    return may_confirm(row, actor) if actor.holds(row.operator_id, SENIOR) else no(say("由平台的复核员办理"))


def _withdraw(row: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.operators.actions import carry_out_withdrawal

    carry_out_withdrawal(row, actor)


def _tell_proposer(row: Any, actor: Actor, data: Mapping[str, Any]) -> None:
    from waizhuan.identity.operators.actions import tell_proposer

    tell_proposer(row, actor)


def title_of(row: Any) -> str:
    """The person's or the unit's name."""
    holder = getattr(row.account, "person" if row.what == "person" else "organisation", None)
    return holder.name if holder else str(row.account.login_name)


WITHDRAWAL = Process(
    name="operators.withdrawal",
    label=say("实名认证复查"),
    model=_model,
    prefix="FC",
    begun=say("提出撤回认证"),
    initial="proposed",
    title=title_of,
    line=lambda row: rules.VERIFICATIONS[row.what].label,
    screen=lambda row, for_holder: ("operators.withdrawal", (row.pk,)),
    states=(
        State("proposed", say("等复核"), "wait", holder=lambda row: Post(row.operator_id, SENIOR), due=1,
              task=say("复核：撤回实名认证"), upper=lambda row: Post(row.operator_id, SYSTEM), upper_page="delegation.list"),
        State("done", say("已撤回认证"), "ok", final=True),
        State("declined", say("没有撤回"), "bad", final=True),
        State("taken_back", say("已取消"), "none", final=True),
    ),
    transitions=(
        Transition("confirm", ("proposed",), "done", say("复核通过，撤回认证"), say("复核通过，撤回了实名认证"),
                   by_another_senior, effect=_withdraw, tone="primary",
                   outcome=say("认证马上撤回，对方收到理由和重新认证的办法。")),
        Transition("decline", ("proposed",), "declined", say("不撤回"), say("复核没有通过，认证不撤回"),
                   by_another_senior, effect=_tell_proposer, tone="bad",
                   needs=(Need("note", say("理由"), say("请写明理由，提出的人会看到")),),
                   outcome=say("写明理由，认证不动，对方不会收到消息。")),
        Transition("take_back", ("proposed",), "taken_back", say("取消提出"), say("提出的人取消了"), by_proposer),
    ),
)  # fmt: skip
