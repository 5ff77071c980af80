"""What the unit types, and what the ministry decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, LongText, Text
from waizhuan.kernel.verdict import Verdict


class ClaimForm(Form):
    old_name = Text(
        label=_("旧系统里的单位名称"),
        help_text=_("当时在旧系统里登记的全称。"),
        max_length=200,
        error_messages={"required": _("请填写旧系统里的单位名称")},
    )
    old_code = Text(
        label=_("旧系统里的单位代码"),
        help_text=_("不知道可以不填。"),
        max_length=40,
        required=False,
        autocomplete="off",
    )
    why = LongText(
        label=_("为什么是本单位"),
        help_text=_("例如：2016 年由原来的两个所合并，批文名称和文号是什么。"),
        max_length=1000,
        rows=4,
        error_messages={"required": _("请写明为什么是本单位")},
    )

    #: what is wrong with the evidence
    file_problems: Sequence[Verdict] = ()
    places = {"file": "file"}

    def __init__(self, *args: Any, asked: bool = False, **kwargs: Any) -> None:
        """`asked`: for more evidence; which old unit it is about stays."""
        super().__init__(*args, **kwargs)
        if asked:
            del self.fields["old_name"], self.fields["old_code"]


class DecisionForm(Form):
    transition = Text(label=_("决定"), max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    old = forms.IntegerField(
        label=_("是哪个旧单位"), required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput
    )
    note = LongText(
        label=_("意见"),
        max_length=2000,
        required=False,
    )

    places = {"old": "olds"}
