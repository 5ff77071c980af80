"""Tags, filters and addresses that every template has."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.sessions.models import Session
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import override

from waizhuan.kernel import access, clock, ui
from waizhuan.kernel.actor import ANONYMOUS
from waizhuan.kernel.reading import the_one
from waizhuan.kernel.ui import marks
from waizhuan.kernel.ui.addresses import address, address_of
from waizhuan.kernel.ui.templatetags.ui import attributes, badge, deadline, due, options
from waizhuan.kernel.words import as_json, from_json, say


def drawn(template: str, **context: object) -> str:
    made = engines["django"].from_string(template)
    return str(made.render(context))


def test_a_sentence_is_said_in_the_language_of_each_reader() -> None:
    made = engines["django"].from_string('{% translate "跳到正文" %}|{% translate "菜单" as menu %}{{ menu }}')
    said = {}
    for language in ("zh-hans", "en", "zh-hans", "en"):
        with override(language):
            said[language] = made.render({})
    assert said == {"zh-hans": "跳到正文|菜单", "en": "Skip to the content|Menu"}


def test_a_sentence_with_a_percent_sign_and_one_that_is_computed() -> None:
    with override("en"):
        assert drawn('{% translate "到 100% 为止" %}{% translate word %}', word="菜单") == "到 100% 为止Menu"
        assert drawn('{% translate "菜单"|upper %}') == "MENU"


def test_no_deadline_is_said_too() -> None:
    with override("en"):
        assert "No deadline" in deadline(None)
    assert "不限" in deadline(None)
    when = clock.now() + dt.timedelta(days=40)
    assert str(due(when)) in deadline(when)
    assert f'datetime="{when.astimezone(clock.CHINA):%Y-%m-%d}"' in deadline(when)


def test_what_is_late_is_counted_in_working_days() -> None:
    with clock.frozen(dt.datetime(2026, 3, 9, 3, tzinfo=dt.UTC)):
        assert "已超 5 个工作日" in due(clock.now() - dt.timedelta(days=7))
        assert "还有 5 个工作日" in due(clock.now() + dt.timedelta(days=7))


def test_attributes_and_options_are_escaped() -> None:
    given = {"class": 'a"b', "required": True, "hidden": False, "data-n": 3}
    assert attributes(given) == ' class="a&quot;b" required data-n="3"'
    choices: list[dict[str, Any]] = [
        {"value": "<1>", "label": "O'Brien & <b>", "attrs": {"selected": True}},
        {"value": None, "label": "—", "attrs": {}},
    ]
    written = '<option value="&lt;1&gt;" selected>O&#x27;Brien &amp; &lt;b&gt;</option><option value="None">—</option>'
    assert options([(None, choices[:1], 0), (None, choices[1:], 1)]) == written
    assert options([('a"<b>', choices, 0)]) == f'<optgroup label="a&quot;&lt;b&gt;">{written}</optgroup>'


def test_a_plain_text_is_escaped_though_the_same_was_markup_before() -> None:
    assert "<b>Q</b>" in badge("ok", SafeString("<b>Q</b>"))
    assert "<b>" not in badge("ok", "<b>Q</b>")


def test_addresses() -> None:
    assert address("web.home") == "/"
    assert address("no.such.screen") == ""
    assert address_of("flow.open", 17) == reverse("flow.open", args=[17])


@pytest.mark.django_db
def test_one_row_is_read_without_sorting() -> None:
    assert the_one(Session.objects.filter(pk="-")) is None
    made = Session.objects.create(session_key="one", session_data="", expire_date=clock.now())
    with CaptureQueriesContext(connection) as asked:
        assert the_one(Session.objects.order_by("expire_date").filter(pk="one")) == made
    assert "ORDER BY" not in asked.captured_queries[0]["sql"]


def test_the_frame_takes_no_name_that_a_page_may_give() -> None:
    """What the frame sets before a page's blocks is seen by the blocks: its names are its own."""
    folder = Path(ui.__file__).parent / "templates" / "ui"
    for frame in ("base.html", "header.html", "footer.html", "language.html"):
        for name in re.findall(r"\bas (\w+) %}", (folder / frame).read_text(encoding="utf-8")):
            assert name.startswith("frame_"), f"{frame}: {name}"


def test_marks_between_words_are_those_of_the_language() -> None:
    line, day = '{% mark "：" %}{% dayofweek day %}', dt.date(2026, 3, 9)
    with override("zh-hans"):
        assert drawn(line, day=day) == '：<time datetime="2026-03-09">2026年3月9日，周一</time>'
        assert str(marks.listed(["甲", "乙"])) == "甲、乙"
    with override("en"):
        assert drawn(line, day=day) == ': <time datetime="2026-03-09">9 March 2026, Mon</time>'
        assert str(marks.listed(["A", "B"])) == "A, B"


def test_a_sentence_that_names_several_reads_in_each_language() -> None:
    named = marks.listed([marks.aside("{甲}", "a"), "乙"], marks.SEMICOLON)  # what somebody typed is no pattern
    kept = from_json(as_json(say("{names}。", names=named)))
    with override("zh-hans"):
        assert str(kept) == "{甲}（a）；乙。"
    with override("en"):
        assert str(kept) == "{甲} (a); 乙。"
    assert not marks.listed([])


def test_a_date_below_the_ruler_breaks_after_its_month_only() -> None:
    with override("zh-hans"):
        assert "3月<wbr>9日" in drawn("{% rulerday day %}", day=dt.date(2026, 3, 9))


@pytest.mark.parametrize(
    ("names", "said"),
    [(("name",), "您填写的内容都还在"), (("name", "password"), "密码要再输一次"), (("password",), ""), ((), "")],
)
def test_a_refused_page_says_what_it_still_holds(names: tuple[str, ...], said: str) -> None:
    made = {
        "name": forms.CharField(required=False),
        "password": forms.CharField(widget=forms.PasswordInput, required=False),
    }
    form = type("Refused", (forms.Form,), {n: made[n] for n in names})({})
    form.add_error(None, "不行")
    page = drawn("{% problems form %}", form=form)
    assert ("都还在" in page) == bool(said)
    assert said in page


def test_what_the_kernel_refuses_is_read_in_english_too() -> None:
    rules = (access.signed_in, access.natural_person, access.unit_account, access.acting_for_unit)
    with override("en"):
        assert [str(rule(ANONYMOUS).reason) for rule in rules if not str(rule(ANONYMOUS).reason).isascii()] == []


def test_a_number_in_groups_does_not_break() -> None:
    spaced = "请填写手机号码，例如 138\N{NO-BREAK SPACE}1234\N{NO-BREAK SPACE}2047"
    assert drawn("{{ text|unbroken }}", text="请填写手机号码，例如 138 1234 2047") == spaced
    assert drawn("{{ text|unbroken }}", text="<b>1 2") == "&lt;b&gt;1\N{NO-BREAK SPACE}2"


def test_the_number_of_a_case_does_not_break() -> None:
    number = '<span class="wz-num">SB-2026-000123</span>'
    assert (
        drawn("{{ text|whole_numbers|linebreaksbr }}", text="<b>（SB-2026-000123）已批准\n")
        == f"&lt;b&gt;（{number}）已批准<br>"
    )
