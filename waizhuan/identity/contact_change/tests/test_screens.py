"""A new phone or address: proved, told to the old one, undone from there; a phone that is another's (issue: bad input)."""

from __future__ import annotations

import re

import pytest
from django.core import signing
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.contact_change import actions
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.models import Account
from waizhuan.shared.notify.models import MailboxMessage, Outbox
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "+8613900000009"


@pytest.fixture(autouse=True)
def no_limits(settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = False


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


@pytest.fixture
def client(hanxu: Account) -> Client:
    client = Client()
    client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    return client


def code_sent() -> str:
    found = re.search(r"\d{6}", MailboxMessage.objects.order_by("-id")[0].body)
    assert found is not None
    return found.group()


def prove(client: Client, phone: str = NEW) -> str:
    assert client.post("/contact/phone/", {"phone": phone, "password": demo.PASSWORD}).status_code == 302
    return str(client.post("/contact/code/", {"code": code_sent()}).headers["Location"])


def test_the_code_proves_it_and_the_old_phone_hears_of_it(client: Client, hanxu: Account) -> None:
    assert client.post("/contact/phone/", {"phone": NEW, "password": "wrong"}).status_code == 422
    assert client.post("/contact/phone/", {"phone": "12345", "password": demo.PASSWORD}).status_code == 422
    before = hanxu.phone
    assert prove(client) == "/contact/done/"
    hanxu.refresh_from_db()
    assert hanxu.phone == NEW
    assert before in {row.destination for row in Outbox.objects.all()}


def test_a_wrong_code_changes_nothing(client: Client, hanxu: Account) -> None:
    client.post("/contact/phone/", {"phone": NEW, "password": demo.PASSWORD})
    right = code_sent()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert client.post("/contact/code/", {"code": wrong}).status_code == 422
    hanxu.refresh_from_db()
    assert hanxu.phone != NEW
    assert client.post("/contact/code/", {"code": right}).headers["Location"] == "/contact/done/"
    assert client.post("/contact/code/", {"code": right}).headers["Location"] == "/me/", "a code counts once"


def test_a_phone_of_another_account_is_told_only_after_the_proof(client: Client, hanxu: Account) -> None:
    other = demo.person("other", "陈知微", 1)
    assert client.get("/contact/taken/").headers["Location"] == "/me/", "nothing to learn without the code"
    assert prove(client, other.phone) == "/contact/taken/"
    hanxu.refresh_from_db()
    assert hanxu.phone != other.phone
    assert client.post("/contact/taken/").headers["Location"] == "/contact/done/"
    other.refresh_from_db()
    assert other.phone_verified_at is None


def test_the_old_phone_can_undo_it_and_the_account_is_locked(client: Client, hanxu: Account) -> None:
    before = hanxu.phone
    prove(client)
    kept = ContactChange.objects.get()
    token = signing.dumps(kept.pk, salt=actions.SALT)
    stranger = Client()
    assert stranger.get(f"/contact/undo/{token}/").status_code == 200, "looking undoes nothing"
    hanxu.refresh_from_db()
    assert hanxu.phone == NEW
    stranger.post(f"/contact/undo/{token}/")
    stranger.post(f"/contact/undo/{token}/")
    hanxu.refresh_from_db()
    assert (hanxu.phone, bool(hanxu.locked_at)) == (before, True)
    assert client.get("/me/").status_code == 302
    assert stranger.post("/contact/undo/forged-token/").status_code == 200


def test_undoing_takes_away_every_contact_that_an_intruder_has_put_there(client: Client, hanxu: Account) -> None:
    phone, email = hanxu.phone, hanxu.email
    actions.change(hanxu, "email", "intruder@example.org")
    actions.change(hanxu, "sms", NEW)
    first = ContactChange.objects.latest("pk")
    actions.change(hanxu, "sms", "+8613900000010")
    second = ContactChange.objects.latest("pk")
    actions.undo(first)
    actions.undo(second)  # its link went to the intruder
    hanxu.refresh_from_db()
    assert (hanxu.phone, hanxu.email) == (phone, email)


def test_an_address_that_is_added_is_told_to_the_phone(client: Client, hanxu: Account) -> None:
    Account.objects.filter(pk=hanxu.pk).update(email="", email_index="")
    actions.change(hanxu, "email", "intruder@example.org")
    assert any("/contact/undo/" in text for text in sent_to(hanxu.phone))


def test_a_code_counts_for_the_account_that_asked_for_it_alone(client: Client, hanxu: Account) -> None:
    demo.person("other", "陈知微", 1)
    other = Client()
    other.post("/sign-in/", {"login_name": "other", "password": demo.PASSWORD})
    client.post("/contact/phone/", {"phone": NEW, "password": demo.PASSWORD})
    mine = code_sent()
    other.post("/contact/phone/", {"phone": NEW, "password": demo.PASSWORD})
    theirs = code_sent()
    if mine != theirs:
        assert other.post("/contact/code/", {"code": mine}).status_code == 422
    assert client.post("/contact/code/", {"code": mine}).headers["Location"] == "/contact/done/"
