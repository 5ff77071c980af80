"""The filter of the audit log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Day, Form, Text


class FilterForm(Form):
    account = forms.IntegerField(label=_("账号编号"), required=False, min_value=1, max_value=2**62)
    verb = Text(label=_("动作"), max_length=80, required=False)
    subject = Text(label=_("对象"), max_length=120, required=False)
    day = Day(label=_("日期"), required=False)
