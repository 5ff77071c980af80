"""What the errand declares when it starts: messages, and the kind of its documents."""

from __future__ import annotations

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


def may_view(actor: Actor, document: Document) -> bool:
    """Identity copies: the asking organisation's administrators, and the ministry."""
    from waizhuan.projects.handover.queries import visible_to

    return visible_to(actor).filter(documents__document=document).exists()


def declare() -> None:
    documents.purpose("handover", label=say("换人材料"), may_view=may_view)
    template("handover.confirmed", say("换人已确认"), say("{title}的换人（{number}）已确认，到生效日期自动交接。"))
    template(
        "handover.asked",
        say("请补充换人材料"),
        say("{by}请您补充：{note}"),
        sms=say("【外专】{by}请您补充换人材料，请登录查看。"),
    )
    template(
        "handover.declined",
        say("换人没有通过"),
        say("{by}没有通过：{note}。岗位不变，可以重新申请。"),
        sms=say("【外专】换人没有通过，请登录查看理由。"),
    )
    template(
        "handover.done",
        say("已交接"),
        say("{title}的换人（{number}）已生效，岗位和在办的事转给了接任人。"),
        sms=say("【外专】{title}的管理员换人已生效。"),
    )
    template(
        "handover.failed",
        say("换人没有生效"),
        say(
            "{title}的换人（{number}）到了日期，但接任人没有通过实名认证或账号不能用，岗位没有变。请换一个人重新申请。"
        ),
        sms=say("【外专】{title}的管理员换人没有生效，请登录查看。"),
    )
