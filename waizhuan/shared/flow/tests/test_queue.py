"""待办: what the posts hold, in order of time, narrowed, counted, with its neighbours."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.apps import apps

from waizhuan.kernel import clock
from waizhuan.kernel.actor import ANONYMOUS
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.flow import actions, api, queue
from waizhuan.shared.flow.models import Step, WorkItem
from waizhuan.shared.flow.presenters import row_of
from waizhuan.shared.flow.queries import SHOWN, asked_by, history, waiting_at_posts
from waizhuan.shared.flow.tests.conftest import NAME, World

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 9, 10, 0, tzinfo=clock.CHINA)


@pytest.fixture
def three(world: World) -> list[WorkItem]:
    """Three cases, received on Monday, Tuesday and Wednesday, due a week later each."""
    for n in range(3):
        with clock.frozen(MONDAY + dt.timedelta(days=n)):
            world.thing(n)
    return list(WorkItem.objects.filter(process=NAME, closed_at=None).order_by("due_at"))


def shown(world: World, view: str = "all", **given: str) -> list[int]:
    return [i.id for i in queue.rows(world.clerk, view, given).order_by(*queue.ORDER)]


def test_everybody_of_the_post_sees_it_and_nobody_else(world: World, three: list[WorkItem]) -> None:
    assert shown(world) == [i.pk for i in three]
    assert [i.pk for i in api.held_by(world.colleague).order_by("due_at")] == [i.pk for i in three]
    assert not api.held_by(world.stranger).exists()
    assert not api.held_by(ANONYMOUS).exists()
    assert not asked_by(ANONYMOUS).exists()
    assert {i.pk for i in asked_by(world.asker)} == {i.pk for i in three}
    assert not asked_by(world.clerk).exists()


def test_views_narrow_by_time_and_by_who_took_it(world: World, three: list[WorkItem]) -> None:
    first, second, third = (i.pk for i in three)
    actions.take(actor=world.colleague, items=[second])
    with clock.frozen(dt.datetime(2026, 3, 17, 9, 0, tzinfo=clock.CHINA)):  # the day when the second is due
        assert shown(world, "late") == [first]
        assert shown(world, "today") == [second]
        assert shown(world, "nobody") == [first, third]
        counts = {v.name: v.count for v in queue.views(world.clerk, "all")}
    assert counts == {"all": "3", "today": "1", "late": "1", "nobody": "2"}


def test_filters(world: World, three: list[WorkItem]) -> None:
    assert shown(world, q=three[1].title) == [three[1].pk]
    assert shown(world, q=three[2].number) == [three[2].pk]
    assert shown(world, q="%") == []
    assert shown(world, process=NAME) == [i.pk for i in three]
    assert shown(world, process="entry.profile") == []
    actions.take(actor=world.clerk, items=[three[0].pk])
    assert shown(world, assignee="mine") == [three[0].pk]
    assert shown(world, assignee="nobody") == [three[1].pk, three[2].pk]


def test_counts_are_capped(world: World, three: list[WorkItem], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "CAP", 2)
    assert {v.name: v.count for v in queue.views(world.clerk, "all")}["all"] == "2+"


def test_neighbours_and_the_round_back_to_the_first(world: World, three: list[WorkItem]) -> None:
    first, second, third = (queue.Neighbour(i.pk, i.title) for i in three)
    assert queue.neighbours(world.clerk, None) == queue.Neighbours(None, first)
    assert queue.neighbours(world.clerk, three[0]) == queue.Neighbours(None, second)
    assert queue.neighbours(world.clerk, three[1]) == queue.Neighbours(first, third)
    assert queue.neighbours(world.clerk, three[2]) == queue.Neighbours(second, first)
    assert queue.next_after(world.clerk, three[2]) == first
    assert queue.neighbours(world.stranger, None) == queue.Neighbours(None, None)
    assert queue.neighbours(ANONYMOUS, three[1]) == queue.Neighbours(None, None)
    WorkItem.objects.filter(pk__in=(first.pk, third.pk)).delete()
    assert queue.neighbours(world.clerk, three[1]) == queue.Neighbours(None, None)  # alone, it is not its own neighbour


def test_what_is_written_by_hand_is_what_the_querysets_say(world: World) -> None:
    """Counts and neighbours, among work that is due at the same moment, at other posts, closed, or with its asker."""
    for n in range(12):
        with clock.frozen(MONDAY + dt.timedelta(days=n // 3)):  # three a day at the same moment
            world.thing(n)
    rows = WorkItem.objects.filter(process=NAME).order_by("id")
    one, two, three, four, five = rows[1], rows[4], rows[7], rows[8], rows[11]
    WorkItem.objects.filter(pk=one.pk).update(asker_turn=True)
    WorkItem.objects.filter(pk=two.pk).update(closed_at=MONDAY)
    WorkItem.objects.filter(pk=three.pk).update(role="department.head")
    WorkItem.objects.filter(pk=four.pk).update(organisation=world.stranger.organisation_id)
    WorkItem.objects.filter(pk=five.pk).update(assignee=world.colleague.account_id)
    for actor in (
        world.clerk,
        world.stranger,
        replace(world.clerk, roles=frozenset()),
        replace(world.clerk, roles=frozenset({"department.clerk", "department.head"})),
    ):
        held = list(waiting_at_posts(actor).order_by(*queue.ORDER))
        for at, item in enumerate(held):
            near = queue.neighbours(actor, item)
            assert (near.before and near.before.pk) == (held[at - 1].pk if at else None)
            assert near.after == (_near(held[(at + 1) % len(held)]) if len(held) > 1 else None)
        with clock.frozen(dt.datetime(2026, 3, 17, 9, 0, tzinfo=clock.CHINA)):
            counted = {v.name: v.count for v in queue.views(actor, "all")}
            assert counted == {name: str(queue.in_view(waiting_at_posts(actor), name).count()) for name in queue.VIEWS}
    assert len(held) == 9


def test_what_a_case_shows_is_what_the_querysets_say(world: World) -> None:
    """Of this process alone, though another one has a subject with the same number; and of what is open."""
    thing, other = world.thing(0), world.thing(1)
    api.perform(world.process, other, "approve", world.clerk)
    Organisation = apps.get_model("identity", "Organisation")
    Organisation._default_manager.filter(pk=world.bureau).update(public_phone="0571 8888", public_hours="9–17")
    for n, subject in enumerate((thing, other)):
        item = WorkItem.objects.filter(process=NAME, subject_id=subject.pk).latest("id")
        item.pk, item.process, item.organisation_id, item.closed_at = None, "another.thing", world.above, None
        item.save()
        for step in Step.objects.filter(process=NAME, subject_id=subject.pk):
            step.pk, step.process, step.note, step._state.adding = None, "another.thing", "a stranger's", True
            step.save()
        said = history(world.process, subject)
        assert said == list(Step.objects.filter(process=NAME, subject_id=subject.pk).order_by("-seq"))
        assert [s.note for s in said] == [""] * (2 + n)
        assert [s.data for s in said] == [{}] * (2 + n)
    assert api.current_item(world.process, other) is None
    found, item = (
        api.current_item(world.process, thing),
        WorkItem.objects.get(process=NAME, subject_id=thing.pk, closed_at=None),
    )
    assert found == item
    columns = ("opened_at", "due_at", "promised", "provisional", "reminded_at", "asker_turn", "role", "organisation_id")
    assert [getattr(found, c) for c in columns] == [getattr(item, c) for c in columns]
    assert (found.office, found.office_phone, found.office_hours) == ("局", "0571 8888", "9–17")


def _near(item: WorkItem) -> queue.Neighbour:
    return queue.Neighbour(item.pk, item.title)


def test_taking_and_giving_back(world: World, three: list[WorkItem]) -> None:
    pks = [i.pk for i in three]
    assert actions.take(actor=world.clerk, items=pks) == 3
    assert actions.take(actor=world.clerk, items=[pks[0]], back=True) == 1
    assert actions.take(actor=world.stranger, items=pks) == 0
    assert set(WorkItem.objects.filter(pk__in=pks).values_list("assignee_id", flat=True)) == {
        None,
        world.clerk.account_id,
    }
    with pytest.raises(Hidden):
        actions.take(actor=ANONYMOUS, items=pks)


def test_one_reminds_once_a_day_and_only_of_ones_own(world: World, three: list[WorkItem]) -> None:
    with clock.frozen(MONDAY + dt.timedelta(days=3)):
        actions.remind(actor=world.asker, item_id=three[0].pk)
        with pytest.raises(Refused):
            actions.remind(actor=world.asker, item_id=three[0].pk)
        for nobody in (world.stranger, world.clerk):
            with pytest.raises(Hidden):
                actions.remind(actor=nobody, item_id=three[1].pk)
    with clock.frozen(MONDAY + dt.timedelta(days=4)):
        actions.remind(actor=world.asker, item_id=three[0].pk)


def test_the_home_page_shows_the_most_urgent_and_says_that_there_are_more(world: World) -> None:
    for n in range(SHOWN + 1):
        with clock.frozen(MONDAY + dt.timedelta(days=n)):
            world.thing(n)
    mine, theirs = api.waiting_for(world.clerk), api.awaited_by(world.asker)
    assert len(mine.rows) == len(theirs.rows) == SHOWN
    assert mine.count == f"{SHOWN}+"
    assert [r.due for r in mine.rows] == sorted(r.due for r in mine.rows if r.due)
    assert theirs.rows[0].holder == "局"
    assert not theirs.rows[0].personal
    assert api.waiting_for(ANONYMOUS).rows == []


def test_a_person_who_has_the_work_is_not_taken_for_an_office(world: World, three: list[WorkItem]) -> None:
    assert not row_of(three[0], "局").personal
    three[0].line = "所　2026"
    assert (row_of(three[0]).line, row_of(three[0], "局").line) == ("所　2026", ""), "a unit knows its own name"
    three[0].asker_organisation = None
    assert row_of(three[0], "局").line == "所　2026"
    three[0].organisation = None
    assert row_of(three[0], "韩叙").personal
    assert not row_of(three[0]).personal, "the reader's own"
