"""Refused access and attempts to get round a control stand in the audit log: who, what, on which screen; nobody fills it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo, rate
from waizhuan.identity.api import Account
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.web import refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(db: None) -> Account:
    return demo.person("lead", "林望舒", 4001)


def signed_in(account: Account, **how: Any) -> Client:
    client = Client(**how)
    client.force_login(account)
    return client


def written(verb: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb=verb).order_by("id"))


def test_a_page_of_another_role_is_written_down_with_who_and_what(lead: Account) -> None:
    assert signed_in(lead).get(reverse("appeals.review", args=[17]), HTTP_X_REQUEST_ID="request-17").status_code == 404
    [entry] = written("refused.page")
    assert (entry.account_id, entry.account_name, entry.subject) == (lead.pk, "林望舒", "web.screen:appeals.review")
    assert entry.detail == {"number": "17", "times": 1, "method": "GET", "request": "request-17"}
    assert (str(entry.said), str(entry.thing)) == ("被拒：打开了无权看的页面或事项", "页面")


def test_the_same_again_is_one_entry_and_the_tenth_another(lead: Account) -> None:
    client = signed_in(lead)
    for n in range(1, 31):
        client.get(reverse("appeals.review", args=[n]))
    assert [e.detail["times"] for e in written("refused.page")] == [1, 10]


def test_nobody_fills_the_log_and_the_last_entry_says_that_no_more_are_written(
    lead: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "AT_MOST", 3)
    client = signed_in(lead)
    for name in ("audit.log", "merges.list", "merges.new", "merges.sources", "flow.queue"):
        client.get(reverse(name))
    assert len(written("refused.page")) == 3
    assert [e.account_id for e in written("refused.more")] == [lead.pk]
    signed_in(demo.person("other", "韩叙", 4002)).get(reverse("audit.log"))  # a budget of their own
    assert len(written("refused.page")) == 4


def test_strangers_leave_their_network_and_no_token(db: None) -> None:
    for _ in range(12):
        Client(REMOTE_ADDR="203.0.113.7").get(reverse("sign_in.not_me", args=["a-token"]))
    first, tenth = written("refused.link")
    assert (first.account_id, first.detail["network"]) == (None, "203.0.113")
    assert [first.detail["times"], tenth.detail["times"]] == [1, 10]
    assert "a-token" not in str(first.detail) + first.subject


def test_a_stranger_who_fills_a_budget_blinds_for_no_other_network(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "AT_MOST", 1)
    monkeypatch.setattr(refusals, "STRANGERS", 4)
    for n in (1, 1, 2):
        for name in ("sign_in.not_me", "sign_in.link", "contact_change.undo"):
            Client(REMOTE_ADDR=f"203.0.{n}.7").get(reverse(name, args=["made-up"]))
    assert [e.detail["network"] for e in written("refused.link")] == ["203.0.1", "203.0.2"]
    assert [e.detail["network"] for e in written("refused.more")] == ["203.0.1", "203.0.2"]
    for n in range(3, 9):
        Client(REMOTE_ADDR=f"203.0.{n}.7").get(reverse("sign_in.link", args=["made-up"]))
    assert len(written("refused.link")) + len(written("refused.more")) == 5  # all strangers together, and that it is so


def test_a_number_that_was_typed_into_the_address_is_none_of_a_row(lead: Account) -> None:
    signed_in(lead).get(reverse("appeals.review", args=[11010519491231002 * 10**40]))
    assert [e.detail["number"] for e in written("refused.page")] == [""]


def test_a_one_time_link_that_was_made_up(db: None) -> None:
    assert Client().get(reverse("sign_in.link", args=["made-up"])).status_code == 410
    assert len(written("refused.link")) == 1


def test_a_form_without_its_token(lead: Account) -> None:
    assert signed_in(lead, enforce_csrf_checks=True).post(reverse("my_information.requests")).status_code == 403
    assert [e.account_id for e in written("refused.form")] == [lead.pk]


def test_a_choice_that_no_page_offers(lead: Account) -> None:
    address = reverse("my_information.requests")
    signed_in(lead).post(address, {"kind": "", "words": ""})  # nothing chosen is no attempt
    assert written("refused.choice") == []
    signed_in(lead).post(address, {"kind": "become-administrator", "words": "x"})
    assert [e.subject for e in written("refused.choice")] == ["web.screen:my_information.requests"]


def test_a_transition_that_is_not_offered(lead: Account) -> None:
    """The engine hides it, as a page of another role."""
    signed_in(lead).post(reverse("appeals.decide", args=[17]), {"transition": "approve"})
    assert [e.detail["method"] for e in written("refused.page")] == ["POST"]


def test_a_thing_that_only_others_have(lead: Account) -> None:
    demo.mandate(lead, demo.unit("institute", "研究所", 4003), "unit.admin")
    assert signed_in(lead).get(reverse("linking.case", args=[17])).status_code == 404
    assert [e.subject for e in written("refused.page")] == ["web.screen:linking.case"]
    assert signed_in(lead).get("/nothing/is/there/").status_code == 404  # nor is it a control
    assert AuditEntry.objects.filter(verb__startswith="refused.").count() == 1


def test_too_many_tries(lead: Account, settings: Any) -> None:
    settings.RATE_LIMITS_ON, settings.CAPTCHA_ON = True, False
    cache.clear()
    for _ in range(12):
        Client().post(reverse("sign_in.start"), {"login_name": "lead", "password": "Wrong-2026!"})
    assert [e.subject for e in written("refused.throttled")] == ["web.screen:sign_in.start"]


def test_a_wrong_answer_to_the_captcha(db: None, settings: Any) -> None:
    settings.CAPTCHA_ON = True
    typed = {"captcha": "wrong", "captcha_keys": ""}
    Client().post(reverse("appeals.find"), typed)
    assert [e.subject for e in written("refused.captcha")] == ["web.screen:appeals.find"]


def test_outside_of_a_request_nobody_listens(db: None) -> None:
    rate.too_often(60)
    assert written("refused.throttled") == []


def test_an_answer_that_was_given_costs_nothing_more(lead: Account) -> None:
    client = signed_in(lead)
    for path in ("/", reverse("my_information.requests")):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        assert not [q["sql"] for q in seen if "trycount" in q["sql"] or "audit_auditentry" in q["sql"]]


@pytest.mark.parametrize("error", [DatabaseError, ConnectionError])
def test_where_it_cannot_be_written_the_answer_is_the_same(
    lead: Account, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise error  # the database, or Redis, which counts

    monkeypatch.setattr("waizhuan.identity.api.count_try", broken)
    assert signed_in(lead).get(reverse("audit.log")).status_code == 404
