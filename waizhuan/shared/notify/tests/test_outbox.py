"""Delivery: at least once, further and further apart, against a gateway that fails, hangs and accepts."""

from __future__ import annotations

import datetime as dt
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import httpx
import pytest
from django.conf import settings

from waizhuan.kernel import clock
from waizhuan.shared.notify import adapters, outbox
from waizhuan.shared.notify.models import Channel, MailboxMessage, Outbox
from waizhuan.shared.notify.tests.conftest import Gateway

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 9, 2, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


@pytest.fixture
def by_http(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    monkeypatch.setitem(settings.ENV, "SMS", "http")
    monkeypatch.setitem(settings.ENV, "SMS_URL", gateway.url)
    monkeypatch.setitem(settings.ENV, "SMS_TOKEN", "secret")
    return gateway


@pytest.fixture
def row() -> Outbox:
    with clock.frozen(START):
        return outbox.put(Channel.SMS, "+8613800000001", "验证码 123456", key="code:1")


def test_a_gateway_that_wants_no_token_gets_none(
    by_http: Gateway, row: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.ENV, "SMS_TOKEN", "")
    with clock.frozen(after(1)):
        assert outbox.deliver_due() == 1
    ((headers, _),) = by_http.received
    assert "Authorization" not in headers


def test_the_gateway_gets_token_and_key(by_http: Gateway, row: Outbox) -> None:
    with clock.frozen(after(1)):
        assert outbox.deliver_due() == 1
        assert outbox.deliver_due() == 0
    ((headers, body),) = by_http.received
    assert body == {"to": "+8613800000001", "text": "验证码 123456"}
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "code:1"
    row.refresh_from_db()
    assert row.delivered_at == after(1)
    assert row.body == ""


def test_it_fails_hangs_then_accepts(by_http: Gateway, row: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "TIMEOUT", httpx.Timeout(0.3))
    by_http.answers = [500, "hang"]
    with clock.frozen(after(1)):
        assert outbox.deliver_due() == 0
        assert outbox.deliver_due() == 0  # it waits
    row.refresh_from_db()
    assert (row.attempts, row.last_error, row.next_at) == (1, "HTTP 500", after(6))
    with clock.frozen(after(6)):
        assert outbox.deliver_due() == 0
    row.refresh_from_db()
    assert "ReadTimeout" in row.last_error
    assert row.next_at == after(16)
    with clock.frozen(after(16)):
        assert outbox.deliver_due() == 1
    assert [headers["Idempotency-Key"] for headers, _ in by_http.received] == ["code:1"] * 2


def test_a_gateway_that_is_away_is_no_error(row: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.ENV, "SMS", "http")
    for url in ("http://127.0.0.1:1/", "nonsense"):
        monkeypatch.setitem(settings.ENV, "SMS_URL", url)
        Outbox.objects.update(next_at=START)
        assert outbox.deliver_due() == 0
    row.refresh_from_db()
    assert row.attempts == 2
    assert row.dead_at is None


def test_one_that_is_refused_for_good_is_dead_at_once(by_http: Gateway, row: Outbox) -> None:
    by_http.answers = [422]
    outbox.deliver_due()
    row.refresh_from_db()
    assert row.dead_at
    assert outbox.claim() is None


def test_after_many_attempts_it_is_given_up(by_http: Gateway, row: Outbox) -> None:
    by_http.answers = [503] * outbox.ATTEMPTS
    Outbox.objects.update(attempts=outbox.ATTEMPTS - 2)
    outbox.deliver_due()
    row.refresh_from_db()
    assert row.dead_at is None
    assert (row.next_at - clock.now()).total_seconds() == pytest.approx(outbox.LONGEST_PAUSE, abs=5)
    Outbox.objects.update(next_at=START)
    outbox.deliver_due()
    row.refresh_from_db()
    assert row.dead_at


def test_a_failing_gateway_does_not_hold_up_the_worker(by_http: Gateway, row: Outbox) -> None:
    outbox.put(Channel.SMS, "+8613800000002", "x", key="code:2")
    by_http.answers = [500, 500]
    outbox.deliver_due()
    assert len(by_http.received) == 1


def test_a_mail_server_that_is_away_does_not_hold_up_text_messages(
    by_http: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.ENV, "EMAIL_URL", "smtp://127.0.0.1:1")
    for n in range(3):
        outbox.put(Channel.EMAIL, "a@example.org", "text", subject="s", key=f"mail:{n}")
    outbox.put(Channel.SMS, "+8613800000009", "x", key="code:9")
    assert outbox.deliver_due() == 1
    assert len(by_http.received) == 1


def test_a_claimed_row_is_nobody_elses_until_the_lease_ends(row: Outbox) -> None:
    with clock.frozen(after(1)):
        assert outbox.claim()
        assert outbox.claim() is None
    with clock.frozen(after(2) + outbox.LEASE):  # whoever claimed it was killed
        assert outbox.claim()


def test_one_key_is_one_message(row: Outbox) -> None:
    again = outbox.put(Channel.SMS, "+8613800000001", "验证码 123456", key="code:1")
    assert again.pk == row.pk
    assert Outbox.objects.count() == 1


def test_a_webhook_goes_to_its_own_address(gateway: Gateway) -> None:
    outbox.put(Channel.WEBHOOK, gateway.url, '{"a": 1}', subject="account.closed", key="hook:1")
    assert outbox.deliver_due() == 1
    ((headers, body),) = gateway.received
    assert body == {"subject": "account.closed", "body": '{"a": 1}'}
    assert "Authorization" not in headers


def test_a_mail_server_that_is_away(row: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.ENV, "EMAIL_URL", "smtp://127.0.0.1:1")
    row = outbox.put(Channel.EMAIL, "a@example.org", "text", subject="subject\nwith lines", key="mail:1")
    assert not outbox.deliver(row)
    row.refresh_from_db()
    assert row.last_error


class Letters(socketserver.StreamRequestHandler):
    """The least that a mail server says."""

    received: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.received.append(text.decode())
            if command == b"RCPT" and b"nobody" in line:
                self.wfile.write(b"550 no such user\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")
            if command == b"QUIT":
                return


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letters) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setitem(settings.ENV, "EMAIL_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
        Letters.received.clear()
        yield Letters.received
        server.shutdown()


def test_a_letter_arrives_with_its_key(mail_server: list[str]) -> None:
    row = outbox.put(Channel.EMAIL, "a@example.org", "您好\n", subject="subject\nwith lines", key="message:1:email")
    assert outbox.deliver(row)
    (text,) = mail_server
    assert "Subject: subject with lines" in text
    assert "Message-ID: <message.1.email@" in text
    assert "To: a@example.org" in text


def test_an_address_that_does_not_exist_is_given_up(mail_server: list[str]) -> None:
    row = outbox.put(Channel.EMAIL, "nobody@example.org", "text", subject="s", key="mail:2")
    assert not outbox.deliver(row)
    row.refresh_from_db()
    assert row.dead_at


def test_a_row_that_breaks_its_adapter_waits_like_any_other(row: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "adapter_for", lambda channel: 1 / 0)
    assert not outbox.deliver(row)
    row.refresh_from_db()
    assert row.last_error == "ZeroDivisionError"


def test_the_database_shows_neither_number_nor_text(row: Outbox) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT destination, body FROM notify_outbox")
        ((destination, body),) = cursor.fetchall()
    assert "138" not in destination
    assert "123456" not in body


def test_the_mailbox_takes_a_repetition_once(row: Outbox) -> None:
    assert outbox.deliver(row)
    assert outbox.deliver(row)
    assert MailboxMessage.objects.count() == 1


def test_what_arrived_long_ago_is_forgotten(row: Outbox) -> None:
    outbox.deliver(row)
    assert outbox.forget_old() == 0
    with clock.frozen(clock.now() + outbox.KEPT + dt.timedelta(days=1)):
        assert outbox.forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_at_once_means_after_the_transaction(django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    from django.db import transaction

    with transaction.atomic():
        outbox.put(Channel.SMS, "+8613800000001", "x", key="code:3", at_once=True)
        assert not MailboxMessage.objects.exists()
    assert MailboxMessage.objects.exists()
    with transaction.atomic():
        outbox.put(Channel.SMS, "+8613800000001", "x", key="code:4", at_once=True)
        transaction.set_rollback(True)
    assert MailboxMessage.objects.count() == 1
