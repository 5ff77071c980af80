"""Proving the other account, and naming two accounts at the desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, LongText, Password, Text


class OtherForm(Form):
    login_name = Text(
        label=_("另一个账号的登录名"),
        max_length=60,
        autocomplete="off",
        error_messages={"required": _("请填另一个账号的登录名")},
    )


def _second() -> Text:
    return Text(
        label=_("另一个账号的两步验证码或恢复码"),
        help_text=_("那个账号开了两步验证的才要填。"),
        max_length=40,
        required=False,
        autocomplete="one-time-code",
    )


class PasswordForm(OtherForm):
    password = Password(
        label=_("另一个账号的密码"),
        autocomplete="off",
        error_messages={"required": _("请填另一个账号的密码，或者改用验证码")},
    )
    second = _second()


class CodeForm(Form):
    code = Text(
        label=_("短信验证码"),
        max_length=12,
        autocomplete="one-time-code",
        inputmode="numeric",
        error_messages={"required": _("请填收到的验证码")},
    )
    second = _second()


class DeskForm(Form):
    kept = Text(label=_("保留哪个账号（登录名）"), max_length=60, autocomplete="off")
    closed = Text(label=_("并入哪个账号（登录名）"), max_length=60, autocomplete="off")
    reason = LongText(
        label=_("怎样知道是同一个人"),
        max_length=500,
        rows=3,
        error_messages={"required": _("请写明怎样知道是同一个人")},
    )


class DecisionForm(Form):
    transition = Text(max_length=20)
    note = LongText(label=_("理由"), max_length=500, rows=3, required=False)
