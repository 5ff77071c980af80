"""One-time codes: ten minutes, five tries, once."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection, transaction

from waizhuan.kernel import clock
from waizhuan.shared.notify import codes
from waizhuan.shared.notify.models import OneTimeCode
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db
PHONE = "+8613800000001"
START = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


@pytest.fixture
def code() -> str:
    with clock.frozen(START):
        assert codes.issue("registration", PHONE).verdict.ok
        return code_sent_to(PHONE)


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_the_right_code_counts_once(code: str) -> None:
    with clock.frozen(after(5)):
        assert codes.check("registration", PHONE, code).ok
        assert "用过" in str(codes.check("registration", PHONE, code).reason)


def test_codes_are_typed_in_many_ways(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    with clock.frozen(after(5)):
        assert codes.check("registration", " " + PHONE, f" {wide[:3]} {wide[3:]}").ok


def test_ten_minutes(code: str) -> None:
    with clock.frozen(after(600)):
        assert "过期" in str(codes.check("registration", PHONE, code).reason)
    with clock.frozen(after(599)):
        assert codes.check("registration", PHONE, code).ok


def test_five_tries(code: str) -> None:
    with clock.frozen(after(5)):
        reasons = [str(codes.check("registration", PHONE, wrong(code)).reason) for _ in range(5)]
        assert "4" in reasons[0]
        assert "作废" in reasons[4]
        assert "作废" in str(codes.check("registration", PHONE, code).reason)


@pytest.mark.parametrize("typed", ["", "abc", "1" * 1000, "\x00", "²²²²²²", "𝟙𝟚𝟛"])
def test_what_is_no_code(code: str, typed: str) -> None:
    with clock.frozen(after(5)):
        assert not codes.check("registration", PHONE, typed).ok
        assert codes.check("registration", PHONE, code).ok


def test_another_purpose_or_phone_has_none(code: str) -> None:
    assert "还没有" in str(codes.check("recovery", PHONE, code).reason)
    assert "还没有" in str(codes.check("registration", "+8613800000002", code).reason)


def test_only_the_newest_counts(code: str) -> None:
    with clock.frozen(after(61)):
        codes.issue("registration", PHONE)
        newest = code_sent_to(PHONE)
        if newest != code:
            assert not codes.check("registration", PHONE, code).ok
        assert codes.check("registration", PHONE, newest).ok


def test_not_more_than_one_a_minute_and_five_an_hour(code: str) -> None:
    with clock.frozen(after(10)):
        assert codes.issue("recovery", PHONE).verdict.ok, "another errand's code is no obstacle"
        refused = codes.issue("registration", PHONE)
        assert "50" in str(refused.verdict.reason)
        assert refused.wait == 50
    for n in range(1, 5):
        with clock.frozen(after(61 * n)):
            assert codes.issue("registration", PHONE).verdict.ok
    with clock.frozen(after(61 * 5)):
        refused = codes.issue("registration", PHONE)
        assert not refused.verdict.ok
        assert refused.wait == 3600 - 305
        assert codes.issue("registration", "a@example.org", "email").verdict.ok
    with clock.frozen(after(3601)):
        assert codes.issue("registration", PHONE).verdict.ok


def test_without_limits_tries_still_count(code: str, settings: LazySettings) -> None:
    settings.RATE_LIMITS_ON = False
    with clock.frozen(after(1)):
        for _ in range(8):
            assert codes.issue("registration", PHONE).verdict.ok
        newest = code_sent_to(PHONE)
        for _ in range(5):
            codes.check("registration", PHONE, wrong(newest))
        assert not codes.check("registration", PHONE, newest).ok


def test_the_database_does_not_know_the_code(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notify_onetimecode")
        text = str(cursor.fetchall())
    assert code not in text
    assert PHONE.removeprefix("+86") not in text


def test_old_codes_are_forgotten(code: str) -> None:
    with clock.frozen(after(600 + 86400 - 1)):
        assert codes.forget_old() == 0
    with clock.frozen(after(600 + 86400 + 1)):
        assert codes.forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_a_try_is_never_given_back() -> None:
    codes.issue("registration", PHONE)
    with transaction.atomic(), pytest.raises(RuntimeError):
        codes.check("registration", PHONE, "000000")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one() -> None:
    codes.issue("registration", PHONE)
    code = code_sent_to(PHONE)
    answers: list[bool] = []

    def answer() -> None:
        for _ in range(200):  # SQLite in memory refuses instead of waiting
            with contextlib.suppress(OperationalError):
                answers.append(codes.check("registration", PHONE, code).ok)
                break
            time.sleep(0.01)
        connection.close()

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]
    assert OneTimeCode.objects.count() == 1


def test_a_stranger_uses_up_nobody_s_budget_and_no_phone_is_flooded() -> None:
    """A stranger registers with somebody's number again and again: signing in still gets its code; but there is an end."""
    sent = 0
    for n in range(20):
        with clock.frozen(after(61 * n)):
            sent += codes.issue("registration", PHONE).verdict.ok + codes.issue("contact", PHONE).verdict.ok
    assert sent == 10
    for n in range(21, 40):
        with clock.frozen(after(61 * n)):
            last = codes.issue(f"other{n}", PHONE)
            sent += last.verdict.ok
    assert sent == codes.CEILING
    assert not last.verdict.ok
    assert "分钟后再试" in str(last.verdict.reason)
    assert "appeal" in codes.DOORS, "it opens an account, as signing in and recovery do"
    for door, most in codes.DOORS.items():
        with clock.frozen(after(61 * 40)):
            assert codes.issue(door, PHONE, holder="one").verdict.ok
            assert not codes.issue(door, PHONE, holder="one").verdict.ok, "not two at once"
            sent = 1 + sum(codes.issue(door, PHONE, holder=f"{n}").verdict.ok for n in range(20))
        assert sent == most


def test_a_code_that_is_held_is_not_voided_by_others() -> None:
    with clock.frozen(START):
        assert codes.issue("sign_in", PHONE, holder="mine").verdict.ok
        mine = code_sent_to(PHONE)
    with clock.frozen(after(5)):
        assert codes.issue("sign_in", PHONE, holder="stranger").verdict.ok
        for _ in range(codes.TRIES + 1):
            assert not codes.check("sign_in", PHONE, wrong(mine), holder="stranger").ok
            assert not codes.check("sign_in", PHONE, wrong(mine)).ok
        assert not codes.check("sign_in", PHONE, mine, holder="stranger").ok
        assert codes.check("sign_in", PHONE, mine, holder="mine").ok


def test_codes_to_what_changed_hands_are_void(code: str) -> None:
    with clock.frozen(after(5)):
        codes.void(PHONE)
        assert not codes.check("registration", PHONE, code).ok
