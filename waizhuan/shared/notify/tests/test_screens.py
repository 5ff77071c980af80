from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.kernel.events import Tell, publish
from waizhuan.shared.notify import api, outbox
from waizhuan.shared.notify.models import Channel, Message

pytestmark = pytest.mark.django_db


def tell(account: Any, times: int = 1, link: str = "") -> None:
    for n in range(times):
        publish(Tell("test.passed", accounts=(account.pk,), context={"title": f"第 {n} 件"}, link=link))


@pytest.fixture
def reader(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


def test_the_inbox_needs_an_account(client: Client) -> None:
    assert client.get("/messages/").status_code == 302


def test_an_empty_inbox_says_what_will_come(reader: Client) -> None:
    page = reader.get("/messages/").content.decode()
    assert "还没有消息" in page
    assert "没有未看的消息" in reader.get("/messages/?show=unread").content.decode()


def test_reading_marks_and_leads_on(reader: Client, person: Any) -> None:
    tell(person, link="/help/")
    message = Message.objects.get()
    assert api.unread(person.pk) == 1
    answer = reader.get(f"/messages/{message.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/help/")
    message.refresh_from_db()
    first = message.read_at
    assert first
    reader.post(f"/messages/{message.pk}/")
    message.refresh_from_db()
    assert message.read_at == first
    assert api.unread(person.pk) == 0


@pytest.mark.parametrize("link", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_message_leads_nowhere_else(reader: Client, person: Any, link: str) -> None:
    tell(person, link=link)
    message = Message.objects.get()
    assert reader.get(f"/messages/{message.pk}/")["Location"] == f"/messages/#message-{message.pk}"


def test_other_peoples_messages_are_not_there(reader: Client, foreigner: Any) -> None:
    tell(foreigner)
    message = Message.objects.get()
    assert reader.get(f"/messages/{message.pk}/").status_code == 404
    reader.post("/messages/read/", {"newest": message.pk})
    message.refresh_from_db()
    assert message.read_at is None
    assert reader.get(f"/messages/{2**70}/").status_code == 404


def test_what_arrived_since_stays_unread(reader: Client, person: Any) -> None:
    tell(person, 3)
    newest = reader.get("/messages/").context["newest"]
    tell(person)
    reader.post("/messages/read/", {"newest": newest})
    assert api.unread(person.pk) == 1
    for nonsense in ("", "x", "-1", "9" * 50, "²"):
        assert reader.post("/messages/read/", {"newest": nonsense}).status_code == 302


def test_pages_cost_the_same_however_many(reader: Client, person: Any) -> None:
    counts = []
    for more in (1, 29):
        tell(person, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reader.get("/messages/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    found = reader.get("/messages/").context["page"]
    assert len(found.rows) == 20
    assert len(reader.get("/messages/", {"page": found.next}).context["page"].rows) == 10
    assert reader.get("/messages/", {"page": "nonsense\x00"}).status_code == 200


def test_unread_is_capped(person: Any) -> None:
    Message.objects.bulk_create([Message(account=person, template="t", subject="s", body="b") for _ in range(130)])
    assert api.unread(person.pk) == 100


def test_what_is_written_in_a_message_is_text(reader: Client, person: Any) -> None:
    publish(Tell("test.passed", accounts=(person.pk,), context={"title": "<script>alert(1)</script>𠮷"}))
    page = reader.get("/messages/").content.decode()
    assert "<script>alert" not in page
    assert "𠮷" in page


def test_the_mailbox_shows_what_was_sent(client: Client) -> None:
    for n in (1, 2):
        outbox.deliver(outbox.put(Channel.SMS, f"+861380000000{n}", f"验证码 00000{n}", key=f"k{n}"))
    page = client.get("/messages/mailbox/").content.decode()
    assert page.index("000002，" if "000002，" in page else "验证码 000002") < page.index("验证码 000001")
    for to in ("+8613800000001", "13800000001"):
        page = client.get("/messages/mailbox/", {"to": to}).content.decode()
        assert "000001" in page
        assert "000002" not in page
    assert client.get("/messages/mailbox/", {"to": "\x00" * 500}).status_code == 200


def test_production_has_no_mailbox(client: Client, settings: LazySettings) -> None:
    settings.PRODUCTION = True
    assert client.get("/messages/mailbox/", secure=True).status_code == 404
