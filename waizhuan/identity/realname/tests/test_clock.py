"""The promise of one working day: computed, shown, counted down, escalated before it is missed (D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse

from waizhuan.identity.models import Account
from waizhuan.identity.realname.tests.conftest import FakeAuthority, signed_in, submitted
from waizhuan.kernel import clock
from waizhuan.shared.flow import actions
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message

FRIDAY = dt.datetime(2026, 3, 13, 15, 0, tzinfo=clock.CHINA)
MONDAY = dt.datetime(2026, 3, 16, 9, 0, tzinfo=clock.CHINA)
DUE = dt.datetime(2026, 3, 16, 17, 30, tzinfo=clock.CHINA)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def told(account: Account) -> list[str]:
    return list(Message.objects.filter(account=account).order_by("id").values_list("template", flat=True))


def test_the_promise_skips_the_weekend_and_is_shown(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    case = submitted(person)
    assert WorkItem.objects.get(subject_id=case.pk, closed_at=None).due_at == DUE
    with clock.frozen(MONDAY):
        for page in (reverse("realname.status"), reverse("realname.case", args=[case.pk])):
            shown = signed_in(person).get(page).content.decode()
            assert "3月16日（周一）17:30" in shown
            assert "今天 17:30 到期" in shown
        assert "今天 17:30 到期" in signed_in(reviewer).get(reverse("flow.queue")).content.decode()


def test_nobody_is_warned_on_the_day_it_came(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    submitted(person)
    assert actions.warn_before_due() == 0
    with clock.frozen(MONDAY):
        assert actions.warn_before_due() == 1
        assert actions.warn_before_due() == 0
    assert told(reviewer).count("flow.due_soon") == 1


def test_the_senior_hears_of_it_before_it_is_missed(
    person: Account, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    case = submitted(person)
    with clock.frozen(DUE - dt.timedelta(hours=3, minutes=1)):
        assert actions.escalate_overdue() == 0
    with clock.frozen(DUE - dt.timedelta(hours=2, minutes=59)):
        assert actions.escalate_overdue() == 1
        assert actions.escalate_overdue() == 0
        item = WorkItem.objects.get(subject_id=case.pk, closed_at=None)
        page = signed_in(senior).get(reverse("flow.open", args=[item.pk]), follow=True)
    assert "flow.escalated_early" in told(senior)
    assert page.redirect_chain[-1][0] == reverse("realname.review", args=[case.pk])
    assert 'value="approve"' in page.content.decode()
    assert "看下一件" not in page.content.decode(), "there is no other one"


def test_what_was_escalated_early_and_missed_all_the_same_is_told_again(
    person: Account, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    submitted(person)
    with clock.frozen(DUE - dt.timedelta(hours=1)):
        assert actions.escalate_overdue() == 1
    assert "flow.escalated" not in told(senior)
    with clock.frozen(DUE + dt.timedelta(minutes=1)):
        assert actions.escalate_overdue() == 1
        assert actions.escalate_overdue() == 0
    assert told(senior).count("flow.escalated") == 1
    assert told(reviewer).count("flow.overdue") == 1


def test_a_missed_promise_is_said_as_such(
    person: Account, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    submitted(person)
    with clock.frozen(DUE + dt.timedelta(minutes=1)):  # the clock's job did not run in time
        assert actions.escalate_overdue() == 1
    assert "flow.overdue" in told(reviewer)
    assert "flow.escalated" in told(senior)
