"""The way of a profile, walked through the engine."""

from __future__ import annotations

import pytest

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import World
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow.api import WorkItem, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def item(profile: object) -> WorkItem:
    return WorkItem.objects.get(process=PROFILE.name, subject_id=profile.pk, closed_at=None)  # type: ignore[attr-defined]


def test_the_departments_clerk_has_it_for_five_working_days(world: World) -> None:
    held = item(world.profile("review"))
    assert (held.organisation_id, held.role, held.promised) == (world.bureau.pk, "department.clerk", True)


def test_asking_stops_the_clock_and_answering_starts_it_again(world: World) -> None:
    profile = world.profile("asked")
    assert item(profile).asker_turn
    profile = perform(PROFILE, profile, "answer", world.actor("admin"))
    assert profile.state == "review"
    assert item(profile).promised


def test_more_is_asked_for_once(world: World) -> None:
    profile = perform(PROFILE, world.profile("asked"), "answer", world.actor("admin"))
    with pytest.raises(Refused):
        perform(PROFILE, profile, "ask", world.actor("clerk"), note="再来一份")


@pytest.mark.parametrize("name", ["ask", "decline", "reroute"])
def test_whoever_says_no_says_why(world: World, name: str) -> None:
    with pytest.raises(Refused) as refused:
        perform(
            PROFILE,
            world.profile("review"),
            name,
            world.actor("clerk"),
            note="  ",
            data={"department": world.bureau.pk},
        )
    assert "note" in {v.field for v in refused.value.verdicts}


@pytest.mark.parametrize("who", ["admin", "lead", "minister_clerk", "other_admin", "other_clerk"])
def test_nobody_else_approves(world: World, who: str) -> None:
    with pytest.raises(Hidden):
        perform(PROFILE, world.profile("review"), "approve", world.actor(who))


def test_the_wrong_office_sends_it_on_and_sees_it_no_more(world: World) -> None:
    right = world.offices["澄湖市外国专家局"]
    profile = perform(
        PROFILE,
        world.profile("review"),
        "reroute",
        world.actor("clerk"),
        note="归澄湖管",
        data={"department": right.pk},
    )
    assert (profile.state, profile.department_id) == ("review", right.pk)
    assert item(profile).organisation_id == right.pk
    with pytest.raises(Hidden):
        perform(PROFILE, profile, "approve", world.actor("clerk"))
    assert perform(PROFILE, profile, "approve", world.actor("other_clerk")).state == "approved"


@pytest.mark.parametrize("target", [None, 0, 10**30, "x"])
def test_it_goes_to_no_office_that_is_none(world: World, target: object) -> None:
    with pytest.raises(Refused):
        perform(
            PROFILE,
            world.profile("review"),
            "reroute",
            world.actor("clerk"),
            note="归别处",
            data={"department": target},
        )


def test_the_second_clerk_hears_who_decided_and_when(world: World) -> None:
    profile = world.profile("review")
    perform(PROFILE, profile, "approve", world.actor("clerk"), version=profile.version)
    with pytest.raises(Conflict) as lost:
        perform(PROFILE, profile, "decline", world.actor("clerk2"), note="不符", version=profile.version)
    assert world.bureau.name in lost.value.by
    assert lost.value.at is not None


def test_the_unit_is_told_the_result(world: World) -> None:
    world.profile("asked")
    assert Message.objects.filter(account=world.people["admin"], template="entry.asked").exists()


def test_declined_comes_back_with_everything_kept(world: World) -> None:
    profile = world.profile("declined")
    assert profile.address
    assert perform(PROFILE, profile, "submit", world.actor("admin")).state == "review"
