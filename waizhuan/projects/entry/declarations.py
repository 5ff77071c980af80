"""What the errand declares when it starts: messages, the kind of its documents, its place in the catalogue."""

from __future__ import annotations

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


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


def declare() -> None:
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
        "entry.rerouted",
        say("单位信息转到了另一个归口单位"),
        say("{title}的单位信息（{number}）转给了负责的归口单位，您不用重填。"),
    )
