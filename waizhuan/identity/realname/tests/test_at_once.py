"""Two decisions at the same moment, with real threads on PostgreSQL: nobody waits for somebody who waits for them."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.realname import reviews
from waizhuan.identity.realname.actions import Document
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor
from waizhuan.identity.realname.tests.test_changes import asked, handed_in

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="needs a database with row locks"),
]


def test_a_contested_change_and_the_decision_on_what_the_loser_asked_for(
    reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    """The loser's own case is being decided on: its row is locked, and its unit's is wanted next. Whoever decides on the
    contested change waits for the case, and does not hold the unit meanwhile."""
    unit, other = demo.unit("yunxi", "云溪理工大学", 1000), demo.unit("other", "云溪科技大学", 1001)
    authority.answer = Answer(Result.MATCH)
    case = handed_in(unit, claim=True, name="云溪科技大学", uscc=other.uscc)
    keys = warning_keys(case)
    authority.answer = Answer(Result.UNKNOWN, "unit_not_found")
    losing = asked(other, rep=Document("韩叙", "resident_id", demo.resident_id(77)))
    case = reviews.decide(as_actor(reviewer), case, "recommend", version=case.version, accepted=keys)
    results: list[object] = []

    def confirms() -> None:
        try:
            results.append(reviews.decide(as_actor(senior), case, "confirm", version=case.version, accepted=keys).state)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=confirms)
    with transaction.atomic():  # as a decision on the other unit's case goes: the case, then the unit
        Case.objects.select_for_update().get(pk=losing.pk)
        thread.start()
        time.sleep(1.5)
        assert not results, "it waits for this transaction"
        Organisation.objects.select_for_update().get(pk=other.pk)
    thread.join(timeout=20)
    assert results == ["passed"]
    losing.refresh_from_db()
    other.refresh_from_db()
    assert (losing.state, other.uscc) == ("withdrawn", None)
