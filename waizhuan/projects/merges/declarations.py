"""What the errand declares when it starts: messages, its letter, what one can do."""

from __future__ import annotations

from waizhuan.kernel import menu
from waizhuan.kernel.access import any_of
from waizhuan.kernel.words import say
from waizhuan.projects.merges import papers
from waizhuan.shared.notify.api import template


def declare() -> None:
    papers.declare()
    menu.offer(
        menu.Offer(
            say("账号合并"),
            say("单位换人了，把原账号的项目移给单位或另一个人"),
            "merges.list",
            any_of("unit.admin"),
            46,
        )
    )
    template(
        "merges.done",
        say("账号合并完成"),
        say("{number} 审核通过，清单里的项目已经移到新账号。有问题可以在申请页面整体移回。"),
        sms=say("【外专】账号合并 {number} 已完成，请登录查看。"),
    )
    template(
        "merges.returned",
        say("账号合并退回修改"),
        say("{by}退回了 {number}：{note}"),
        sms=say("【外专】账号合并 {number} 退回修改，请登录查看。"),
    )
    template(
        "merges.declined",
        say("账号合并没有通过"),
        say("{by}没有通过 {number}：{note}。项目没有动。"),
        sms=say("【外专】账号合并 {number} 没有通过，请登录查看理由。"),
    )
    template("merges.undone", say("合并的项目已移回"), say("{by}把 {number} 的项目移回了原来的账号：{note}"))
    template(
        "merges.moved",
        say("项目换了负责人"),
        say("{unit}的 {count} 个项目按账号合并 {number} 换了负责人，请登录查看您现在的项目。"),
    )
    template(
        "merges.moved_back",
        say("项目移回了原来的负责人"),
        say("{unit}的账号合并 {number} 已整体移回，{count} 个项目回到原来的账号。"),
    )
