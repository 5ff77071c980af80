"""A claim's way: filled in by the unit → found out by the ministry, which may ask once for more → approved by another person,
an administrator of the ministry: it gives a unit the projects of an old one (F9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import say
from waizhuan.projects.legacy import pairing
from waizhuan.projects.unit_claims import effects, rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.unit_claims.models import UnitClaim


def _model() -> type[UnitClaim]:
    from waizhuan.projects.unit_claims.models import UnitClaim

    return UnitClaim


def by_unit(actor: Actor, claim: UnitClaim) -> Verdict:
    return YES if actor.holds(claim.unit_id, "unit.admin") else rules.NOT_YOURS


def by_ministry(actor: Actor, claim: UnitClaim) -> Verdict:
    return YES if any(actor.holds(claim.ministry_id, r) for r in pairing.ROLES) else rules.NOT_YOURS


def by_head(actor: Actor, claim: UnitClaim) -> Verdict:
    """An administrator of the ministry, who is not whoever found it out."""
    if not actor.holds(claim.ministry_id, pairing.SENIOR):
        return rules.NOT_YOURS
    return rules.FOUR_EYES if effects.checked_it(claim, actor) else YES


def by_whom_it_is_overtaken(actor: Actor, claim: UnitClaim) -> Verdict:
    """What waits for an administrator of the ministry is not ended by a clerk."""
    if claim.state == "decision" and not actor.holds(claim.ministry_id, pairing.SENIOR):
        return rules.NOT_YOURS
    return by_ministry(actor, claim)


def by_whom_it_waits_for(actor: Actor, claim: UnitClaim) -> Verdict:
    return by_head(actor, claim) if claim.state == "decision" else by_ministry(actor, claim)


def may_ask(claim: UnitClaim) -> Verdict:
    return rules.may_ask(asked_before=claim.asked_for_more)


def asked(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    claim.asked_for_more = True


def _unit(claim: UnitClaim) -> Post:
    return Post(claim.unit_id, "unit.admin")


def _ministry(claim: UnitClaim) -> Post:
    return Post(claim.ministry_id, "ministry.clerk")


def _head(claim: UnitClaim) -> Post:
    return Post(claim.ministry_id, pairing.SENIOR)


def _screen(claim: UnitClaim, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    if for_holder and claim.state in ("ministry", "decision"):
        return "unit_claims.review", (claim.pk,)
    return ("unit_claims.form" if for_holder and claim.state in rules.EDITABLE else "unit_claims.case"), (claim.pk,)


WHAT = Need("note", say("请单位补充什么"), say("请写明要补充什么，一次写全"))
WHY = Need("note", say("理由"), say("请写明理由，单位会看到"))
AGAIN = Need("note", say("要再核实什么"), say("请写明要再核实什么"))
WHICH = Need("old", say("是哪个旧单位"), say("请选择是哪个旧单位"))

CLAIM = register(
    Process(
        name="unit_claims.claim",
        label=say("认领旧单位"),
        model=_model,
        prefix="RL",
        initial="draft",
        screen=_screen,
        decided=lambda claim: ("unit_claims.review", (claim.pk,)),
        title=lambda claim: claim.old_name or claim.unit.name,
        line=lambda claim: claim.unit.name,
        states=(
            State("draft", say("填写中"), "turn", _unit, task=say("填完旧单位的认领")),
            State("ministry", say("外国专家服务司核实中"), "wait", _ministry, due=rules.DAYS,
                  task=say("核实旧单位是不是这个单位"), upper=lambda claim: Post(claim.ministry_id, "ministry.head")),
            State("decision", say("外国专家服务司审批中"), "wait", _head, due=rules.DAYS_TO_APPROVE,
                  task=say("批准旧单位归这个单位"), upper=_head),
            State("asked", say("请您补充"), "turn", _unit, task=say("补充认领的依据"), asker_turn=True),
            State("accepted", say("已归本单位"), "ok", final=True),
            State("declined", say("未通过"), "bad", final=True),
            State("withdrawn", say("已撤回"), "none", final=True),
        ),
        transitions=(
            Transition("submit", ("draft",), "ministry", say("提交认领"), say("提交了旧单位的认领"), by_unit, seen=False,
                       effect=effects.complete),
            Transition("propose", ("ministry",), "decision", say("就是这个单位，报批准"), say("核实了旧单位，报司管理员批准"),
                       by_ministry, needs=(WHICH,), effect=effects.proposed, tone="primary", met=say("核实是本单位的"),
                       outcome=say("核实以后由司管理员批准，3 个工作日内答复。")),
            Transition("accept", ("decision",), "accepted", say("批准"), say("批准了，旧项目归单位"), by_head,
                       effect=effects.accepted, notify="unit_claims.accepted", sms=True, tone="primary",
                       met=say("批准了"), outcome=say("旧单位的项目马上归您的单位。")),
            Transition("give_back", ("decision",), "ministry", say("退回核实"), say("退回去再核实"), by_head, needs=(AGAIN,),
                       effect=effects.not_found, public=False),
            Transition("ask", ("ministry",), "asked", say("请单位补充"), say("请单位补充"), by_ministry, when=may_ask,
                       needs=(WHAT,), effect=asked, notify="unit_claims.asked", sms=True, met=say("要您补充"),
                       outcome=say("一次列全缺的内容，发短信和站内消息给您。等您补充的时间不计入期限。")),
            Transition("answer", ("asked",), "ministry", say("交回"), say("补充了认领的依据"), by_unit, seen=False,
                       effect=effects.complete),
            Transition("decline", ("ministry", "decision"), "declined", say("不通过"), say("没有通过"), by_whom_it_waits_for,
                       needs=(WHY,), effect=effects.not_found, notify="unit_claims.declined", sms=True, tone="bad",
                       met=say("没有通过"), outcome=say("写明理由。有新的依据可以再申请。")),
            # decided by hand among the old units, with this claim before the ministry's eyes (`settling`)
            Transition("found", ("asked",), "accepted", say("确认了旧单位"), say("确认了旧单位，不用再补充"), by_ministry,
                       seen=False, needs=(WHICH,), effect=effects.found, notify="unit_claims.accepted", sms=True),
            Transition("overtake", ("ministry", "decision", "asked"), "declined", say("归了别的单位"), say("没有通过"),
                       by_whom_it_is_overtaken, seen=False, needs=(WHY,), effect=effects.not_found,
                       notify="unit_claims.declined", sms=True),
            Transition("withdraw", ("draft", "ministry", "decision", "asked"), "withdrawn", say("撤回"), say("撤回了认领"),
                       by_unit, effect=effects.not_found),
        ),
    )
)  # fmt: skip
