from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, Text


class HandOverForm(Form):
    """`holders`: account id → name of whoever holds the post now; nobody: the field is not there."""

    leaver = Choice(label=_("原管理员"))
    name = Text(label=_("接任人姓名"), help_text=_("与证件上一致。"), max_length=100, autocomplete="off")
    sought = Text(
        label=_("接任人证件号码"),
        help_text=_("对方要有自己的个人账号，并通过实名认证。"),
        max_length=40,
        autocomplete="off",
    )
    effective_on = Day(label=_("生效日期"), help_text=_("从这一天零点起；选今天，确认以后马上生效。"))
    why = LongText(label=_("原因"), max_length=300, rows=2, required=False)

    def __init__(self, *args: Any, holders: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(holders) == 1:
            self.initial.setdefault("leaver", str(*holders))
        if holders:
            self.fields["leaver"].choices = [(str(i), n) for i, n in holders.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["leaver"]


class DecisionForm(Form):
    transition = Text(label=_("决定"), max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    note = LongText(
        label=_("给对方的话"),
        help_text=_("请对方补充或不通过时要写明理由；确认时可以不写。"),
        max_length=2000,
        required=False,
    )
