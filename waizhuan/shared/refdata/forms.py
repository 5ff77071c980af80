"""Input of the calendar page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form

MOST_BYTES = 200_000


class CalendarForm(Form):
    file = forms.FileField(
        label=_("日历文件（CSV）"),
        help_text=_("三列：日期、放假或上班、名称。写明不上班的工作日和要上班的周末，一年的放在一起。"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件太大，一年的安排不会超过 200 KB"))
        data: bytes = file.read()
        return data
