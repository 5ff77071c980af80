"""What the errand declares when it starts: messages, the kind of its documents, its place in the catalogue."""

from __future__ import annotations

from django.urls import reverse

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.events import Happened, Tell, publish, subscribe
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import say
from waizhuan.projects.entry.rules import registered_elsewhere
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify.api import template
from waizhuan.shared.refdata.divisions import division_name


def may_view(actor: Actor, document: Document) -> bool:
    """The unit's administrators, and the department once it has the case."""
    from waizhuan.projects.entry.models import UnitProfile

    profile = UnitProfile.objects.filter(documents__document=document).first()
    if profile is None:
        return False
    if actor.holds(profile.unit_id, "unit.admin"):
        return True
    return profile.state != "draft" and any(
        actor.holds(profile.department_id, r) for r in ("department.clerk", "department.head")
    )


def missing(actor: Actor) -> list[Verdict]:
    from waizhuan.projects.entry.api import missing_to_enter

    return missing_to_enter(actor)


def ask_whose_unit_it_is(event: Happened) -> None:
    """A unit is registered at another place (E11): its department does not follow by itself, so its administrators are asked,
    unless the department is that place's as well."""
    if event.verb != "realname.unit_changed" or "division" not in event.detail:
        return
    from waizhuan.projects.entry.models import UnitProfile
    from waizhuan.projects.entry.process import PROFILE

    unit_id = int(event.subject.rpartition(":")[2])
    found = UnitProfile.objects.select_related("department").filter(unit_id=unit_id, state="approved").first()
    if found is None or found.department is None:
        return
    before, now = event.detail["division"]
    row = perform(PROFILE, found, "move", the_system(), data={"before": before, "now": now})
    if not registered_elsewhere(row.place, row.unit.division):
        return
    publish(
        Tell(
            "entry.whose",
            accounts=(row.unit.account_id,) if row.unit.account_id else (),
            posts=((unit_id, "unit.admin"),),
            context={"before": division_name(before), "now": division_name(now), "department": found.department.name},
            link=reverse("entry.profile"),
        )
    )


def declare() -> None:
    subscribe(Happened, ask_whose_unit_it_is)
    identity.declare_service(
        identity.Service(
            "projects", say("外国专家项目管理"), say("申报、推荐、审批外国专家项目"), missing, "applications.list"
        )
    )
    documents.purpose("profile", label=say("单位信息材料"), may_view=may_view)
    template("entry.submitted", say("单位信息已提交"), say("{title}的单位信息（{number}）已交归口单位审核。"))
    template(
        "entry.approved",
        say("单位信息审核通过"),
        say("{title}的单位信息（{number}）审核通过，可以申报项目了。"),
        sms=say("【外专】{title}的单位信息审核通过，可以申报项目了。"),
    )
    template(
        "entry.asked",
        say("请补充单位信息"),
        say("{by}请您补充：{note}"),
        sms=say("【外专】{by}请您补充单位信息，请登录查看。"),
    )
    template(
        "entry.declined",
        say("单位信息没有通过"),
        say("{by}没有通过：{note}。您可以修改后重新提交，已填内容都保留。"),
        sms=say("【外专】单位信息没有通过，请登录查看理由。"),
    )
    template(
        "entry.whose",
        say("请确认归口单位"),
        say(
            "单位登记的地区从{before}变成了{now}，归口单位没有跟着变，仍是{department}。请看单位信息，确认还归不归它管。"
        ),
    )
    template(
        "entry.stays",
        say("{unit}换了地区，仍归您单位管"),
        say("{unit}登记的地区从{before}变成了{now}，单位确认仍由您单位归口管理。不归您单位管的，请联系单位申请更正。"),
    )
    template(
        "entry.rerouted",
        say("单位信息转到了另一个归口单位"),
        say("{title}的单位信息（{number}）转给了负责的归口单位，您不用重填。"),
    )
