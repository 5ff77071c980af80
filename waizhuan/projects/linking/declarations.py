"""What the errand declares when it starts: messages, its documents, what one can do."""

from __future__ import annotations

from waizhuan.kernel import menu
from waizhuan.kernel.access import any_of, natural_person
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


def may_view(actor: Actor, document: Document) -> bool:
    """Whoever decides the claim."""
    from waizhuan.projects.linking.queries import claims_visible_to

    return claims_visible_to(actor).filter(document=document).exists()


def declare() -> None:
    documents.purpose("old_account", label=say("旧账号的依据"), may_view=may_view)
    menu.offer(
        menu.Offer(
            say("我以前用过的账号"),
            say("旧系统的账号和项目，为什么关联或没有关联"),
            "linking.accounts",
            natural_person,
            50,
        ),
        menu.Offer(
            say("历任管理员和旧账号"),
            say("现任和以前的管理员，旧账号里的项目移交给谁"),
            "linking.administrators",
            any_of("unit.admin"),
            45,
        ),
    )
    template(
        "linking.linked",
        say("旧账号已经关联"),
        say("旧账号 {login_name} 和它的 {count} 个项目已经归您。旧登录名可以继续登录。"),
    )
    template(
        "linking.asked",
        say("请补充旧账号的依据"),
        say("{by}请您补充（{number}）：{note}"),
        sms=say("【外专】关联旧账号的申请要补充依据，请登录查看。"),
    )
    template(
        "linking.declined",
        say("旧账号没有关联"),
        say("{by}没有确认（{number}）：{note}。有新的依据可以再申请。"),
        sms=say("【外专】关联旧账号的申请没有通过，请登录查看理由。"),
    )
    template(
        "linking.unlinked",
        say("旧账号的关联已撤销"),
        say("{by}撤销了旧账号 {login_name} 和您的关联，{count} 个项目回到单位：{note}。确实是您的，可以申请关联。"),
        sms=say("【外专】旧账号和您的关联已撤销，请登录查看是哪些、为什么。"),
    )
