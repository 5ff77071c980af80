"""Giving projects to leads, and asking for one."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment import actions
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.conftest import World
from waizhuan.shared.flow.api import Step
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def test_many_at_once_all_or_none(world: World) -> None:
    world.profile()
    had = {world.application("empty", n).pk: world.people["lead"].pk for n in range(3)}
    with pytest.raises(Hidden):
        actions.assign(actor=world.actor("admin"), seen={**had, 10**12: None}, lead=world.people["lead2"].pk)
    assert set(Application.objects.values_list("lead_id", flat=True)) == {world.people["lead"].pk}
    given = actions.assign(actor=world.actor("admin"), seen=had, lead=world.people["lead2"].pk)
    assert (len(given.done), given.changed) == (3, [])
    again = actions.assign(actor=world.actor("admin"), seen=had, lead=world.people["lead2"].pk)
    assert (again.done, again.changed) == ([], []), "theirs already"
    step = Step.objects.filter(process="applications.application", transition="assign").order_by("-id").first()
    assert step is not None
    assert step.note == world.people["lead2"].person.name  # the timeline says to whom


@pytest.mark.parametrize("who", ["lead", "clerk", "minister", "other_admin"])
def test_nobody_else_assigns(world: World, who: str) -> None:
    made = world.application("empty")
    with pytest.raises((Hidden, Refused)):
        actions.assign(actor=world.actor(who), seen={made.pk: made.lead_id}, lead=world.people["lead2"].pk)
    made.refresh_from_db()
    assert made.lead_id == world.people["lead"].pk


@pytest.mark.parametrize("lead", ["other_lead", "nobody", "clerk"])
def test_only_the_units_own_leads_are_given_one(world: World, lead: str) -> None:
    made = world.application("empty")
    with pytest.raises(Refused):
        actions.assign(actor=world.actor("admin"), seen={made.pk: made.lead_id}, lead=world.people[lead].pk)


def test_a_lead_asks_once_a_day_and_the_administrators_hear_of_it(world: World) -> None:
    actions.ask(actor=world.actor("lead"))
    told = Message.objects.filter(template="assignment.asked")
    assert {m.account_id for m in told} >= {world.people["admin"].pk, world.people["admin2"].pk}
    with pytest.raises(Refused):
        actions.ask(actor=world.actor("lead"))
    assert Wish.objects.count() == 1
    Wish.objects.update(asked_at=clock.now() - dt.timedelta(days=1))
    actions.ask(actor=world.actor("lead"))
    assert Wish.objects.count() == 1


@pytest.mark.parametrize("who", ["admin", "clerk", "minister"])
def test_only_leads_ask(world: World, who: str) -> None:
    with pytest.raises(Refused):
        actions.ask(actor=world.actor(who))


def test_the_wish_ends_when_a_project_comes(world: World) -> None:
    made = world.application("empty", lead=None)
    actions.ask(actor=world.actor("lead"))
    actions.assign(actor=world.actor("admin"), seen={made.pk: made.lead_id}, lead=world.people["lead"].pk)
    assert not Wish.objects.exists()


def test_what_a_colleague_has_given_meanwhile_is_left_and_named(world: World) -> None:
    """Also what has ended meanwhile; the others are given, and the lead who got nothing still waits."""
    lead, lead2 = (world.people[w].pk for w in ("lead", "lead2"))
    made = [world.application("empty", n, lead=None) for n in range(3)]
    had = {m.pk: None for m in made}
    actions.assign(actor=world.actor("admin2"), seen={made[0].pk: None}, lead=lead2)
    Application.objects.filter(pk=made[1].pk).update(state="withdrawn")
    actions.ask(actor=world.actor("lead"))
    two = {m.pk: None for m in made[:2]}
    given = actions.assign(actor=world.actor("admin"), seen=two, lead=lead)
    assert (list(given.done), [r.pk for r in given.changed]) == ([], list(two))
    assert Wish.objects.exists()
    given = actions.assign(actor=world.actor("admin"), seen=had, lead=lead)
    assert ([r.pk for r in given.done], [r.pk for r in given.changed]) == ([made[2].pk], list(two))
    assert list(Application.objects.order_by("pk").values_list("lead_id", flat=True)) == [lead2, None, lead]
    assert not Wish.objects.exists()
