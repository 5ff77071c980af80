"""What the errand declares when it starts: messages, and the kind of its documents."""

from __future__ import annotations

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


def may_view(actor: Actor, document: Document) -> bool:
    """The unit's administrators, and whoever has or had the case before them."""
    from waizhuan.projects.unit_changes.queries import for_reviewers, of_unit

    return (of_unit(actor).filter(documents__document=document).exists()
            or for_reviewers(actor).filter(documents__document=document).exists())  # fmt: skip


def declare() -> None:
    documents.purpose("unit_change", label=say("更正依据"), may_view=may_view)
    template("unit_changes.submitted", say("更正申请已提交"), say("{title}的更正申请（{number}）已交归口单位审核。"))
    template(
        "unit_changes.moved_on",
        say("更正申请到了下一步"),
        say("{title}的更正申请（{number}）：{by}已经办理，到了下一步，可以随时查看由谁办、到什么时候。"),
    )
    template(
        "unit_changes.applied",
        say("单位信息已更新"),
        say("{title}的更正申请（{number}）通过了，单位信息已自动更新。"),
        sms=say("【外专】{title}的更正申请通过了，单位信息已更新。"),
    )
    template(
        "unit_changes.asked",
        say("请补充更正申请"),
        say("{by}请您补充：{note}"),
        sms=say("【外专】{by}请您补充单位信息的更正申请，请登录查看。"),
    )
    template(
        "unit_changes.declined",
        say("更正申请没有通过"),
        say("{by}没有通过：{note}。单位信息不变，您可以重新申请。"),
        sms=say("【外专】单位信息的更正申请没有通过，请登录查看理由。"),
    )
