"""The forms of authorising."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waizhuan.identity.delegation import rules
from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, MultipleChoice, Text
from waizhuan.kernel.verdict import no
from waizhuan.shared.refdata.fields import Country
from waizhuan.shared.refdata.phones import read_phone


class GrantForm(Form):
    name = Text(label=_("姓名"), help_text=_("与对方证件上一致。"), max_length=100, autocomplete="off")
    sought = Text(
        label=_("证件号码、登录名或手机号"),
        help_text=_("手机号要是对方账号里核验过的。"),
        max_length=60,
        autocomplete="off",
    )
    roles = MultipleChoice(label=_("授予的角色"))
    until = Day(label=_("到哪天为止"), help_text=_("不填就一直有效，随时可以收回。"), required=False)
    note = Text(label=_("备注"), max_length=200, required=False)
    phone = Text(
        label=_("对方的手机号"),
        help_text=_("只在对方还没有账号、要发短信邀请时填。"),
        max_length=40,
        inputmode="tel",
        autocomplete="off",
        required=False,
    )
    doc_country = Country(label=_("签发对方护照的国家或地区"), help_text=_("对方用护照注册时才填。"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [_explained(r) for r in rules.givable(actor)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self.take(rules.period(given.get("until"), clock.today()))
        if given.get("phone"):
            phone = read_phone(given["phone"], mobile=True)
            self.take(phone.verdict if phone.verdict.ok else no(phone.verdict.reason, field="phone", code="D8"))
            given["phone"] = phone.e164
        return given


class ChangeForm(Form):
    """Which roles from now on, until when (C3)."""

    roles = MultipleChoice(label=_("角色"), required=False, help_text=_("去掉勾选就是收回，马上生效。"))
    until = Day(label=_("到哪天为止"), help_text=_("不填就一直有效，随时可以收回。"), required=False)
    note = Text(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [_explained(r) for r in rules.givable(actor)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        self.take(rules.period(self.cleaned_data.get("until"), clock.today()))
        return self.cleaned_data


class AskForm(Form):
    unit = Text(
        label=_("单位全称或统一社会信用代码"),
        help_text=_("与登记证书上一致。境外和港澳台单位填全称或当地的登记号码。"),
        max_length=200,
        autocomplete="organization",
    )
    role = Choice(label=_("想要的角色"), radio=True)
    words = LongText(label=_("对单位管理员说的话"), max_length=300, rows=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = sorted(roles.held_by("unit"), key=lambda r: r.gives)
        field: Any = self.fields["role"]
        field.choices = [_explained(r) for r in held]
        field.initial = held[0].code


class DecisionForm(Form):
    transition = Text(max_length=40)
    note = LongText(label=_("理由"), max_length=300, rows=2, required=False)


def _explained(role: roles.Role) -> tuple[str, str]:
    return role.code, f"{role.label}{marks.COLON}{role.explanation}"
