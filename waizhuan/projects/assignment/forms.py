"""The choice of a lead for the projects that were ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form


class AssignForm(Form):
    """`leads`: account id → name of the unit's project leads."""

    project = forms.Field(
        label=_("项目"), required=False
    )  # the ticks, which the page draws: here for what is wrong with them
    lead = Choice(label=_("交给谁"))

    def __init__(self, *args: Any, leads: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [("", _("请选择项目负责人")), *((str(i), n) for i, n in leads.items())]  # type: ignore[attr-defined]
