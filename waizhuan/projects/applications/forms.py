"""Beginning an application."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Choice, Form, Text
from waizhuan.projects.calls.api import Call


class NewForm(Form):
    """`calls`: those that are open; `leads`: account id → name. The token makes pressing twice one application."""

    token = Text(widget=forms.HiddenInput, max_length=32)
    call = Choice(label=_("申报哪一类"))
    title = Text(label=_("项目名称"), help_text=_("写明做什么，不要写单位名称。以后还能改。"), max_length=100)
    lead = Choice(label=_("交给哪位项目负责人填写"), help_text=_("可以先不选，以后再分配。"), required=False)

    def __init__(self, *args: Any, calls: list[Call], leads: dict[int, str], **kwargs: Any) -> None:
        kwargs["initial"] = {"token": secrets.token_hex(16), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["call"].choices = [(str(c.pk), f"{c.year} {c.label}") for c in calls]  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", _("先不选")), *((str(i), n) for i, n in leads.items())]  # type: ignore[attr-defined]
