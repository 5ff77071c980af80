"""What the errand declares when it starts: messages, documents, menu."""

from __future__ import annotations

from waizhuan.kernel import menu
from waizhuan.kernel.access import any_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.notify.api import template


def may_view(actor: Actor, document: Document) -> bool:
    """Whoever sees the application sees its attachments."""
    from waizhuan.projects.applications.queries import readable_by

    return readable_by(actor).filter(attachments__document=document).exists()


def declare() -> None:
    documents.purpose("application", label=say("申报书附件"), may_view=may_view)
    readers = any_of(
        "unit.admin", "projects.lead", "department.clerk", "department.head", "ministry.clerk", "ministry.head"
    )
    menu.entry(menu.Entry(say("项目"), "applications.list", readers, 20))
    menu.offer(
        menu.Offer(
            say("新申报一个项目"), say("选一类，起个名字，交给负责人填写"), "applications.new", any_of("unit.admin"), 10
        )
    )
    template(
        "applications.assigned",
        say("单位把项目交给您填写"),
        say("{title}（{number}）由您负责，请登录填写申报书。"),
        sms=say("【外专】单位把“{title}”交给您填写，请登录办理。"),
    )
    template(
        "applications.passed_on",
        say("项目交给了另一位负责人"),
        say("{by}把{title}（{number}）交给了另一位项目负责人，您不用再办了。"),
    )
    template("applications.confirmed", say("单位已确认上报"), say("{title}（{number}）已报归口单位推荐。"))
    template(
        "applications.returned",
        say("申报书退回修改"),
        say("{by}退回了{title}（{number}）：{note}。已填内容都保留，改好后可以再提交。"),
        sms=say("【外专】“{title}”退回修改，请登录查看要改什么。"),
    )
    template(
        "applications.recommended",
        say("归口单位已推荐"),
        say("{by}推荐了{title}（{number}），已转外国专家服务司审查。"),
    )
    template("applications.passed", say("形式审查通过"), say("{title}（{number}）通过形式审查，正在审批。"))
    template(
        "applications.more",
        say("请补充申报书"),
        say("{by}请您补充{title}（{number}）：{note}"),
        sms=say("【外专】请补充“{title}”的申报书，请登录查看要补什么。"),
    )
    template(
        "applications.approved",
        say("项目已批准"),
        say("{title}（{number}）已批准立项，可以下载批复。"),
        sms=say("【外专】“{title}”已批准立项，请登录下载批复。"),
    )
    template(
        "applications.declined",
        say("项目没有获批"),
        say("{title}（{number}）没有通过：{note}"),
        sms=say("【外专】“{title}”没有通过，请登录查看理由。"),
    )
    template("applications.withdrawn", say("申报已撤销"), say("单位撤销了{title}（{number}）：{note}"))
