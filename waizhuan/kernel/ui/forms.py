"""Forms as the look draws them: label, hint, error, control, tied together for whoever cannot see them.

Subclass `Form`, use the fields below, write `{{ form.name.as_field_group }}` in the template. `form.take(*verdicts)` puts
what a rule answered beside its field. Nothing that can be typed makes a 500.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property

from waizhuan.kernel import refusals
from waizhuan.kernel.ui.fields import (
    Choice,
    Day,
    LongText,
    Money,
    MultipleChoice,
    Password,
    Text,
    Tick,
    Whole,
)
from waizhuan.kernel.ui.problems import Objection, Problem, problems_beside
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words, say

__all__ = [
    "Choice",
    "Day",
    "Form",
    "LongText",
    "Money",
    "MultipleChoice",
    "Password",
    "Renderer",
    "Text",
    "Tick",
    "Whole",
]

#: What a page's own controls cannot send.
FORGED = ("invalid_choice", "invalid_list")
CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class BoundField(forms.BoundField):
    """A field on a page: what its template needs beyond Django's own."""

    @property
    def aria_describedby(self) -> str | None:
        """Hint, error, unit and counter, in the order in which they are read."""
        if self.is_hidden or not self.auto_id:
            return None
        parts = [
            ("_helptext", bool(self.help_text)),
            ("_error", bool(self.errors)),
            ("_unit", bool(self.unit)),
            ("_left", bool(self.limit)),
        ]
        return " ".join(f"{self.auto_id}{end}" for end, there in parts if there) or None

    @property
    def problems(self) -> list[Problem]:
        return problems_beside(self)

    @property
    def unit(self) -> Words | str:
        """What stands behind the control: 元."""
        unit: Words | str = getattr(self.field, "unit", "")
        return unit

    @property
    def limit(self) -> int:
        """How many characters a long text may have, where that is counted down."""
        return self.field.max_length or 0 if isinstance(self.field, LongText) else 0

    @cached_property
    def left(self) -> int:
        """How many characters may still be written."""
        return self.limit - len(str(self.value() or ""))

    @property
    def kind(self) -> str:
        """How the control is drawn: tick · group · password · plain."""
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "tick"
        if self.use_fieldset:
            return "group"
        return "password" if isinstance(self.field.widget, forms.PasswordInput) else "plain"

    @property
    def optional(self) -> bool:
        """May it stay empty? A field of a draft may for now (`needed`), which is no reason to call it optional."""
        needed = self.field.required or getattr(self.field, "needed", False)
        return not needed and self.kind != "tick" and not self.field.disabled


class Renderer(TemplatesSetting):
    """Draws forms with the templates of this app."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = BoundField


class Form(forms.Form):
    """A form whose every error stands beside its field, and all at once."""

    use_required_attribute = False  # the browser's own bubbles come one at a time, and in its own language

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    def take(self, *verdicts: Verdict) -> bool:
        """Put refusals beside their fields (above the form where there is no such field). True: there were none."""
        refused = [v for v in verdicts if not v.ok]
        for verdict in refused:
            field = verdict.field if verdict.field in self.fields else None
            self.errors  # noqa: B018  (a form that was not asked yet has nowhere to put them)
            self.add_error(field, Objection(verdict))
        return not refused

    def full_clean(self) -> None:
        super().full_clean()
        if any(e.code in FORGED for errors in self.errors.as_data().values() for e in errors):
            refusals.notice(refusals.CHOICE)

    def clean_text(self, name: str) -> str:
        """The cleaned text of a field, "" where it is missing or wrong."""
        return str(self.cleaned_data.get(name) or "")


def dress(field: forms.Field) -> None:
    """Give a field's control its class, and the field sentences that name it."""
    widget = field.widget
    css = (
        "wz-check"
        if isinstance(widget, CHECKS)
        else "form-select"
        if isinstance(widget, forms.Select)
        else "form-control"
    )
    present = str(widget.attrs.get("class", ""))
    if css not in present.split():
        widget.attrs["class"] = f"{css} {present}".strip()
    widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted without a word
    if field.label:
        if isinstance(field, forms.FileField):
            sentence = say("请上传“{label}”", label=field.label)
        elif isinstance(widget, forms.CheckboxInput):
            sentence = say("请确认：{label}", label=field.label)
        elif isinstance(field, forms.ChoiceField):
            sentence = say("请选择“{label}”", label=field.label)
        else:
            sentence = say("请填写“{label}”", label=field.label)
        if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = str(sentence)
