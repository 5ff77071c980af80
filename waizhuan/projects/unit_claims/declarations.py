"""What the errand declares when it starts: messages, the kind of its documents, what one can do."""

from __future__ import annotations

from waizhuan.kernel import menu
from waizhuan.kernel.access import any_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


def may_view(actor: Actor, document: Document) -> bool:
    """The unit's administrators, and the ministry once it was handed in."""
    from waizhuan.projects.unit_claims.queries import for_ministry, of_unit

    return (of_unit(actor).filter(documents__document=document).exists()
            or for_ministry(actor).filter(documents__document=document).exists())  # fmt: skip


def declare() -> None:
    documents.purpose("unit_claim", label=say("认领旧单位的依据"), may_view=may_view)
    menu.offer(
        menu.Offer(
            say("认领旧单位"),
            say("本单位在旧系统里是另一个名称，旧项目没有出现"),
            "unit_claims.list",
            any_of("unit.admin"),
            46,
        )
    )
    template(
        "unit_claims.accepted",
        say("认领通过了"),
        say("您认领的旧单位“{title}”（{number}）通过了，它的旧项目现在归本单位。"),
        sms=say("【外专】认领旧单位的申请通过了，旧项目归到了您的单位。"),
    )
    template(
        "unit_claims.asked",
        say("请补充认领的依据"),
        say("{by}请您补充（{number}）：{note}"),
        sms=say("【外专】认领旧单位的申请要补充，请登录查看。"),
    )
    template(
        "unit_claims.declined",
        say("认领没有通过"),
        say("{by}没有通过（{number}）：{note}。有新的依据可以再申请。"),
        sms=say("【外专】认领旧单位的申请没有通过，请登录查看理由。"),
    )
