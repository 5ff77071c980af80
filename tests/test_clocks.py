"""Promises are kept in sight: warnings before, escalation after, reminders once a day, and a clock that pauses (F1, D2)."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.departments import demo as departments
from waizhuan.projects.entry import actions as entry_actions
from waizhuan.projects.entry import demo as entry
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow import actions
from waizhuan.shared.flow.api import perform
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 9, 10, 24, tzinfo=clock.CHINA)


class World:
    """One bureau with its province above it, one unit that has handed in its profile on a Monday morning."""

    def __init__(self) -> None:
        offices = departments.build()
        self.bureau, self.province = offices["汐州市外国专家局"], offices["江海省外国专家局"]
        self.clerk = self._person("clerk", self.bureau, "department.clerk", 1)
        self.head = self._person("head", self.province, "department.head", 2)
        self.unit = demo.unit("unit", "青石研究院", 77)
        self.admin = self._person("admin", self.unit, "unit.admin", 3)
        self.profile = entry.profile(
            self.unit, self.admin, self.bureau, self.acting(self.clerk, self.bureau), state="review"
        )

    def _person(self, login: str, organisation: Organisation, role: str, n: int) -> Account:
        made = demo.person(login, f"人{n}", 900 + n)
        demo.mandate(made, organisation, role)
        return made

    def acting(self, account: Account, organisation: Organisation) -> Actor:
        return actor_of(account, acting_for=organisation.pk)

    @property
    def item(self) -> WorkItem:
        return WorkItem.objects.get(process=PROFILE.name, subject_id=self.profile.pk, closed_at=None)

    def told(self, account: Account) -> list[str]:
        return list(Message.objects.filter(account=account).order_by("id").values_list("subject", flat=True))


@pytest.fixture
def world() -> World:
    with clock.frozen(MONDAY):
        return World()


def test_the_promise_is_five_working_days(world: World) -> None:
    assert world.item.due_at == dt.datetime(2026, 3, 16, 17, 30, tzinfo=clock.CHINA)
    with clock.frozen(MONDAY + dt.timedelta(days=3)):
        case = case_of(PROFILE, world.profile, world.acting(world.admin, world.unit))
    assert case.holder is not None
    assert [d.kind for d in case.holder.days] == [
        "past",
        "past",
        "today",
        "ahead",
        "off",
        "due",
    ]  # the prototype's ruler


def test_the_holder_is_warned_once_before_it_is_late(world: World) -> None:
    with clock.frozen(MONDAY + dt.timedelta(days=2)):
        assert actions.warn_before_due() == 0
    with clock.frozen(dt.datetime(2026, 3, 13, 9, 0, tzinfo=clock.CHINA)):
        assert actions.warn_before_due() == 1
        assert actions.warn_before_due() == 0
    assert any("快到期" in s for s in world.told(world.clerk))


def test_an_overdue_case_goes_to_the_tier_above_once(world: World) -> None:
    with clock.frozen(dt.datetime(2026, 3, 16, 17, 0, tzinfo=clock.CHINA)):
        assert actions.escalate_overdue() == 0
    with clock.frozen(dt.datetime(2026, 3, 16, 17, 31, tzinfo=clock.CHINA)):
        assert actions.escalate_overdue() == 1
        assert actions.escalate_overdue() == 0
    assert any("督办" in s for s in world.told(world.head))
    assert any("已超期" in s for s in world.told(world.clerk))


def test_the_asker_reminds_once_a_day(world: World) -> None:
    asker, stranger = world.acting(world.admin, world.unit), world.acting(world.head, world.province)
    with clock.frozen(MONDAY + dt.timedelta(hours=1)):
        actions.remind(actor=asker, item_id=world.item.pk)
        with pytest.raises(Refused):
            actions.remind(actor=asker, item_id=world.item.pk)
        with pytest.raises(Hidden):
            actions.remind(actor=stranger, item_id=world.item.pk)
    with clock.frozen(MONDAY + dt.timedelta(days=1)):
        actions.remind(actor=asker, item_id=world.item.pk)
    assert sum("提醒您办理" in s for s in world.told(world.clerk)) == 2


def test_the_clock_pauses_while_the_ball_is_with_the_asker(world: World) -> None:
    clerk, asker = world.acting(world.clerk, world.bureau), world.acting(world.admin, world.unit)
    with clock.frozen(dt.datetime(2026, 3, 11, 9, 0, tzinfo=clock.CHINA)):  # Wednesday: three days left
        perform(PROFILE, world.profile, "ask", clerk, note="请补登记证书")
    row = UnitProfile.objects.get(pk=world.profile.pk)
    with clock.frozen(dt.datetime(2026, 3, 25, 9, 0, tzinfo=clock.CHINA)):  # two weeks later
        entry_actions.submit(actor=asker, profile=row, version=row.version)
    assert world.item.due_at == dt.datetime(2026, 3, 30, 17, 30, tzinfo=clock.CHINA)
    row.refresh_from_db()
    with pytest.raises(Refused):  # asked for more once, with everything
        perform(PROFILE, row, "ask", clerk, note="再补一份")


def test_sent_on_to_the_right_office_it_leaves_the_first(world: World) -> None:
    clerk = world.acting(world.clerk, world.bureau)
    with clock.frozen(MONDAY + dt.timedelta(days=1)):
        perform(PROFILE, world.profile, "reroute", clerk, note="归省局", data={"department": world.province.pk})
    assert world.item.organisation_id == world.province.pk
    with pytest.raises(Hidden):
        perform(PROFILE, world.profile, "approve", clerk)


def test_work_stays_with_the_post_when_somebody_takes_it_and_leaves(world: World) -> None:
    clerk = world.acting(world.clerk, world.bureau)
    assert actions.take(actor=clerk, items=[world.item.pk]) == 1
    assert world.item.assignee_id == world.clerk.pk
    stranger = world.acting(world.head, world.province)
    assert actions.take(actor=stranger, items=[world.item.pk]) == 0
    colleague = demo.person("colleague", "同事", 950)
    demo.mandate(colleague, world.bureau, "department.clerk")
    done = perform(PROFILE, world.profile, "approve", world.acting(colleague, world.bureau))
    assert done.state == "approved"
