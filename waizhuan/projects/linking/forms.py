"""Looking for an old account, claiming it, handing one over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, LongText, Text


class FindForm(Form):
    login = Text(label=_("旧登录名"), help_text=_("带不带 WGZJXM_ 都可以。"), max_length=60, autocomplete="off")


class ClaimForm(Form):
    login = Text(label=_("旧登录名"), max_length=60, widget=forms.HiddenInput)
    words = LongText(
        label=_("为什么是您的"),
        help_text=_("例如：2014 到 2018 年在哪个单位，用它报过哪些项目。"),
        max_length=2000,
    )
    document = forms.FileField(
        label=_("依据"),
        help_text=_("工作证、聘书、当时的批复等，照片或 PDF，不超过 20 MB。"),
        max_length=400,
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,application/pdf"}),
    )


class HandOverForm(Form):
    """`people`: account id → name of the unit's project leads."""

    person = Choice(label=_("移交给谁"), help_text=_("只能是本单位授权、实名过的项目负责人。"))

    def __init__(self, *args: Any, people: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("请选择项目负责人")), *((str(i), n) for i, n in people.items())]  # type: ignore[attr-defined]


class UnlinkForm(Form):
    why = LongText(
        label=_("为什么撤销"),
        help_text=_("对方会看到。"),
        max_length=300,
        rows=3,
        error_messages={"required": _("请写明为什么撤销，对方会看到")},
    )
