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
        "operators.verification_withdrawn",
        say("您的实名认证已撤回"),
        say("复核发现上次的实名认证有误，已经撤回。账号和里面的内容都还在，请重新认证。"),
        say("您的实名认证经复核有误，已撤回。账号内容都还在，请登录后重新认证。"),
    )
    template(
        "operators.sessions_ended",
        say("您的登录会话已结束"),
        say("平台的安全管理员结束了您账号的全部登录会话。可以重新登录；怀疑有人冒用的，请先改密码。"),
        say("您账号的全部登录会话已被平台结束，可以重新登录。怀疑有人冒用的，请改密码。"),
    )
