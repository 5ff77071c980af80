"""What the pages of the second factor ask."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, Password, Text


class AppCodeForm(Form):
    """The six digits of the authenticator app."""

    code = Text(
        label=_("验证器上的 6 位数字"),
        max_length=12,
        autocomplete="one-time-code",
        inputmode="numeric",
        width="10",
    )


class RecoveryCodeForm(Form):
    code = Text(label=_("恢复码"), help_text=_("形如 7KQ2M-X8PRT，每个只能用一次。"), max_length=40, width="20")


class PasswordForm(Form):
    """Asked again before a factor is added or taken away."""

    password = Password(label=_("登录密码"))


class PasskeyForm(Form):
    """Filled in by the browser's own dialogue."""

    passkey = Text(label=_("通行密钥"), max_length=20000, required=False, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    """One that is added, with its name."""

    name = Text(label=_("给它起个名字"), help_text=_("例如：办公室电脑、我的手机。"), max_length=60, required=False)
