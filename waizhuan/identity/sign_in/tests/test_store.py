"""A session is written once, and one that is not there is nobody's."""

from __future__ import annotations

import contextlib

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.sign_in import sessions
from waizhuan.identity.sign_in.models import Device
from waizhuan.identity.sign_in.store import SessionStore
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db


def test_a_new_session_is_written_once_with_what_was_put_into_it() -> None:
    session = SessionStore()
    with CaptureQueriesContext(connection) as asked:
        session.create()
        session["a"] = 1
        assert not asked.captured_queries
        session.save()
    assert sum("django_session" in q["sql"] for q in asked.captured_queries) == 1
    assert SessionStore(session.session_key)["a"] == 1
    session["a"] = 2
    session.save()
    assert SessionStore(session.session_key)["a"] == 2
    assert Session.objects.count() == 1


def test_saving_without_a_key_makes_one() -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    assert SessionStore(session.session_key)["a"] == 1


def test_a_new_key_takes_the_data_along_and_the_old_one_is_gone() -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    before = session.session_key
    session.cycle_key()
    session.save()
    assert session.session_key != before
    assert SessionStore(session.session_key)["a"] == 1
    assert not Session.objects.filter(pk=before).exists()


def test_a_key_that_is_taken_is_refused() -> None:
    taken = SessionStore()
    taken.save()
    session = SessionStore(taken.session_key)
    session.fresh = True
    with pytest.raises(CreateError):
        session.save()


def test_a_key_that_nobody_has_is_not_taken_over() -> None:
    """Fixation: a key that a stranger made up does not become a session."""
    session = SessionStore("x" * 32)
    assert session.get("a") is None
    session["a"] = 1
    session.save()
    assert session.session_key != "x" * 32


def test_what_was_written_a_moment_ago_is_not_written_again() -> None:
    session = SessionStore()
    session["a"] = [1]
    session.save()
    with CaptureQueriesContext(connection) as asked:
        session.save()
        assert not asked.captured_queries
        session["a"].append(2)
        session.save()
    assert any("UPDATE" in q["sql"] for q in asked.captured_queries)
    assert SessionStore(session.session_key)["a"] == [1, 2]


def test_whoever_ends_a_session_that_is_just_beginning_ends_it(rf: RequestFactory) -> None:
    """It is listed before the answer is on its way; what is ended meanwhile does not come back with the answer."""
    owner = demo.person("hanxu", "韩叙", 31)
    request = rf.get("/")
    request.session = SessionStore()
    sessions.begin(request, owner, how="password")
    (listed,) = Device.objects.filter(account=owner)
    assert sessions.end_device(owner, listed.pk)
    with contextlib.suppress(UpdateError):
        request.session.save()
    assert not Session.objects.exists()


def test_a_renewed_key_is_there_as_soon_as_it_is_listed(rf: RequestFactory) -> None:
    owner = demo.person("hanxu", "韩叙", 31)
    request = rf.get("/")
    request.session = SessionStore()
    sessions.begin(request, owner, how="password")
    before = request.session.session_key
    sessions.renew_key(request, owner)
    (listed,) = Device.objects.filter(account=owner)
    assert listed.session_key == request.session.session_key != before
    assert [row.pk for row in Session.objects.all()] == [listed.session_key]


def test_a_session_that_is_not_listed_or_left_no_trace_never_was(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong on the way undoes all of it, and nobody is signed in, also on the page that says so."""
    demo.person("somebody", "某人", 1)

    def broken(*events: object) -> None:
        assert Session.objects.exists()
        assert Device.objects.exists()
        raise Refused(no(say("现在不行")))

    monkeypatch.setattr(sessions, "publish", broken)
    typed = {"login_name": "somebody", "password": demo.PASSWORD}
    answer = client.post("/sign-in/", typed)
    assert answer.status_code == 422
    assert "somebody" not in answer.content.decode()
    assert not answer.context["actor"].signed_in
    assert not Session.objects.exists()
    assert not Device.objects.exists()
    assert not AuditEntry.objects.filter(verb="sign_in.begin").exists()
    assert client.get("/me/")["Location"].startswith("/sign-in/")
    monkeypatch.undo()
    assert client.post("/sign-in/", typed)["Location"] == "/"
    assert client.get("/me/").status_code == 200
