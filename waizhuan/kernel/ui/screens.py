"""The gallery: every component in its states, for those who build pages. Only in a trial installation."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.access import screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.forms import Choice, Day, Form, LongText, Money, MultipleChoice, Password, Text, Tick, Whole
from waizhuan.kernel.ui.steps import steps
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say


def trial(actor: Actor) -> Verdict:
    """A trial installation."""
    return no(say("只在试用环境里有")) if settings.PRODUCTION else YES


class Sample(Form):
    text = Text(label=_("一行文字"), help_text=_("提示写在这里。"))
    long = LongText(label=_("多行文字"), max_length=200, required=False)
    choice = Choice(label=_("选一项"), choices=[("a", _("甲")), ("b", _("乙"))])
    radio = Choice(label=_("选一项，都列出来"), choices=[("a", _("甲")), ("b", _("乙"))], radio=True)
    many = MultipleChoice(label=_("选几项"), choices=[("a", _("甲")), ("b", _("乙"))], required=False)
    day = Day(label=_("日期"))
    money = Money(label=_("金额"))
    whole = Whole(label=_("数量"), low=1, high=9)
    password = Password(label=_("密码"))
    tick = Tick(label=_("我同意"))


@screen("ui.gallery", access=trial, methods=("GET",))
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html", sample())


def sample() -> dict[str, Any]:
    now = clock.now()
    dues = [now + dt.timedelta(days=d) for d in (-4, 0, 1, 9)]
    return {
        "empty": Sample(auto_id="empty_%s"),
        "faulty": Sample({"text": "x" * 300, "day": "2026-02-30", "money": "abc", "whole": "12"}, auto_id="wrong_%s"),
        "tones": [(t, say("状态")) for t in ("none", "wait", "turn", "ok", "warn", "bad")],
        "dues": dues,
        "now": now,
        "icons": [
            "ok",
            "bad",
            "warn",
            "clock",
            "half",
            "none",
            "turn",
            "building",
            "bell",
            "menu",
            "down",
            "left",
            "right",
            "search",
            "plus",
            "minus",
            "rotate-left",
            "rotate-right",
            "fit",
            "download",
            "upload",
            "trash",
            "file",
            "user",
            "phone",
            "mail",
            "lock",
            "key",
        ],
        "steps": steps(
            [(say("第一步"), say("已填好")), (say("第二步"), say("约 1 分钟")), (say("第三步"), say("收一条验证码"))], 2
        ),
        "verdicts": [no(say("还缺一件事"), code="A5", remedy=Remedy("web.home", say("去办")))],
        "done": [say("已完成")],
        "case": _case(now),
        "rows": {"rows": [_row(now, d) for d in (-1, 1)]},
        "page": {"previous": "a", "next": "b"},
        "form": FilterSample(auto_id="filter_%s"),
    }


class FilterSample(Form):
    q = Text(label=_("一行文字"), required=False)
    choice = Choice(label=_("选一项"), choices=[("a", _("甲")), ("b", _("乙"))], required=False)


def _row(now: dt.datetime, days: int) -> dict[str, Any]:
    """A line of a list of work, as `shared.flow` makes them."""
    return {
        "task": say("第一步"),
        "title": str(say("一行文字")),
        "number": "DW-2026-000187",
        "url": "#g-rows",
        "due": now + dt.timedelta(days=days),
        "provisional": False,
    }


def _case(now: dt.datetime) -> dict[str, Any]:
    """What a case page shows of a process, as `shared.flow` makes it."""
    days = [(-1, "past"), (0, "today"), (1, "ahead"), (2, "off"), (3, "due")]
    holder = {
        "name": str(say("甲")),
        "mine": True,
        "opened": now - dt.timedelta(days=2),
        "due": now + dt.timedelta(days=3),
        "phone": "0571-5550187",
        "days": [SimpleNamespace(day=clock.today() + dt.timedelta(days=d), kind=kind) for d, kind in days],
    }
    outcomes = [
        {"tone": tone, "label": say("状态"), "text": say("提示写在这里。")} for tone in ("primary", "secondary", "bad")
    ]
    past = [
        {"at": now - dt.timedelta(days=d), "what": say("已完成"), "who": "", "note": "", "now": d == 0} for d in (0, 2)
    ]
    return {"holder": holder, "outcomes": outcomes, "timeline": past}
