"""The profile's way: filled in → reviewed by the competent department → approved (F1, F5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.entry import rules
from waizhuan.shared.flow.api import Need, Post, Process, State, Transition, register

if TYPE_CHECKING:
    from waizhuan.projects.entry.models import UnitProfile


def _model() -> type[UnitProfile]:
    from waizhuan.projects.entry.models import UnitProfile

    return UnitProfile


# ---------------------------------------------------------------- who


def by_unit(actor: Actor, profile: UnitProfile) -> Verdict:
    return YES if actor.holds(profile.unit_id, "unit.admin") else rules.NOT_YOURS


def by_department(actor: Actor, profile: UnitProfile) -> Verdict:
    held = any(actor.holds(profile.department_id, r) for r in ("department.clerk", "department.head"))
    return YES if held else rules.NOT_YOURS


def by_system(actor: Actor, profile: UnitProfile) -> Verdict:
    return YES if actor.kind == "system" else rules.NOT_YOURS


# ---------------------------------------------------------------- whose work


def unit_post(profile: UnitProfile) -> Post:
    return Post(profile.unit_id, "unit.admin")


def unit_says_whose(profile: UnitProfile) -> Post | None:
    """Registered elsewhere, the unit says whether its department stays: until then that waits on its home page."""
    return unit_post(profile) if rules.registered_elsewhere(profile.place, profile.unit.division) else None


def department_post(profile: UnitProfile) -> Post:
    return Post(profile.department_id, "department.clerk")


def upper_post(profile: UnitProfile) -> Post | None:
    """The department above; above the first tier stands the ministry."""
    above = profile.department.parent_id if profile.department else None
    return Post(above, "department.head") if above else Post(identity.ministry().pk, "ministry.clerk")


# ---------------------------------------------------------------- guards and effects


def content_of(profile: UnitProfile) -> rules.Content:
    return rules.Content(
        department=profile.department_id,
        address=profile.address,
        contact_name=profile.contact_name,
        contact_phone=profile.contact_phone,
        field=profile.field,
        introduction=profile.introduction,
    )


def complete(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    """What is missing is said all at once."""
    missing = rules.missing(content_of(profile))
    if profile.department is not None and profile.department.active_until is not None:
        missing.append(no(say("这个归口单位已经撤销，请另选一个"), field="department", code="F5"))
    if missing:
        raise Refused(*missing)
    profile.asker_account_id = actor.account_id
    profile.place = profile.unit.division


def go_along(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    """The unit is registered where its department is responsible anyway: nothing is asked. Two queries at most."""
    from waizhuan.projects.departments import queries as departments

    if not rules.registered_elsewhere(profile.place, profile.unit.division):
        return
    offices = departments.offices(departments.tree())
    chosen = next((o for o in offices if o.id == profile.department_id), None)
    if chosen is not None and rules.goes_along(now=profile.unit.division, chosen=chosen, offices=offices):
        profile.place = profile.unit.division


def moved_away(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    profile.asker_account_id = None  # what is asked now is the unit's, not of whoever once handed the profile in
    go_along(profile, actor, data)


def stays(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    profile.place = profile.unit.division


def may_ask(profile: UnitProfile) -> Verdict:
    return no(say("已经请单位补充过一次，现在请决定")) if profile.asked_for_more else YES


def asked(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    profile.asked_for_more = True


def moved(profile: UnitProfile, actor: Actor, data: Mapping[str, Any]) -> None:
    """Sent on to the department that is responsible."""
    from waizhuan.projects.departments.queries import department

    target = department(data["department"]) if isinstance(data.get("department"), int) else None
    if target is None or target.pk == profile.department_id:
        raise Refused(no(say("请选择另一个归口单位"), field="department", code="F5"))
    profile.department = target


def _screen(profile: UnitProfile, for_holder: bool) -> tuple[str, tuple[object, ...]]:
    if for_holder and profile.state == "review":
        return "entry.review", (profile.pk,)
    return "entry.profile", ()


WHAT = Need("note", say("请单位补充什么"), say("请写明要补充什么，一次写全"))
WHY = Need("note", say("理由"), say("请写明理由，单位会看到"))

PROFILE = register(
    Process(
        name="entry.profile",
        label=say("单位信息审核"),
        model=_model,
        decided=lambda profile: ("entry.review", (profile.pk,)),
        prefix="DW",
        initial="draft",
        screen=_screen,
        title=lambda profile: profile.unit.name,
        states=(
            State("draft", say("填写中"), "turn", unit_post, task=say("填写单位信息")),
            State("review", say("审核中"), "wait", department_post, due=rules.DAYS, task=say("审核单位信息"), upper=upper_post),
            State("asked", say("请您补充"), "turn", unit_post, task=say("补充单位信息"), asker_turn=True),
            State("approved", say("已通过审核"), "ok", unit_says_whose, task=say("确认归口单位"), final=True),
            State("declined", say("未通过"), "bad", unit_post, task=say("修改单位信息，重新提交")),
            State("withdrawn", say("已撤回"), "turn", unit_post, task=say("填写单位信息")),
        ),
        transitions=(
            Transition("submit", ("draft", "withdrawn", "declined"), "review", say("提交审核"), say("提交了单位信息"), by_unit,
                       effect=complete, seen=False, notify="entry.submitted"),
            Transition("answer", ("asked",), "review", say("交回审核"), say("补充了单位信息"), by_unit, effect=complete,
                       seen=False, outcome=say("交回归口单位，剩下的期限继续计算。")),
            Transition("approve", ("review",), "approved", say("通过"), say("归口单位审核通过"), by_department,
                       effect=go_along, notify="entry.approved", sms=True, tone="primary", met=say("审核通过了"),
                       outcome=say("马上可以申报项目。")),
            Transition("ask", ("review",), "asked", say("请单位补充"), say("归口单位请单位补充"), by_department, when=may_ask,
                       needs=(WHAT,), effect=asked, notify="entry.asked", sms=True, met=say("要您补充"),
                       outcome=say("一次列全缺的内容，发短信和站内消息给您。等您补充的时间不计入期限。")),
            Transition("decline", ("review",), "declined", say("不通过"), say("归口单位审核不通过"), by_department, needs=(WHY,),
                       notify="entry.declined", sms=True, tone="bad", met=say("没有通过"),
                       outcome=say("写明理由。您可以修改后重新提交，已填内容都保留。")),
            Transition("reroute", ("review",), "", say("转给别的归口单位"), say("转给了负责的归口单位"), by_department,
                       needs=(WHY,), effect=moved, notify="entry.rerouted", seen=False,
                       met=say("转给负责的归口单位"),
                       outcome=say("如果选错了，收到的归口单位会转给负责的那一个，您不用重填。")),
            Transition("move", ("approved",), "approved", say("换了地区"), say("单位登记的地区变了"), by_system,
                       effect=moved_away, seen=False),
            Transition("stays", ("approved",), "approved", say("还归它管"), say("单位确认归口单位不变"), by_unit,
                       effect=stays, seen=False),
            Transition("withdraw", ("review",), "withdrawn", say("撤回修改"), say("撤回了单位信息"), by_unit),
        ),
    )
)  # fmt: skip
