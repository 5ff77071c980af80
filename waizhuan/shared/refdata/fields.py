"""A country, chosen from a list that can be searched (D7)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from waizhuan.kernel.ui.fields import Text, refuse
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.countries import countries, country_name, is_country, resolve


@cache
def _suggestions(language: str) -> SafeString:
    """The 249 names of one language as the browser's suggestions: made once, not for each field of each page."""
    return format_html_join("", '<option value="{}"></option>', ((str(name),) for _, name in countries()))


class CountryInput(forms.TextInput):
    """A text box with the browser's own list of suggestions: one types a part of the name, with or without scripts."""

    template_name = "refdata/country_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = list_id
        if name.endswith("doc_country"):  # beside a kind of document: only a passport's is asked for
            context["widget"]["attrs"]["data-only-for"] = f"{name.removesuffix('country')}type=passport"
        return context | {"list_id": list_id, "suggestions": _suggestions(get_language() or "zh")}


class Country(Text):
    """A country by its name in Chinese or English or by its ISO code; gives the alpha-3 code, "" for nothing."""

    widget = CountryInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        super().__init__(autocomplete="off", width="20", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(country_name(value)) if isinstance(value, str) and is_country(value) else value

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        code = resolve(typed)
        if not code:
            raise refuse(say("没有找到这个国家或地区，请输入名称的一部分，再从列表里选，例如 爱尔兰"), "D7")
        return code
