"""What is asked at the door."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, Password, Text
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say


class SignInForm(Form):
    login_name = Text(
        label=_("登录名或手机号"), help_text=_("也可以用以前的外专账号。"), max_length=60, autocomplete="username"
    )
    password = Password(label=_("密码"), template_name="sign_in/password_field.html")


class PhoneForm(Form):
    phone = Text(
        label=_("手机号"), help_text=_("注册时核验过的手机号。"), max_length=40, autocomplete="tel", inputmode="tel"
    )


class CodeForm(Form):
    code = Text(
        label=_("验证码"),
        help_text=_("6 位数字，10 分钟内有效。"),
        max_length=12,
        autocomplete="one-time-code",
        inputmode="numeric",
        width="10",
    )


class PasswordAgainForm(Form):
    """Before sessions are ended: whoever sits down at an open browser does not shut its owner out."""

    password = Password(label=_("登录密码"))


class NewPasswordForm(Form):
    """`old`: ask for the present password too."""

    old = Password(label=_("现在的密码"))
    password = Password(label=_("新密码"), autocomplete="new-password")
    password2 = Password(label=_("再输入一次新密码"), autocomplete="new-password")

    def __init__(self, *args: Any, ask_old: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_old:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("password") and given.get("password2") and given["password"] != given["password2"]:
            self.take(no(say("与上面的密码不一样"), field="password2", code="B4"))
        return given
