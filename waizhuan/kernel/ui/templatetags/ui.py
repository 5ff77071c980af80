"""Tags that every template has without loading: icons, badges, dates, deadlines, amounts, error summaries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, PasswordInput
from django.forms.formsets import BaseFormSet
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import dates, marks, numbers
from waizhuan.kernel.ui.problems import article_of, code_here, code_of, problems_of
from waizhuan.kernel.verdict import Remedy, Verdict
from waizhuan.kernel.words import Words, say, say_n

register = template.Library()

#: tone of a state → its shape (look.md, Badges)
SHAPES = {"none": "none", "wait": "half", "turn": "turn", "ok": "ok", "warn": "warn", "bad": "bad"}
#: tone of a transition → shape and colour of its line under "接下来会怎样"
OUTCOMES = {"primary": "ok", "secondary": "warn", "bad": "bad"}


_NO_LIMIT = say("不限")

# ---------------------------------------------------------------- icons and badges


@lru_cache(maxsize=1)
def sprite() -> str:
    return static("ui/icons.svg")


@register.simple_tag
def icon(name: str, label: object = "") -> SafeString:
    """An icon of the sprite. Beside words it is hidden from screen readers; one that stands alone has a label."""
    if label:
        return format_html(
            '<svg class="wz-i" role="img" aria-label="{}"><use href="{}#i-{}"/></svg>', str(label), sprite(), name
        )
    return _plain_icon(name)


@lru_cache(maxsize=200)  # a page has a hundred
def _plain_icon(name: str) -> SafeString:
    return format_html('<svg class="wz-i" aria-hidden="true"><use href="{}#i-{}"/></svg>', sprite(), name)


@register.simple_tag
def badge(tone: str, label: object) -> SafeString:
    """A state: shape, word, colour. Tones: none wait turn ok warn bad."""
    return _badge(tone, str(label))


@lru_cache(maxsize=1000, typed=True)  # a plain text is not the markup that reads alike
def _badge(tone: str, label: str) -> SafeString:
    return format_html(
        '<span class="wz-status wz-status--{}">{}<span>{}</span></span>', tone, icon(SHAPES[tone]), label
    )


@register.filter
def outcome_shape(tone: str) -> str:
    return OUTCOMES.get(tone, "ok")


# ---------------------------------------------------------------- dates, amounts


@register.simple_tag
def due(when: dt.datetime | None, provisional: bool = False, calm: bool = False) -> SafeString:
    """How long until `when`. `calm`: in the holder's panel, where what is not urgent is drawn as "now"."""
    if when is None:
        return SafeString("")
    left = dates.time_left(when, provisional)
    return _due(left.tone, "now" if calm else "", str(left.words))


@lru_cache(maxsize=1000)
def _due(tone: str, otherwise: str, words: str) -> SafeString:
    shade = tone or otherwise
    return format_html(
        '<span class="wz-due{}">{}<span>{}</span></span>',
        f" wz-due--{shade}" if shade else "",
        icon({"soon": "warn", "over": "bad"}.get(tone, "clock")),
        words,
    )


def _time(when: dates.Moment, text: str, css: str = "") -> SafeString:
    attr = f' class="{css}"' if css else ""
    return mark_safe(f'<time{attr} datetime="{dates.machine(when)}">{conditional_escape(text)}</time>')


@register.simple_tag
def day(when: dates.Moment | None) -> SafeString:
    """3月9日 周一, as it leads a row."""
    if when is None:
        return SafeString("")
    date = dates.date_of(when)
    return _day(date, dates.day(date), dates.weekday(date))


@lru_cache(maxsize=2000)  # a list says the same few days again and again
def _day(date: dt.date, said: str, weekday: str) -> SafeString:
    return _time(date, format_html("{} <small>{}</small>", said, weekday), "wz-date")


@register.simple_tag
def deadline(when: dt.datetime | None, provisional: bool = False) -> SafeString:
    """The day and how long until then; 不限 where nothing was promised. Leads the rows of a list of work."""
    if when is None:
        return _no_deadline(str(_NO_LIMIT))
    return mark_safe(day(when) + due(when, provisional))


@lru_cache(maxsize=10)
def _no_deadline(words: str) -> SafeString:
    return format_html('<span class="wz-muted">{}</span>', words)


@register.simple_tag
def shortday(when: dates.Moment | None) -> SafeString:
    """3月9日, within a sentence or where there is little room."""
    if when is None:
        return SafeString("")
    date = dates.date_of(when)
    return _short_day(date, dates.short_day(date))


@lru_cache(maxsize=2000)
def _short_day(date: dt.date, said: str) -> SafeString:
    return _time(date, said)


@register.simple_tag
def rulerday(day: dt.date) -> SafeString:
    """3月9日 below its segment of the day ruler: where there is no room, the line breaks after the month."""
    return _time(day, mark_safe(dates.short_day(day).replace("月", "月<wbr>")))


@register.simple_tag
def fullday(when: dates.Moment | None) -> SafeString:
    """2026年3月9日"""
    return _time(dates.date_of(when), dates.full_day(when)) if when else SafeString("")


@register.simple_tag
def moment(when: dt.datetime | None) -> SafeString:
    """3月9日 10:24"""
    return _time(when, f"{dates.day(when)} {dates.time(when)}") if when else SafeString("")


@register.simple_tag
def longmoment(when: dt.datetime | None) -> SafeString:
    """3月9日（周一）10:24"""
    return _time(when, dates.long_moment(when)) if when else SafeString("")


@register.simple_tag
def dayofweek(when: dates.Moment) -> SafeString:
    """2026年3月9日，周一"""
    return _time(dates.date_of(when), f"{dates.full_day(when)}{marks.COMMA}{dates.weekday(when)}")


@register.simple_tag
def mark(sign: str) -> str:
    """A mark between two pieces of text, as the reader's language writes it."""
    return str(marks.MARKS[sign])


@register.filter
def weekday(when: dates.Moment) -> str:
    return dates.weekday(when)


@register.filter(is_safe=True)
def unbroken(text: object) -> str:
    """A sentence whose numbers in groups, such as 138 1234 2047, do not break at a line's end."""
    return re.sub(r"(?<=\d) (?=\d)", "\N{NO-BREAK SPACE}", str(text))


@register.filter
def whole_numbers(text: str) -> SafeString:
    """What was written to somebody, where the numbers of cases, such as SB-2026-000123, do not break at their hyphens."""
    return mark_safe(re.sub(r"[A-Z]{2}-\d{4}-\d{6}", r'<span class="wz-num">\g<0></span>', conditional_escape(text)))


@register.simple_tag
def money(amount: int | Decimal | None) -> SafeString:
    """15,000 or 15,000.50: whole numbers are fen, Decimals are yuan. Without the unit."""
    return (
        format_html('<span class="wz-num">{}</span>', numbers.money(amount)) if amount is not None else SafeString("")
    )


@register.simple_tag
def mask(value: object) -> SafeString:
    return format_html('<span class="wz-num">{}</span>', numbers.mask(str(value or "")))


# ---------------------------------------------------------------- people and ways


@register.filter
def role_labels(actor: Actor) -> Words | str:
    """The actor's roles in words. A unit's own account holds all of them and needs none."""
    if actor.kind == "legal":
        return ""
    return marks.listed(roles.role(code).label for code in sorted(actor.roles))


@register.filter
def way(remedy: Remedy | None) -> str:
    """The address of a remedy; "" where its screen is not there."""
    if remedy is None:
        return ""
    try:
        return reverse(remedy.screen, args=[str(a) for a in remedy.args])
    except NoReverseMatch:
        return ""


@register.filter
def help_address(code: str) -> str:
    """The help article of a reason's code ("B1")."""
    return article_of(code)


@register.filter
def help_code(verdict: Verdict) -> str:
    """The code that is shown beside a refusal and opens its article."""
    return code_of(verdict)


# ---------------------------------------------------------------- the day ruler


@register.filter
def ruler_title(days: Sequence[Any]) -> str:
    """期限共 5 个工作日，今天是第 3 个"""
    worked = [d for d in days if d.kind != "off"]
    today = clock.today()
    number = next((i for i, d in enumerate(worked, 1) if d.day == today), 0)
    total = say_n("期限共 {n} 个工作日", len(worked))
    return str(say("{total}，今天是第 {number} 个", total=total, number=number) if number else total)


@register.filter
def off_label(day: dt.date) -> Words:
    return say("周末") if day.weekday() > 4 else say("放假")


# ---------------------------------------------------------------- what the page's frame needs


class Keep(Node):
    """`{% keep name %}…{% endkeep %}`: render once, use several times as `{{ name }}`."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return SafeString("")


@register.tag
def keep(parser: Parser, token: Token) -> Keep:
    _, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(name, nodelist)


# ---------------------------------------------------------------- controls


@register.filter
def attributes(given: Mapping[str, object]) -> SafeString:
    """The attributes of a control, as Django's own template writes them: False is left out, True has no value."""
    written = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))
        for name, value in given.items()
        if value is not False
    )
    return mark_safe("".join(written))


@register.filter
def options(groups: Sequence[tuple[str | None, Sequence[Mapping[str, Any]], int]]) -> SafeString:
    """The options of a list, as its widget groups them: one that is in no named group is a group of its own."""
    written = []
    for name, choices, _ in groups:
        rows = ((str(c["value"]), attributes(c["attrs"]), c["label"]) for c in choices)
        inside = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        written.append(format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside)
    return mark_safe("".join(written))


# ---------------------------------------------------------------- sentences


class Said(TranslateNode):
    """Django's `{% translate "…" %}`, which looks a sentence up once a language and not sixty times a page."""

    def __init__(self, found: TranslateNode) -> None:
        super().__init__(found.filter_expression, found.noop, found.asvar)
        self.found = TranslateNode(found.filter_expression, found.noop)
        self.said: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = get_language() or ""
        value = self.said.get(language)
        if value is None:
            value = self.said[language] = self.found.render(context)
        if self.asvar:
            context[self.asvar] = value
            return ""
        return value


@register.tag
def translate(parser: Parser, token: Token) -> TranslateNode:
    node = do_translate(parser, token)
    expression = node.filter_expression
    plain = getattr(expression.var, "literal", None) is not None and not expression.filters and not node.message_context
    return Said(node) if plain else node


# ---------------------------------------------------------------- errors


def _forms_in(values: Any) -> Iterator[BaseForm]:
    for value in values:
        kind = type(value)  # not isinstance: that would wake what is lazy
        if issubclass(kind, BaseForm):
            yield value
        elif issubclass(kind, BaseFormSet):
            yield from value.forms
        elif issubclass(kind, list | tuple) and value and isinstance(value[0], BaseForm | BaseFormSet):
            yield from _forms_in(value)


def _faulty(context: Context) -> list[BaseForm]:
    found: dict[int, BaseForm] = {}
    for form in _forms_in(v for layer in context.dicts for v in layer.values()):
        if form.is_bound and form.errors:
            found[id(form)] = form
    return list(found.values())


@register.simple_tag(takes_context=True)
def problem_count(context: Context) -> int:
    """How many things are to be mended on this page: its title says so."""
    return sum(len(problems_of(form)) for form in _faulty(context))


def _kept(forms: list[BaseForm]) -> str:
    """What a refused page still holds: "all", the "rest" beside an empty password, or nothing worth a word."""
    fields = [(form, field) for form in forms for field in form.visible_fields()]
    passwords = [(form, field) for form, field in fields if isinstance(field.field.widget, PasswordInput)]
    if len(fields) == len(passwords):
        return ""
    return "rest" if any(not getattr(form, "password_kept", False) for form, _ in passwords) else "all"


@register.simple_tag(takes_context=True)
def problems(context: Context, *forms: BaseForm) -> str:
    """The error summary: of these forms, or of every form of the page. A form is summed up once."""
    wanted = list(forms) or _faulty(context)
    fresh = [f for f in wanted if f.is_bound and f.errors and not getattr(f, "summed_up", False)]
    if not fresh:
        return ""
    for form in fresh:
        form.summed_up = True  # type: ignore[attr-defined]
    found = [p for form in fresh for p in problems_of(form)]
    here = code_here()
    if any(p.code == here and not p.target for p in found):
        here = ""  # a line above leads to the article already
    return render_to_string(
        "ui/problems.html", {"problems": found, "count": len(found), "code": here, "kept": _kept(fresh)}
    )
