"""From an event to the inbox, to SMS, to e-mail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from waizhuan.kernel.events import Tell, publish
from waizhuan.kernel.words import say
from waizhuan.shared.conftest import Hold, MakePerson
from waizhuan.shared.notify import api, templates_registry
from waizhuan.shared.notify.models import Message, Outbox
from waizhuan.shared.notify.testing import sent_to

GIVEN = {"title": "李沐阳的护照", "number": "SM-1"}


def test_the_account_finds_a_message(person: Any, passed: str) -> None:
    publish(Tell(passed, accounts=(person.pk,), context=GIVEN, link="/real-name/"))
    message = Message.objects.get()
    assert message.account_id == person.pk
    assert message.body == "李沐阳的护照（SM-1）有新进展，请打开查看。"
    assert message.link == "/real-name/"
    assert not Outbox.objects.exists()


def test_everybody_is_told_in_their_language(person: Any, foreigner: Any, passed: str) -> None:
    publish(Tell(passed, accounts=(person.pk, foreigner.pk), context=GIVEN, sms=True))
    chinese, english = (Message.objects.get(account=a) for a in (person, foreigner))
    assert "有新进展" in chinese.body
    assert "有新进展" not in english.body
    assert "SM-1" in english.body
    assert sent_to(foreigner.phone) == [english.body]


def test_posts_are_told_once_whoever_holds_them(person: Any, passed: str, hold: Hold) -> None:
    bureau = hold(person, "department", "department.clerk", "department.head")
    posts = ((bureau.pk, "department.clerk"), (bureau.pk, "department.head"), (bureau.pk, "department.nobody"))
    publish(Tell(passed, accounts=(person.pk,), posts=posts, context=GIVEN))
    assert Message.objects.count() == 1


def test_nobody_is_told_what_did_not_happen(person: Any, passed: str) -> None:
    with transaction.atomic():
        publish(Tell(passed, accounts=(person.pk,), sms=True))
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Outbox.objects.exists()


def test_without_a_phone_the_mail_says_it_with_a_way_back(foreigner: Any, passed: str) -> None:
    foreigner.phone_verified_at = None
    foreigner.save()
    publish(Tell(passed, accounts=(foreigner.pk,), context=GIVEN, link="/real-name/", sms=True))
    (mail,) = sent_to(foreigner.email)
    assert mail.endswith("/real-name/")


def test_a_closed_account_is_told_nothing(person: Any, passed: str) -> None:
    person.closed_at = person.created_at
    person.save()
    publish(Tell(passed, accounts=(person.pk,), sms=True))
    assert not Message.objects.exists()


def test_what_is_not_given_is_a_dash_and_braces_are_only_text(person: Any, passed: str) -> None:
    publish(Tell(passed, accounts=(person.pk,), context={"title": "{number} {0.__class__}"}))
    assert Message.objects.get().body == "{number} {0.__class__}（—）有新进展，请打开查看。"


def test_a_forgotten_template_loses_no_message(person: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        publish(Tell("no.such_template", accounts=(person.pk,), context=GIVEN))
    assert Message.objects.get().subject == "您的事项有新进展"
    assert "no message template" in caplog.text
    assert not api.known("no.such_template")


def test_many_are_told_with_few_queries(
    make_person: MakePerson, passed: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    people = [make_person(f"p{n}", "某人").pk for n in range(30)]
    with django_assert_max_num_queries(2):
        publish(Tell(passed, accounts=tuple(people), context=GIVEN))
    assert Message.objects.count() == 30


def test_somebody_without_an_account_is_reached_once(db: None, passed: str) -> None:
    templates_registry.template(passed, say("您的事项有新进展"), say("您的事项有新进展"), sms=say("验证码 {code}"))
    api.send_to(passed, {"code": "x"}, key="invitation:1", phone="+8613800000001", email="a@example.org")
    assert sent_to("+8613800000001") == ["验证码 x"]
    assert sent_to("a@example.org") == ["您的事项有新进展"]
    api.send_to(passed, {"code": "x"}, key="invitation:1", phone="+8613800000001", email="a@example.org")
    assert Outbox.objects.count() == 2
