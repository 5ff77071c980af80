"""What the quick ways back ask (E1, E3, E4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.sign_in import forms as sign_in
from waizhuan.kernel.ui.forms import Choice, Form, Text

CodeForm = sign_in.CodeForm


class NewPasswordForm(sign_in.NewPasswordForm):
    """Without the present password: nobody here has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, ask_old=False, **kwargs)


class StartForm(Form):
    """What one still has (E1)."""

    have = Choice(
        label=_("您还有什么"),
        choices=[
            ("login_name", _("记得登录名，预留的手机或邮箱还在用")),
            ("number", _("不记得登录名，有证件，预留的手机或邮箱还在用")),
            ("unit", _("单位账号：知道单位全称和统一社会信用代码，预留的手机或邮箱还在用")),
            ("none", _("预留的手机和邮箱都不能用了，从来没有预留，或者单位改过名")),
        ],
        radio=True,
        error_messages={"required": _("请选一项，我们带您走最快的办法")},
    )


class _ChannelForm(Form):
    channel = Choice(
        label=_("验证码发到哪里"),
        choices=[("sms", _("预留的手机")), ("email", _("预留的电子邮箱"))],
        initial="sms",
        radio=True,
    )


class LoginNameForm(_ChannelForm):
    login_name = Text(label=_("登录名"), help_text=_("以前的外专账号也可以。"), max_length=60, autocomplete="username")
    field_order = ("login_name", "channel")


class NameForm(_ChannelForm):
    """Login name forgotten: a person by name and number, a unit by full name and credit code (E3)."""

    kind = Choice(label=_("找回哪种账号"), choices=[("person", _("个人账号")), ("unit", _("单位账号"))], radio=True)
    name = Text(label=_("姓名或单位全称"), help_text=_("与证件或登记证书上一致。"), max_length=200, autocomplete="off")
    number = Text(label=_("证件号码或统一社会信用代码"), max_length=60, autocomplete="off")
    field_order = ("kind", "name", "number", "channel")
