"""People, their posts and what they began, when their department gives way to others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps

from waizhuan.identity.api import Mandate, Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.projects.departments import executing, reorganising
from waizhuan.projects.departments.tests.conftest import NEW, NEW_EAST, Full, begin, confirm
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.handover.models import HandOver
from waizhuan.shared.flow.api import WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
INVITATIONS = apps.get_model("delegation.Invitation")._default_manager


def goes_east(full: Full, *names: str) -> tuple[int, int]:
    """A split in which these people go to the second successor: the two successors' ids."""
    world = full.world
    plan = begin(world, "split", [full.source], [NEW, NEW_EAST])
    plan = reorganising.assign(
        actor=world.actor("minister"), id=plan.pk, version=plan.version, by_division={},
        staff={str(world.people[n].pk): 1 for n in names},
    )  # fmt: skip
    confirm(world, plan)
    ids = dict(Organisation.objects.filter(kind="department").values_list("name", "pk"))
    return ids["汐州市西区外国专家局"], ids["汐州市东区外国专家局"]


def test_a_hand_over_is_followed_where_its_post_goes(full: Full) -> None:
    """Also in the list of those who wait for the ministry, and whoever it was that began it."""
    world, row = full.world, full.hand_over
    clerk2 = world.people["clerk2"].pk
    HandOver.objects.filter(pk=row.pk).update(asker_account=clerk2)
    waiting = WorkItem.objects.filter(process="handover.handover", subject_id=row.pk, closed_at=None)
    waiting.update(organisation=world.ministry, role="ministry.head", account=None, asker_account=clerk2)
    west, east = goes_east(full, "head")
    row.refresh_from_db()
    assert (row.organisation_id, row.asker_organisation_id) == (east, east)
    assert waiting.get().asker_organisation_id == east
    assert west not in set(waiting.values_list("asker_organisation_id", flat=True))


def test_what_somebody_asked_for_goes_where_they_go(full: Full) -> None:
    world = full.world
    asked = WorkItem.objects.filter(process="handover.handover").get()
    others = [
        WorkItem.objects.create(
            process="lookup.request", subject_id=n, state="x", title="x", due_at=clock.now(),
            organisation=world.ministry, role="ministry.clerk", asker_organisation=full.source,
            asker_account=world.people[who],
        )
        for n, who in enumerate(("clerk", "clerk2"), 1)
    ]  # fmt: skip
    west, east = goes_east(full, "clerk2")
    for row in (asked, *others):
        row.refresh_from_db()
    assert [row.asker_organisation_id for row in (asked, *others)] == [west, west, east]


def test_an_invitation_goes_with_whoever_may_keep_its_promise(full: Full) -> None:
    """It comes true after the split; one that is there already, or has lapsed, stands in nobody's way."""
    world = full.world
    waits = invitation(full, "head", "110101199003074514")
    lapsed = invitation(full, "clerk", "110101199003074610")
    INVITATIONS.filter(pk=lapsed.pk).update(invited_at=clock.now() - dt.timedelta(days=90))
    west, east = goes_east(full, "head")
    waits.refresh_from_db()
    assert (waits.organisation_id, waits.ended_at) == (east, None)
    other = world.offices["澄湖市外国专家局"]
    there = invitation(full, "head", "110101199003074514", at=other)
    INVITATIONS.filter(pk=there.pk).update(invited_at=clock.now() - dt.timedelta(days=90))
    confirm(world, begin(world, "close", [Organisation.objects.get(pk=east)], [other.pk]))
    waits.refresh_from_db()
    there.refresh_from_db()
    assert (waits.organisation_id, waits.ended_at, there.ended_at is not None) == (other.pk, None, True)
    again = invitation(full, "head", "110101199003074514", at=Organisation.objects.get(pk=west))
    confirm(world, begin(world, "close", [Organisation.objects.get(pk=west)], [other.pk]))
    again.refresh_from_db()
    waits.refresh_from_db()
    assert (again.organisation_id, again.ended_at, waits.ended_at is not None) == (other.pk, None, True)  # one a person


CLERK, HEAD = "department.clerk", "department.head"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        (([CLERK], 10), ([CLERK], 20), ([CLERK], 20)),  # the longer of the two lasts
        (([CLERK], 10), ([CLERK], None), ([CLERK], None)),
        (([CLERK], 10), ([CLERK, HEAD], 20), ([CLERK, HEAD], 20)),
        (([HEAD], 10), ([CLERK], 20), ([CLERK, HEAD], 10)),  # nobody heads a day longer than was promised
        (([HEAD], -1), ([CLERK], 20), ([CLERK], 20)),  # one has run out
    ],
)
def test_two_invitations_of_one_person_become_one(
    full: Full, one: tuple[list[str], int], other: tuple[list[str], int | None],
    after: tuple[list[str], int | None], order: int,
) -> None:  # fmt: skip
    world, heir, now = full.world, full.world.offices["澄湖市外国专家局"], clock.now()

    def day(n: int | None) -> dt.datetime | None:
        return None if n is None else now + dt.timedelta(days=n)

    made = [invitation(full, "head", "110101199003074514", at=at) for at in (full.source, heir)]
    for n, (row, (roles, until)) in enumerate(zip(made, (one, other)[::order], strict=True)):
        INVITATIONS.filter(pk=row.pk).update(
            roles=roles,
            valid_until=day(until),
            phone=f"+861380000000{n}",
            invited_at=now - dt.timedelta(days=n * order),
        )
    confirm(world, begin(world, "merge", [full.source, heir], [heir.pk]))
    left = INVITATIONS.get(completed_at=None, ended_at=None)
    assert (left.organisation_id, sorted(left.roles), left.valid_until) == (heir.pk, after[0], day(after[1]))
    assert left.phone == ("+8613800000000" if order == 1 else "+8613800000001"), "what was given last"


def test_an_open_invitation_alone_keeps_a_department_open(full: Full) -> None:
    empty = full.world.offices["青石市外国专家局"]
    row = invitation(full, "minister", "110101199003074514", at=empty)
    with pytest.raises(Refused, match="1 个等对方注册的邀请"):
        begin(full.world, "close", [empty], [])
    INVITATIONS.filter(pk=row.pk).update(ended_at=clock.now())
    confirm(full.world, begin(full.world, "close", [empty], []))


def invitation(full: Full, by: str, number: str, *, at: Organisation | None = None) -> Any:
    return INVITATIONS.create(
        organisation=at or full.source, name="许待来", name_key="许待来", doc_key=number, phone="+8613800000000",
        roles=["department.clerk"], invited_by=full.world.people[by],
    )  # fmt: skip


def test_work_that_somebody_had_taken_who_goes_elsewhere_is_everybodys(full: Full) -> None:
    world = full.world
    taken = WorkItem.objects.get(organisation=full.source, closed_at=None, process="applications.application")
    WorkItem.objects.filter(pk=taken.pk).update(assignee=world.people["clerk2"])
    west, _ = goes_east(full, "clerk2")
    taken.refresh_from_db()
    assert (taken.organisation_id, taken.assignee_id) == (west, None)


def test_what_cannot_follow_later_is_told_once_and_holds_up_nothing(full: Full) -> None:
    """A hand-over that slipped in, and another of the same person is open at the successor already."""
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    empty, heir = world.offices["青石市外国专家局"], world.offices["临潭市外国专家局"]
    plan = confirm(world, begin(world, "close", [full.source], [other.pk]))
    confirm(world, begin(world, "close", [empty], [heir.pk]))
    late = HandOver.objects.get(pk=full.hand_over.pk)
    late.pk = None
    late.organisation, late.number = full.source, "JJ-late"
    late.save()
    UnitProfile.objects.filter(unit=full.east).update(department=empty)
    minister = world.client("minister")
    for _ in range(2):
        executing.follow_up()
        late.refresh_from_db()
        assert late.organisation_id == full.source.pk
        assert UnitProfile.objects.get(unit=full.east).department_id == heir.pk
        told = Message.objects.get(template="departments.left")
        assert "“汐州市外国专家局”撤销以后" in told.body
        assert "都在办换人" in told.body
        assert "都在办换人" in minister.get(f"/departments/reorganisations/{plan.pk}/").content.decode()
    HandOver.objects.filter(pk=full.hand_over.pk).update(state="withdrawn")
    executing.follow_up()
    late.refresh_from_db()
    assert late.organisation_id == other.pk
    assert "都在办换人" not in minister.get(f"/departments/reorganisations/{plan.pk}/").content.decode()


NOW, LATER, LATEST, EVER = -5, 10, 20, None


@pytest.mark.parametrize(
    ("held", "there", "after"),
    [
        ((NOW, LATER), (NOW, LATEST), (NOW, LATEST)),  # both run: the longer of the two lasts
        ((NOW, LATEST), (NOW, LATER), (NOW, LATEST)),
        ((NOW, EVER), (NOW, LATER), (NOW, EVER)),
        ((NOW, LATER), (NOW, EVER), (NOW, EVER)),
        ((NOW, LATER), (-9, -1), (NOW, LATER)),  # one has run out
        ((LATER, LATEST), (-9, -1), (LATER, LATEST)),
        ((NOW, EVER), (LATER, LATEST), (NOW, EVER)),  # one begins later
        ((NOW, LATEST), (LATER, EVER), (NOW, EVER)),
        ((NOW, LATER), (LATER, LATEST), (NOW, LATEST)),
        ((LATER, EVER), (NOW, LATEST), (NOW, EVER)),
        ((NOW, LATER), (LATEST, EVER), (NOW, LATER)),  # time between them that nobody gave
        ((LATEST, EVER), (NOW, LATER), (NOW, LATER)),
    ],
)
def test_two_mandates_for_one_post_become_one(
    full: Full, held: tuple[int, int | None], there: tuple[int, int | None], after: tuple[int, int | None]
) -> None:
    world, other, now = full.world, full.world.offices["澄湖市外国专家局"], clock.now()

    def period(days: tuple[int, int | None]) -> dict[str, dt.datetime | None]:
        begins, ends = (None if n is None else now + dt.timedelta(days=n) for n in days)
        return {"valid_from": begins, "valid_until": ends}

    clerk = Mandate.objects.filter(account=world.people["clerk"], role="department.clerk")
    clerk.update(**period(held))
    Mandate.objects.create(account=world.people["clerk"], organisation=other, role="department.clerk", **period(there))
    confirm(world, begin(world, "merge", [full.source, other], [other.pk]))
    (one,) = clerk.filter(withdrawn_at=None)
    assert (one.organisation_id, {"valid_from": one.valid_from, "valid_until": one.valid_until}) == (
        other.pk, period(after),
    )  # fmt: skip
