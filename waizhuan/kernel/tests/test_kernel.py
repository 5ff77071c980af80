"""Words, verdicts, time, events: what everything else stands on. No database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from waizhuan.kernel import clock, events, jobs
from waizhuan.kernel.access import any_of, anyone, both, either, natural_person, signed_in
from waizhuan.kernel.actor import ANONYMOUS, Actor, the_system
from waizhuan.kernel.verdict import YES, all_no, first_no, no
from waizhuan.kernel.words import Words, as_json, from_json, say, say_n


def test_words_become_text_when_they_are_read() -> None:
    inner = say("{n} 天", n=3)
    assert str(say("共 {what}", what=inner)) == "共 3 天"
    assert str(say("早于 {day}", day=dt.date(2027, 1, 26))) == "早于 2027年1月26日"
    assert not Words("")
    assert str(Words("")) == ""
    assert say_n("还有 {n} 个工作日", 2).n == 2


@pytest.mark.parametrize(("n", "english"), [(1, "1 working day late"), (2, "2 working days late")])
def test_a_sentence_that_was_kept_is_read_as_it_was(n: int, english: str) -> None:
    """Its number among it, by which English chooses the plural; also within another sentence."""
    words = say_n("已超 {n} 个工作日", n)
    assert from_json(as_json(words)) == words
    with translation.override("en"):
        assert str(from_json(as_json(words))) == english
        assert str(from_json(as_json(say("{what}", what=words)))) == english
    assert as_json(say("不行")) == {"msgid": "不行", "params": {}}


def test_a_refusal_is_falsy_and_keeps_its_reason() -> None:
    refusal = no(say("不行"), field="name", code="B1")
    assert not refusal
    assert YES
    assert (YES & refusal) is refusal
    assert (refusal & YES) is refusal
    assert first_no([YES, refusal]) is refusal
    assert all_no([refusal, YES, refusal]) == [refusal, refusal]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)


class Shanghai2026:
    """1 to 7 October off, 10 October worked."""

    version = 0

    def is_workday(self, day: dt.date) -> bool:
        if day == dt.date(2026, 10, 10):
            return True
        return day.weekday() < 5 and not dt.date(2026, 10, 1) <= day <= dt.date(2026, 10, 7)

    def is_provisional(self, day: dt.date) -> bool:
        return day.year > 2026


@pytest.fixture
def october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_calendar", Shanghai2026())


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-09T10:24", 5, "2026-03-16T17:30"),  # the prototype's own example
        ("2026-03-13T23:59", 1, "2026-03-16T17:30"),  # Friday night
        ("2026-03-14T09:00", 1, "2026-03-16T17:30"),  # Saturday
        ("2026-09-30T16:00", 1, "2026-10-08T17:30"),  # over the holidays
        ("2026-10-09T16:00", 1, "2026-10-10T17:30"),  # a Saturday that is worked
    ],
)
def test_promises_end_at_the_close_of_a_working_day(october: None, start: str, days: int, due: str) -> None:
    assert clock.due_after(days, at(start)).at == at(due)


def test_a_promise_beyond_the_announced_holidays_is_provisional(october: None) -> None:
    assert clock.due_after(5, at("2026-12-30T10:00")).provisional
    assert not clock.due_after(5, at("2026-03-09T10:00")).provisional


@pytest.mark.parametrize(
    ("now", "due", "left"),
    [
        ("2026-03-12T09:00", "2026-03-16T17:30", 2),
        ("2026-03-16T09:00", "2026-03-16T17:30", 0),
        ("2026-03-14T09:00", "2026-03-16T17:30", 1),
        ("2026-03-12T09:00", "2026-03-10T17:30", -2),
        ("2026-03-15T09:00", "2026-03-13T17:30", 0),  # over a weekend no working day has passed
    ],
)
def test_working_days_left(october: None, now: str, due: str, left: int) -> None:
    assert clock.workdays_left(at(due), at(now)) == left


def test_the_clock_can_be_stopped() -> None:
    moment = at("2026-03-12T09:00")
    with clock.frozen(moment):
        assert clock.now() == moment
        assert clock.today() == dt.date(2026, 3, 12)
    assert clock.now() != moment


def test_actors_hold_posts_only_where_they_act() -> None:
    clerk = Actor(account_id=1, kind="natural", organisation_id=7, roles=frozenset({"department.clerk"}))
    assert clerk.holds(7, "department.clerk")
    assert not clerk.holds(8, "department.clerk")
    assert not clerk.holds(None, "department.clerk")
    assert not ANONYMOUS.signed_in
    assert the_system().kind == "system"


def test_access_rules_combine() -> None:
    person = Actor(account_id=1, kind="natural")
    nobody = no(say("无"))
    assert anyone(ANONYMOUS)
    assert not signed_in(ANONYMOUS)
    assert either(signed_in, anyone)(ANONYMOUS)
    assert not both(signed_in, natural_person)(Actor(account_id=1, kind="legal"))
    assert both(signed_in, natural_person)(person)
    assert not either(lambda a: nobody)(person)
    refusal = any_of("unit.admin")(person)
    assert not refusal
    assert "单位管理员" in str(refusal.reason)


def test_every_subscriber_hears_once() -> None:
    heard: list[events.Happened] = []
    events.subscribe(events.Happened, heard.append)
    events.subscribe(events.Happened, heard.append)
    before = len(events._subscribers[events.Happened])
    assert events._subscribers[events.Happened].count(heard.append) <= before
    events._subscribers[events.Happened] = [f for f in events._subscribers[events.Happened] if f != heard.append]


def test_a_failing_job_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(jobs, "_jobs", {"a": jobs.Job("a", 5, broken), "b": jobs.Job("b", 5, lambda: ran.append("b"))})
    assert jobs.run_due(100.0) == 2
    assert jobs.run_due(101.0) == 0  # not due yet
    assert jobs.run_due(105.0) == 2
    assert ran == ["b", "b"]


@pytest.mark.parametrize(
    "typed", ["{n}", "{0}", "{reason.__class__}", "{", "}}", "%s %(n)s %", "$n ${n}", "\\N{DIGIT ONE}"]
)
def test_what_was_typed_is_a_parameter_and_never_a_format(typed: str) -> None:
    """Also after it was kept and read again, and inside of another sentence."""
    sentence = say("退回：{reason}", reason=typed)
    assert str(sentence) == f"退回：{typed}"
    assert str(from_json(as_json(sentence))) == f"退回：{typed}"
    assert str(say("“{inner}”", inner=sentence)) == f"“退回：{typed}”"
