"""From whom to whom, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, LongText


class LetterForm(Form):
    """What is pressed on a merge's page; of what is sent only the scan has a field, the rest are buttons."""

    letter = forms.FileField(
        label=_("盖章的申请"),
        help_text=_("照片或 PDF，不超过 20 MB。右上角的二维码要拍清楚。"),
        max_length=400,
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,application/pdf"}),
    )


class MergeForm(Form):
    """`sources`: code and name of who holds projects of the unit; `leads`: whom it has authorised. `listing`: the list that is
    to be changed, as it was seen."""

    source = Choice(label=_("原账号"), help_text=_("旧系统里本单位的账号，或者原来的项目负责人。"))
    target = Choice(label=_("新账号"), help_text=_("单位自己，或者一位本单位授权、实名过的项目负责人。"))
    reason = LongText(label=_("原因"), help_text=_("例如：原单位管理员离职，不再负责。会印在申请上。"), max_length=500)
    listing = forms.IntegerField(required=False, min_value=0, max_value=32_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], leads: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("请选择")), *sources]  # type: ignore[attr-defined]
        targets = [("", _("请选择")), ("unit", _("单位账号")), *((str(i), name) for i, name in leads.items())]
        self.fields["target"].choices = targets  # type: ignore[attr-defined]
