"""What the security officer's acts write to the holder of the account."""

from __future__ import annotations

from waizhuan.kernel.words import say
from waizhuan.shared.notify.api import template


def declare() -> None:
    template(
        "operators.locked",
        say("您的账号已锁定"),
        say("平台的安全管理员锁定了您的账号，暂时不能登录。要恢复请申诉：{address}"),
        say("您的账号已被平台锁定，暂时不能登录。要恢复请申诉：{address}"),
    )
    template(
        "operators.unlocked",
        say("您的账号已解锁"),
        say("平台的安全管理员解锁了您的账号，现在可以登录。"),
        say("您的账号已解锁，现在可以登录。"),
    )
    template(
        "operators.person_withdrawn",
        say("您的实名认证已撤回"),
        say(
            "理由：{reason}。重新通过以前，不能接受新的授权，也不能进入要求实名的服务；已有的授权和办过的事都还在。请打开这条消息重新认证；认为撤回不对的，认证时上传证件，由人工再核对一次。"
        ),
        say("您的实名认证经复核已撤回：{reason}。请重新认证；认为不对的，认证时上传证件请人工核对：{address}"),
    )
    template(
        "operators.agent_withdrawn",
        say("主代办人的实名认证已撤回"),
        say(
            "理由：{reason}。重新通过以前，单位账号不能进入要求实名的服务；单位里的人不受影响。请用单位账号打开这条消息重新认证；认为撤回不对的，认证时上传证件，由人工再核对一次。"
        ),
        say("主代办人的实名认证经复核已撤回：{reason}。请用单位账号重新认证：{address}"),
    )
    template(
        "operators.unit_withdrawn",
        say("单位的实名认证已撤回"),
        say(
            "理由：{reason}。重新通过以前，单位不能给人授权，单位的人不能进入要求单位实名的服务；已有的授权和已经开始办的事都还在，可以接着办。请用单位账号打开这条消息重新认证；认为撤回不对的，认证时上传材料，由人工再核对一次。"
        ),
        say("单位的实名认证经复核已撤回：{reason}。请用单位账号重新认证：{address}"),
    )
    template(
        "operators.sessions_ended",
        say("您的登录会话已结束"),
        say("平台的安全管理员结束了您账号的全部登录会话。可以重新登录；怀疑有人冒用的，请先改密码。"),
        say("您账号的全部登录会话已被平台结束，可以重新登录。怀疑有人冒用的，请改密码。"),
    )
    template(
        "operators.withdrawal_declined",
        say("认证没有撤回：{title}"),
        say("您提出撤回{title}的实名认证（{number}），{by}复核没有通过，理由在办理经过里。"),
    )
