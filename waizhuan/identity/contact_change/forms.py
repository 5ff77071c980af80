"""The new phone or e-mail address, with the password."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, Password, Text
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.phones import read_phone


class PhoneForm(Form):
    phone = Text(
        label=_("新的手机号"),
        help_text=_("境外号码请带国家代码，例如 +46 70 123 45 67。"),
        max_length=40,
        autocomplete="tel",
        inputmode="tel",
    )
    password = Password(label=_("登录密码"))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("phone"):
            phone = read_phone(given["phone"], mobile=True)
            self.take(no(phone.verdict.reason, field="phone", code="D8") if not phone.verdict.ok else phone.verdict)
            given["to"] = phone.e164
        return given


class EmailForm(Form):
    email = Text(label=_("新的电子邮箱"), max_length=120, autocomplete="email", inputmode="email")
    password = Password(label=_("登录密码"))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        address = given.get("email", "")
        name, _at, host = address.rpartition("@")
        if address and (not name or "." not in host.strip(".") or " " in address):
            self.take(no(say("电子邮箱的格式不对，例如 name@example.com"), field="email"))
        given["to"] = address
        return given
