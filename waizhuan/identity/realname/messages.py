"""What real-name verification writes to people (D1, D2)."""

from __future__ import annotations

from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def declare() -> None:
    template(
        "realname.passed",
        say("实名认证通过"),
        say("{title}：{about}通过了（{number}），不用再做什么。"),
        say("{title}：{about}已通过，不用再做什么。"),
    )
    template(
        "realname.asked",
        say("实名认证要补充材料"),
        say("{about}，请补充：{note}（{number}）。补齐后接着审，等您补充的时间不计入期限。"),
        say("{about}要补充材料：{note}。请登录后补充。"),
    )
    template(
        "realname.declined",
        say("实名认证没有通过"),
        say("{about}，理由：{note}（{number}）。更正信息或换清楚的照片后可以再办一次。"),
        say("{about}没有通过：{note}。请登录后更正，再办一次。"),
    )
    template(
        "realname.unit_changed",
        say("单位信息已变更"),
        say("{unit}变更了登记信息，从现在起生效：{changes}（{number}）。不是单位自己办的，请马上联系平台。"),
        say("{unit}变更了登记信息，从现在起生效：{changes}。不是单位自己办的，请马上联系平台。"),
    )
    template(
        "realname.unit_lost",
        say("单位名称或代码已归到另一个账号"),
        say(
            "两名审核员核对材料后认定，您账号上的单位名称或代码属于另一个单位（{number}）。如果不对，请更正信息后重新实名认证，或提出申诉。"
        ),
        say("您账号上的单位名称或代码经核实属于另一个单位。如果不对，请登录后重新实名认证或提出申诉。"),
    )
    template(
        "realname.number_lost",
        say("您的证件号码已归到另一个账号"),
        say(
            "两名审核员核对证件后认定，您账号上的证件号码属于另一个人（{number}）。如果不对，请更正信息后重新实名认证，或提出申诉。"
        ),
        say("您账号上的证件号码经核实属于另一个人。如果不对，请登录后重新实名认证或提出申诉。"),
    )
