"""The form of a request: the profile's own fields, each with what changing it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, LongText, Text
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.entry.forms import ProfileForm
from waizhuan.projects.unit_changes import rules


class ChangeForm(ProfileForm):
    """`only`: the fields that may still be changed (after having been asked for more)."""

    why = LongText(
        label=_("为什么要改"),
        help_text=_("改动要审核的，请写明理由；填了就生效的不用写。"),
        max_length=500,
        rows=3,
        required=False,
    )
    why.needed = True  # type: ignore[attr-defined]

    #: what is wrong with the evidence
    file_problems: Sequence[Verdict] = ()
    places = {"file": "file"}

    def __init__(self, *args: Any, only: set[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, line in rules.FIELDS.items():
            if name not in self.fields:
                continue
            if only is not None and name not in only:
                del self.fields[name]
            else:
                self.fields[name].help_text = str(rules.WAYS[line.way])

    def wanted(self) -> dict[str, str]:
        """Field → value as it was typed, in the stored form."""
        return {n: str(v or "") for n, v in self.cleaned_data.items() if n in rules.FIELDS}


class DecisionForm(Form):
    transition = Text(label=_("决定"), max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    note = LongText(
        label=_("意见"),
        max_length=2000,
        required=False,
    )


class PurposeForm(Form):
    purpose = Text(
        label=_("用途"),
        help_text=_("查看全号会留下记录。"),
        max_length=100,
        error_messages={"required": _("请写明为什么要看完整的联系方式")},
    )
