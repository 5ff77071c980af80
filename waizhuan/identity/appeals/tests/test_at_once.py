"""An appeal is approved while another one for the same account is handed in: with real threads, on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.tests.conftest import claimed, decide, filed, with_papers
from waizhuan.identity.models import Account

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="needs a database with row locks"),
]


def test_what_is_approved_at_this_moment_is_contested_too(hanxu: Account, reviewer: Account) -> None:
    """The reviewer did not see the second appeal, and it did not see the first one cool off: two people look all the same."""
    first = filed(Client())
    stranger = Client()
    second = claimed(stranger, phone="139 2222 0000")
    with_papers(stranger, second)
    approved, answers = threading.Event(), []

    def hands_in() -> None:
        approved.wait(timeout=10)
        answers.append(stranger.post("/appeals/papers/", {"version": str(second.version)}).status_code)
        connection.close()

    other = threading.Thread(target=hands_in)
    other.start()
    with transaction.atomic():
        assert decide(reviewer, first, "approve").state == "cooling"
        approved.set()
        other.join(timeout=2)  # it waits for this transaction
        assert not answers
    other.join(timeout=10)
    assert answers == [302]
    assert Appeal.objects.get(pk=second.pk).state == "review"
    assert Appeal.objects.get(pk=first.pk).state == "objected"
