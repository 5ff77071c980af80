"""The fields of our forms. Each takes what people type as they type it, and says plainly what it cannot take."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.ui import numbers
from waizhuan.kernel.ui.text import half_width, has_controls, plain
from waizhuan.kernel.words import Words, say, say_n

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_AT_MOST = 10**13  # fen, and any whole number: far from where databases overflow


def refuse(words: Words, code: str = "invalid") -> ValidationError:
    return ValidationError(str(words), code=code)


class Text(forms.CharField):
    """One line of text. Outer blanks go, characters are brought to one form, control characters are refused.

    `width`: "10" or "20" for a narrow control (rem).
    """

    lines = False

    def __init__(
        self, *, max_length: int = 200, autocomplete: str = "", inputmode: str = "", width: str = "", **kwargs: Any
    ) -> None:
        super().__init__(max_length=max_length, **kwargs)
        # the length is judged below, in words of our own; the attribute would cut off what is pasted
        self.validators = []
        given = {"autocomplete": autocomplete, "inputmode": inputmode, "class": f"wz-w-{width}" if width else ""}
        self.widget.attrs.update({k: v for k, v in given.items() if v})

    def to_python(self, value: Any) -> Any:
        text = plain(str(value)) if value not in self.empty_values else self.empty_value
        return (text or "").strip() if self.strip else text

    def validate(self, value: Any) -> None:
        super().validate(value)
        if has_controls(value, lines=self.lines):
            raise refuse(say("里面有看不见的控制字符，请删掉后重新输入"))
        if self.max_length is not None and len(value) > self.max_length:
            raise refuse(
                say("最多 {most} 个字，现在有 {now} 个，请删短一些", most=self.max_length, now=len(value)), "max_length"
            )
        if value and self.min_length is not None and len(value) < self.min_length:
            raise refuse(say_n("至少 {n} 个字", self.min_length), "min_length")


class LongText(Text):
    """Several lines, with a count of what may still be written."""

    lines = True
    widget = forms.Textarea

    def __init__(self, *, max_length: int = 2000, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.update({"rows": rows, "cols": False, "data-counter": str(max_length)})


class Password(Text):
    """A password, exactly as typed."""

    widget = forms.PasswordInput

    def __init__(self, *, max_length: int = 128, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "current-password")
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        return "" if value in self.empty_values else str(value)


def _with_blank(choices: Any) -> list[tuple[Any, Any]]:
    listed = list(choices)
    return listed if any(key == "" for key, _label in listed) else [("", say("请选择")), *listed]


class Choice(forms.ChoiceField):
    """One of several: a drop-down, or with `radio=True` all of them side by side.

    A drop-down begins with “请选择” unless the choices bring an empty one.
    """

    default_error_messages = {"invalid_choice": _("请从列表里选一项")}

    def __init__(self, *, choices: Any = (), radio: bool = False, autocomplete: str = "", **kwargs: Any) -> None:
        if radio:
            kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(choices=choices, **kwargs)
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    @property
    def choices(self) -> Any:
        return super().choices

    @choices.setter
    def choices(self, value: Any) -> None:
        if type(self.widget) is forms.Select:
            given = value
            value = (lambda: _with_blank(given())) if callable(given) else _with_blank(given)
        forms.ChoiceField.choices.fset(self, value)  # type: ignore[union-attr]


class MultipleChoice(forms.MultipleChoiceField):
    """Any of several, each with its own box."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("请从列表里选"), "invalid_list": _("请从列表里选")}


class Tick(forms.BooleanField):
    """A box to tick, its label beside it. Required: it must be ticked."""


class Day(forms.DateField):
    """A date, from the browser's calendar or as people write it: 2026-3-9, 2026/3/9, 2026.3.9, 2026年3月9日, 20260309."""

    _WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)
        self.widget.attrs["class"] = "wz-w-20"
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        found = self._WRITTEN.fullmatch(half_width(plain(str(value))).strip())
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(part) for part in found.groups() if part)
            date = dt.date(year, month, day)
        except ValueError:
            raise refuse(say("没有这一天，请写成 2026-03-09 这样")) from None
        if not 1900 <= date.year <= 2199:
            raise refuse(say("年份要在 1900 到 2199 之间"))
        return date


def _read_number(value: Any) -> Decimal:
    """A number as people type it: full-width figures, thousands separators, spaces, a currency mark."""
    text = half_width(plain(str(value)))
    text = re.sub(r"[\s,_¥$]|元$|RMB|CNY", "", text.strip(), flags=re.IGNORECASE)
    if len(text) > 30 or not _NUMBER.fullmatch(text):
        raise InvalidOperation
    return Decimal(text)


class Whole(forms.Field):
    """A whole number between `low` and `high`. `unit` stands behind the control."""

    def __init__(self, *, low: int = 0, high: int = _AT_MOST, unit: Words | str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.unit = low, high, unit
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "wz-w-20"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            number = _read_number(value)
        except InvalidOperation:
            raise refuse(say("请填数字")) from None
        if number != number.to_integral_value():
            raise refuse(say("请填整数"))
        return int(number)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.low <= value <= self.high:
            raise refuse(say("要在 {low} 到 {high} 之间", low=f"{self.low:,}", high=f"{self.high:,}"))


class Money(forms.Field):
    """An amount of yuan, kept in fen. Between `low` and `high` (fen)."""

    unit = say("元")

    def __init__(self, *, low: int = 0, high: int = _AT_MOST, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "text-end"})

    def prepare_value(self, value: Any) -> Any:
        return numbers.money(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            fen = _read_number(value) * 100
        except InvalidOperation:
            raise refuse(say("请填金额，例如 15,000 或 15,000.50")) from None
        if fen != fen.to_integral_value():
            raise refuse(say("金额最多到分，也就是两位小数"))
        return int(fen)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.low <= value <= self.high:
            low, high = numbers.money(self.low), numbers.money(self.high)
            raise refuse(say("要在 {low} 到 {high} 元之间", low=low, high=high))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
