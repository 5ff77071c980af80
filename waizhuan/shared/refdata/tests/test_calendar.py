"""The working calendar: where it knows from, what it costs, and how it is loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.shared.conftest import Hold, MakePerson
from waizhuan.shared.refdata import calendar_file
from waizhuan.shared.refdata.actions import load_calendar
from waizhuan.shared.refdata.models import CalendarDay
from waizhuan.shared.refdata.workdays import CALENDAR, Calendar

FIXED = "2027-01-01,放假,元旦\n2027-05-01,放假,劳动节\n2027-10-01,放假,国庆节\n2027-10-02,放假,\n2027-10-03,放假,\n"


@pytest.fixture
def shipped_again() -> Iterator[None]:
    yield
    CALENDAR.forget()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-14", True),  # a Saturday, worked
        ("2026-02-16", False),  # a Monday, off
        ("2026-02-21", False),
        ("2026-03-09", True),
        ("2026-03-07", False),
        ("2004-05-03", False),
        ("2027-10-01", False),  # a Friday, by the law
        ("2027-10-08", True),
        ("2003-10-01", False),
        ("2100-10-01", False),
    ],
)
def test_days_without_a_table(day: str, worked: bool) -> None:
    assert Calendar().is_workday(dt.date.fromisoformat(day)) is worked


def test_beyond_what_is_announced_a_promise_is_provisional() -> None:
    assert not Calendar().is_provisional(dt.date(2026, 12, 31))
    assert Calendar().is_provisional(dt.date(2027, 1, 1))


def test_it_is_the_calendar_of_the_clock() -> None:
    assert clock.calendar() is CALENDAR
    due = clock.due_after(1, dt.datetime(2026, 9, 30, 9, tzinfo=clock.CHINA))
    assert due.at.astimezone(clock.CHINA).date() == dt.date(2026, 10, 8)
    assert not due.provisional


@pytest.mark.django_db
def test_the_table_comes_first_and_costs_nothing_a_day(
    shipped_again: None,
    django_assert_num_queries: Callable[[int], Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    rows = calendar_file.read(FIXED + "2027-10-08,放假,调休\n2027-10-09,上班,\n").rows
    with django_capture_on_commit_callbacks(execute=True):
        assert load_calendar(actor=the_system(), rows=rows) == [2027]
    with django_assert_num_queries(0):
        for n in range(365):
            CALENDAR.is_workday(dt.date(2027, 1, 1) + dt.timedelta(days=n))
        assert not CALENDAR.is_workday(dt.date(2027, 10, 8))
        assert CALENDAR.is_workday(dt.date(2027, 10, 9))
        assert not CALENDAR.is_provisional(dt.date(2027, 3, 1))
        assert CALENDAR.is_provisional(dt.date(2028, 3, 1))
    with django_assert_num_queries(1):
        CALENDAR.forget()
        CALENDAR.refresh_when_stale()
        CALENDAR.refresh_when_stale()
    assert not CALENDAR.is_workday(dt.date(2027, 10, 8))


@pytest.mark.django_db
def test_loading_again_replaces_the_year(shipped_again: None) -> None:
    for text in (FIXED + "2027-10-08,放假,\n", FIXED):
        load_calendar(actor=the_system(), rows=calendar_file.read(text).rows)
    assert CalendarDay.objects.count() == 5


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    "text",
    [
        FIXED,
        "日期,安排,名称\n" + FIXED,
        "date,kind,name\n" + FIXED.replace("放假", "holiday"),
        FIXED.replace("-", "/"),
        "".join(f"{d},休,\n" for d in ("2027年1月1日", "20270501", "2027.10.1", "2027/10/2", "2027-10-3")),
    ],
)
def test_files_as_people_make_them(text: str) -> None:
    found = calendar_file.read(text)
    assert found.wrong == []
    assert len(found.rows) == 5
    assert calendar_file.read(calendar_file.write(found.rows)) == found


def test_chinese_excel_is_read() -> None:
    assert calendar_file.read(calendar_file.decode(FIXED.encode("gb18030"))).ok
    assert calendar_file.read(calendar_file.decode(b"\xef\xbb\xbf" + FIXED.encode())).ok


def test_every_wrong_row_is_named_at_once() -> None:
    found = calendar_file.read(
        FIXED + "2027-02-30,放假\n昨天,放假\n2027-06-09,也许\n2027-01-01,放假\n1999-01-01,放假\n"
    )
    assert [w.line for w in found.wrong] == [6, 7, 8, 9, 10]
    assert not found.ok


def test_half_a_year_is_refused() -> None:
    found = calendar_file.read("2027-01-01,放假,元旦\n")
    assert "10-01" in str(found.wrong[0].reason)


@pytest.mark.parametrize("text", ["", "\n\n", "\0", '"', "a" * 100_000, "2027-01-01\n" * 5000])
def test_what_is_no_calendar(text: str) -> None:
    assert not calendar_file.read(text).ok


@pytest.mark.django_db
def test_the_command(shipped_again: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(FIXED, encoding="utf-8")
    call_command("load-workdays", str(file), "--dry-run")
    assert CalendarDay.objects.count() == 0
    call_command("load-workdays", str(file))
    assert CalendarDay.objects.count() == 5
    file.write_text("2027-01-01,?,\n", encoding="utf-8")
    with pytest.raises(CommandError, match=":1:"):
        call_command("load-workdays", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load-workdays", str(tmp_path / "missing.csv"))


# ---------------------------------------------------------------- the page


@pytest.fixture
def operator(client: Client, make_person: MakePerson, hold: Hold) -> Client:
    account = make_person("xitong", "周系统")
    hold(account, "operator", "operator.system")
    client.force_login(account)
    return client


@pytest.mark.django_db
def test_a_file_is_checked_then_loaded(operator: Client, shipped_again: None) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = operator.get("/calendar/?year=2027")
    assert "暂定" in page.content.decode()
    page = operator.post("/calendar/", {"file": SimpleUploadedFile("2027.csv", FIXED.encode("gb18030"))})
    assert page.status_code == 200
    assert CalendarDay.objects.count() == 0
    page = operator.post("/calendar/", {"rows": page.context["rows"]}, follow=True)
    assert page.status_code == 200
    assert CalendarDay.objects.count() == 5
    assert "元旦" in page.content.decode()


@pytest.mark.django_db
def test_a_wrong_file_changes_nothing(operator: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = operator.post("/calendar/", {"file": SimpleUploadedFile("x.csv", "2027-13-01,放假".encode())})
    assert page.status_code == 422
    assert "第 1 行" in page.content.decode()
    assert operator.post("/calendar/", {"rows": "2027-13-01,放假"}).status_code == 422
    assert operator.post("/calendar/", {}).status_code == 422
    assert operator.get("/calendar/?year=%00").status_code == 200
    assert CalendarDay.objects.count() == 0


@pytest.mark.django_db
def test_nobody_else_sees_it(client: Client, make_person: MakePerson) -> None:
    assert client.get("/calendar/").status_code == 302
    client.force_login(make_person("chenzhiwei", "陈知微"))
    assert client.get("/calendar/").status_code == 404
    assert client.post("/calendar/", {"rows": FIXED}).status_code == 404


@pytest.mark.django_db
def test_a_deadline_is_counted_anew_once_holidays_are_loaded(shipped_again: None) -> None:
    """The same span, asked for before and after the days of the holidays were announced."""
    start = dt.datetime(2027, 2, 4, 2, tzinfo=dt.UTC)
    due = dt.datetime(2027, 2, 19, 2, tzinfo=dt.UTC)
    CALENDAR.forget()
    clock.use_calendar(CALENDAR)
    before = clock.workdays_left(due, start)
    assert before > 0
    CalendarDay.objects.bulk_create(CalendarDay(day=dt.date(2027, 2, d), worked=False) for d in range(5, 20))
    CALENDAR.refresh()
    assert clock.workdays_left(due, start) == 0
    CALENDAR.forget()
    assert clock.workdays_left(due, start) == before
