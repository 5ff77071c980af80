"""A claim's way: handed in → decided by the unit, or by the department where the unit is not there (F9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.linking import rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.linking.models import Claim


def _model() -> type[Claim]:
    from waizhuan.projects.linking.models import Claim

    return Claim


def by_claimant(actor: Actor, claim: Claim) -> Verdict:
    return YES if actor.account_id is not None and actor.account_id == claim.asker_account_id else rules.NOT_YOURS


def by_decider(actor: Actor, claim: Claim) -> Verdict:
    if not actor.holds(claim.decider_id, claim.role):
        return rules.NOT_YOURS
    return rules.may_decide(own=own_claim(actor, claim))


def own_claim(actor: Actor, claim: Claim) -> bool:
    """The claimant's own, also where they sign in as the unit. Two queries for a unit's account, once for all buttons."""
    if actor.account_id == claim.asker_account_id:
        return True
    if actor.kind != "legal":
        return False
    if claim.by_agent is None:
        claim.by_agent = identity.is_main_agent(claim.decider_id, claim.asker_account_id or 0)
    return claim.by_agent


def decider_post(claim: Claim) -> Post:
    return Post(claim.decider_id, claim.role)


def claimant_post(claim: Claim) -> Post:
    return Post(account_id=claim.asker_account_id)


def upper_post(claim: Claim) -> Post | None:
    from waizhuan.projects.entry.api import department_of

    above = department_of(claim.decider_id) if claim.role == "unit.admin" else claim.decider.parent
    return Post(above.pk, "department.head") if above else None


def may_ask(claim: Claim) -> Verdict:
    return no(say("已经请对方补充过一次，现在请决定")) if claim.asked_for_more else YES


def asked(claim: Claim, actor: Actor, data: Mapping[str, Any]) -> None:
    claim.asked_for_more = True


def confirmed(claim: Claim, actor: Actor, data: Mapping[str, Any]) -> None:
    """Raises Refused where the claimant is not verified any more, or the old account has become somebody else's meanwhile."""
    from waizhuan.projects.linking.links import link

    verdict = rules.may_confirm(verified=identity.known_of(claim.asker_account_id or 0).verified)
    if not verdict.ok:
        raise Refused(verdict)
    how = rules.UNIT if claim.role == "unit.admin" else rules.DEPARTMENT
    link(actor=actor, old_id=claim.old_id, account_id=claim.asker_account_id or 0, how=how)


def _screen(claim: Claim, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    return "linking.case", (claim.pk,)


WHY = Need("note", say("理由"), say("请写明理由，申请人会看到"))
WHAT = Need("note", say("请对方补充什么"), say("请写明要补充什么，一次写全"))

CLAIM = register(
    Process(
        name="linking.claim",
        label=say("关联旧账号"),
        begun=say("提出了关联申请"),
        prefix="GL",
        model=_model,
        initial="review",
        screen=_screen,
        title=lambda claim: claim.old.login_name,
        line=lambda claim: claim.old.unit.name if claim.old.unit else "",
        states=(
            State("review", say("核实中"), "wait", decider_post, due=rules.DAYS, task=say("核实旧账号是不是这个人的"),
                  upper=upper_post),
            State("asked", say("请您补充"), "turn", claimant_post, task=say("补充旧账号的依据"), asker_turn=True),
            State("linked", say("已关联"), "ok", final=True),
            State("declined", say("没有关联"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("confirm", ("review",), "linked", say("确认是这个人的"), say("确认并关联了旧账号"), by_decider,
                       effect=confirmed, tone="primary", met=say("确认是您的"),
                       outcome=say("旧账号和它的项目马上归您，旧登录名也能登录。")),
            Transition("ask", ("review",), "asked", say("请对方补充"), say("请申请人补充"), by_decider, when=may_ask,
                       needs=(WHAT,), effect=asked, notify="linking.asked", sms=True, met=say("要您补充"),
                       outcome=say("一次写全缺什么。等您补充的时间不计入期限。")),
            Transition("answer", ("asked",), "review", say("补充说明，交回"), say("补充了说明"), by_claimant,
                       needs=(Need("note", say("补充说明"), say("请写补充说明")),)),
            Transition("decline", ("review",), "declined", say("不是这个人的"), say("没有确认"), by_decider, needs=(WHY,),
                       notify="linking.declined", sms=True, tone="bad", met=say("没有确认是您的"),
                       outcome=say("写明理由，旧账号不变。有新的依据可以再申请。")),
            Transition("withdraw", ("review", "asked"), "withdrawn", say("撤回申请"), say("撤回了申请"), by_claimant),
        ),
    )
)  # fmt: skip
