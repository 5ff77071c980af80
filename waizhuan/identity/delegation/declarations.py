"""What the errand declares when it starts."""

from __future__ import annotations

from waizhuan.identity.delegation.rules import may_authorise
from waizhuan.kernel import menu
from waizhuan.kernel.access import natural_person
from waizhuan.kernel.events import Happened, subscribe
from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def complete_when_verified(event: Happened) -> None:
    """A person who has just been verified gets what invitations promised."""
    if event.verb.startswith("realname.case.") and event.detail.get("to") == "passed":
        from waizhuan.identity.delegation.invitations import complete
        from waizhuan.identity.realname.models import Case

        case = Case.objects.filter(pk=int(event.subject.rpartition(":")[2])).first()
        if case is not None and case.asker_account_id is not None:
            complete(case.asker_account_id)


def declare() -> None:
    subscribe(Happened, complete_when_verified)
    menu.entry(menu.Entry(say("授权"), "delegation.list", may_authorise, 40))
    menu.offer(
        menu.Offer(say("给人授权"), say("让同事以本单位身份办事"), "delegation.new", may_authorise, 20),
        menu.Offer(say("请单位授权我"), say("请您的单位让您以单位身份办事"), "delegation.ask", natural_person, 60),
    )
    template(
        "delegation.given",
        say("{organisation}授权您办事"),
        say("您的角色：{roles}。现在就可以代表{organisation}办理。"),
        sms=say("【外专】{organisation}授权您办事，角色：{roles}。"),
    )
    template("delegation.withdrawn", say("{organisation}收回了授权"), say("收回的角色：{roles}。"))
    template(
        "delegation.invitation",
        say("{organisation}邀请您"),
        say("【外专】{organisation}邀请您以单位身份办事。请到 {address} 注册并完成实名认证，授权会自动生效。"),
    )
    template(
        "delegation.invitation_void",
        say("邀请没有生效：{name}"),
        say("{name}通过了实名认证，但发邀请的人已经不能授权，或者授权的期限已过。需要时请重新授权。"),
    )
    template("delegation.granted", say("单位授权了您"), say("{title}：{by}已经授权。"))
    template("delegation.declined", say("单位没有授权"), say("{title}：{by}没有授权。理由：{note}"))
    template(
        "delegation.ends",
        say("一项授权快到期了"),
        say("{name}在{organisation}的角色“{roles}”到 {day} 为止。要继续，请管理员在授权里改截止日期。"),
    )
