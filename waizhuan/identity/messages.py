"""The messages about work that flow sends; flow knows nothing of messages, so they are declared here."""

from __future__ import annotations

from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def declare_messages() -> None:
    template("flow.reminded", say("{by}提醒您办理"), say("{title}（{number}）正在等您办理，{by}提醒了一次。"))
    template("flow.assigned", say("{by}把一件待办分给了您"), say("{title}（{number}）由您办理，是{by}分给您的。"))
    template("flow.assigned_many", say("{by}把 {count} 件待办分给了您"), say("第一件是{title}（{number}）。"))
    template("flow.due_soon", say("快到期了：{title}"), say("{title}（{number}）就要到期，请在期限内办理。"))
    template("flow.overdue", say("已超期：{title}"), say("{title}（{number}）已经超过答复期限，已报上一级督办。"))
    template(
        "flow.escalated_early",
        say("快到期，还没有人办：{title}"),
        say("{title}（{number}）就要超过答复期限，还没有答复。请督促办理，或者自己办。"),
    )
    template("flow.escalated", say("请督办：{title}"), say("{title}（{number}）超过了答复期限，请督促办理。"))
    template(
        "flow.short_handed",
        say("超过期限，还没有人办：{number}"),
        say("{number} 超过了答复期限，负责的岗位还没有答复。请提醒他们；人手不够的，打开这条消息再授权一个人。"),
    )
