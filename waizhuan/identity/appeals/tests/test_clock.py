"""Each look at an appeal has its promise: the post above hears before the first is missed, and when a second one was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity.appeals import effects
from waizhuan.identity.appeals.tests.conftest import OLD_PHONE, _staff, decide, filed, link_in, signed_in
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.shared.flow import actions
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 3, 13, 15, 0, tzinfo=clock.CHINA)
DUE = dt.datetime(2026, 3, 16, 17, 30, tzinfo=clock.CHINA)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def told(account: Account) -> list[str]:
    return list(Message.objects.filter(account=account).order_by("id").values_list("template", flat=True))


def test_the_senior_hears_before_a_first_look_is_missed(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    filed(client)
    with clock.frozen(DUE - dt.timedelta(hours=3, minutes=1)):
        assert actions.escalate_overdue() == 0
    with clock.frozen(DUE - dt.timedelta(hours=2, minutes=59)):
        assert actions.escalate_overdue() == 1
    assert told(senior) == ["flow.escalated_early"]


def test_a_late_second_look_is_told_to_who_can_appoint_somebody(
    client: Client, unit: Organisation, operator: Organisation, reviewer: Account, senior: Account
) -> None:
    """The system administrator sees no case: its number alone, and the page where another senior is authorised."""
    system = _staff("system", 203, operator, "operator.system")
    appeal = decide(reviewer, filed(client, "unit", uscc=str(unit.uscc)), "recommend")
    with clock.frozen(DUE - dt.timedelta(hours=1)):
        assert actions.escalate_overdue() == 1
    assert told(senior)[-1] == "flow.due_soon"
    assert "flow.short_handed" not in told(system)
    with clock.frozen(DUE + dt.timedelta(minutes=1)):
        assert [actions.escalate_overdue(), actions.escalate_overdue()] == [1, 0]
    assert told(senior)[-1] == "flow.overdue"
    message = Message.objects.get(account=system, template="flow.short_handed")
    assert str(appeal.number) in message.body
    assert "青石" not in message.subject + message.body
    assert signed_in(system).get(message.link).status_code == 200
    assert message.link == reverse("delegation.list")


def test_an_objection_that_nobody_looks_at_is_told_too(
    client: Client, hanxu: Account, operator: Organisation, reviewer: Account, senior: Account
) -> None:
    system = _staff("system", 203, operator, "operator.system")
    decide(reviewer, filed(client), "approve")
    Client().post(link_in(sent_to(OLD_PHONE)[0]), {"note": "我还在用"})
    with clock.frozen(DUE + dt.timedelta(minutes=1)):
        assert actions.escalate_overdue() == 1
    assert told(system)[-1:] == ["flow.short_handed"]


def test_a_wait_that_begins_on_a_day_off_has_its_working_days_whole() -> None:
    assert effects._after(1) == FRIDAY + dt.timedelta(days=3), "from Friday afternoon to Monday afternoon"
    with clock.frozen(FRIDAY + dt.timedelta(days=1)):
        assert effects._after(1) == DUE, "from Saturday until Monday closes"
        assert effects._after(0) == clock.now(), "where nobody is to be waited for"
