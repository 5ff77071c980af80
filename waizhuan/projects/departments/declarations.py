"""What the errand declares when it starts: its messages, and its place among what the ministry can do."""

from __future__ import annotations

from waizhuan.kernel import menu
from waizhuan.kernel.access import any_of
from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def declare() -> None:
    menu.offer(
        menu.Offer(
            say("归口单位名录"),
            say("新设、改名、拆分、合并、撤销，从 Excel 导入"),
            "departments.list",
            any_of("ministry.head"),
            60,
        )
    )
    template(
        "departments.renamed",
        say("归口单位改名了"),
        say("您单位的归口单位“{before}”改名为“{after}”（{why}）。在办的事照旧，您不用做什么。"),
    )
    template(
        "departments.failed",
        say("归口单位的变更没有生效"),
        say("“{name}”的{what}到了日子没有生效：{why}。其他的照常。请先解决这个问题，再重新办理。"),
    )
    template(
        "departments.left",
        say("归口单位撤并后，还有没转走的"),
        say("“{name}”{what}以后，又来了新的内容，没能转给接手的归口单位：{why}。解决以后会自动转走，不用重新办理。"),
    )
    template(
        "departments.moved",
        say("您单位的归口单位变了"),
        say("“{before}”不再办理（{why}），从今天起由“{after}”负责您单位。在办的申报和申请一起转过去了，您不用重填。"),
    )
    template(
        "departments.staff_moved",
        say("您的岗位转到了新的归口单位"),
        say("“{before}”撤并（{why}），您的岗位和在办的事转到了“{after}”。请在页面上方选择“{after}”后办理。"),
    )
