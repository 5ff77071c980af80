"""A decision: which one, on what version, with which words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui.forms import Form, LongText, Text


class DecisionForm(Form):
    """`rank` is asked only where a department recommends; the process says what is missing."""

    transition = Text(label=_("决定"), max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    rank = Text(
        label=_("推荐名次"), help_text=_("在本归口单位这一类的推荐里排第几，1 最靠前。"), max_length=6, required=False
    )
    note = LongText(
        label=_("意见"),
        max_length=2000,
        required=False,
    )

    def for_recommendation(self, rank: int) -> None:
        """The department's form: both are needed, and `rank` is proposed."""
        if not self.is_bound:
            self.initial["rank"] = str(rank)
        self["note"].label = str(_("推荐意见"))  # as it is shown: checking what was sent has made it already
        for name in ("rank", "note"):
            self.fields[name].needed = True  # type: ignore[attr-defined]
