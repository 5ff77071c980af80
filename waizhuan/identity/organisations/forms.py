"""The new main agent of a unit (主代办人, G3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.registration.forms import AgentForm, doc_types
from waizhuan.kernel.ui.forms import Choice, Form, Password, Text
from waizhuan.kernel.verdict import no
from waizhuan.shared.refdata.phones import read_phone


class NewAgentForm(AgentForm):
    """The page names the agent of now, too: each question says that it asks about the new one."""

    agent_name = Text(
        label=_("新的主代办人姓名"), help_text=_("单位里谁都可以，不必是领导。"), max_length=100, autocomplete="off"
    )
    agent_doc_type = Choice(label=_("新的主代办人证件类型"), choices=doc_types)
    agent_doc_number = Text(label=_("新的主代办人证件号码"), max_length=40, autocomplete="off")
    phone = Text(
        label=_("新的主代办人手机号"),
        help_text=_("境外号码请带国家代码，例如 +46 70 123 45 67。"),
        max_length=40,
        autocomplete="off",
        inputmode="tel",
    )
    password = Password(label=_("单位账号的密码"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("phone"):
            phone = read_phone(given["phone"], mobile=True)
            self.take(no(phone.verdict.reason, field="phone", code="D8") if not phone.verdict.ok else phone.verdict)
            given["phone"] = phone.e164
        return given


class TwoCodesForm(Form):
    """Both confirm: whoever hands over and whoever takes over."""

    old = Text(label=_("发到原来手机的验证码"), max_length=12, autocomplete="off", inputmode="numeric", width="10")
    new = Text(label=_("发到新手机的验证码"), max_length=12, autocomplete="off", inputmode="numeric", width="10")


class CodesByEmailForm(TwoCodesForm):
    """Likewise, where the account has no phone."""

    old = Text(label=_("发到原来邮箱的验证码"), max_length=12, autocomplete="off", inputmode="numeric", width="10")
