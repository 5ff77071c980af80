"""A department gives way to others: everything follows, nothing is lost, nothing is doubled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate, Organisation, people_with
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import World
from waizhuan.projects.departments import actions, executing, moving, queries, reorganising
from waizhuan.projects.departments.history import as_of
from waizhuan.projects.departments.models import DepartmentChange, Reorganisation, UnitMove
from waizhuan.projects.departments.tests.conftest import EAST, NEW, NEW_EAST, WHY, Full, begin, census, confirm
from waizhuan.projects.entry import demo as entry_demo
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.lookup.models import SavedFilter
from waizhuan.projects.unit_changes.models import FieldChange
from waizhuan.shared.flow.api import WorkItem, held_by
from waizhuan.shared.flow.api import process as process_named
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def split(full: Full, *, on: int = 0) -> tuple[Reorganisation, int, int]:
    """West takes over by default, east its district and the head."""
    world = full.world
    minister = world.actor("minister")
    plan = begin(world, "split", [full.source], [NEW, NEW_EAST], on=on)
    plan = reorganising.assign(
        actor=minister, id=plan.pk, version=plan.version, by_division={EAST: 1},
        staff={str(world.people["clerk2"].pk): 1},
    )  # fmt: skip
    plan = reorganising.confirm(actor=minister, id=plan.pk, version=plan.version)
    ids = dict(Organisation.objects.filter(kind="department").values_list("name", "pk"))
    return plan, ids.get("汐州市西区外国专家局", 0), ids.get("汐州市东区外国专家局", 0)


def nothing_left(source: Organisation) -> None:
    assert moving.rows_of([source.pk]) == []
    assert moving.open_work([source.pk]) == 0


def test_a_split_loses_and_doubles_nothing(full: Full) -> None:
    before, offices = census(), queries.tree()
    plan, west, east = split(full)
    assert plan.state == "draft" or Reorganisation.objects.get(pk=plan.pk).state == "done"
    assert census() == before
    nothing_left(full.source)
    assert sum(1 + len(n.cities) for n in queries.tree()) == sum(1 + len(n.cities) for n in offices) + 1
    now = dict(UnitProfile.objects.values_list("unit__name", "department_id"))
    assert now["云溪理工大学"] == now["汐州海洋所"] == west
    assert now["青石研究院"] == east
    assert Application.objects.filter(department_id=west).count() == 2
    moves = UnitMove.objects.filter(reorganisation=plan)
    assert {(m.unit.name, m.after_id) for m in moves} == {
        ("云溪理工大学", west), ("汐州海洋所", west), ("青石研究院", east),
    }  # fmt: skip
    counted = Reorganisation.objects.get(pk=plan.pk).moved
    assert (counted[moving.UNITS], counted["applications.Application.department"]) == (3, 2)


def test_every_open_case_waits_for_its_successors_post_by_the_same_time(full: Full) -> None:
    waiting = WorkItem.objects.filter(closed_at=None, organisation=full.source)
    promised = dict(waiting.values_list("pk", "due_at"))
    assert {w.process for w in waiting} >= {
        "entry.profile", "applications.application", "unit_changes.change", "linking.claim",
    }  # fmt: skip
    _, west, east = split(full)
    there = WorkItem.objects.filter(pk__in=promised)
    assert dict(there.values_list("pk", "due_at")) == promised
    assert {w.organisation_id for w in there if w.process == "entry.profile"} == {east}
    assert {w.organisation_id for w in there if w.process != "entry.profile"} == {west}
    for item in there:  # the table agrees with what the subject itself says
        process = process_named(item.process)
        subject = process.model()._default_manager.get(pk=item.subject_id)
        holder = process.state(item.state).holder
        assert holder is not None
        post = holder(subject)
        assert post is not None
        assert post.organisation_id == item.organisation_id
    taken = there.get(process="applications.application")
    assert taken.assignee_id == full.world.people["clerk"].pk  # who came along
    assert full.world.people["clerk"].pk in people_with(west, "department.clerk")


def test_people_go_where_the_ministry_says_and_go_on_at_once(full: Full) -> None:
    world = full.world
    before = Mandate.objects.filter(withdrawn_at=None).count()
    _, west, east = split(full)
    assert set(people_with(west, "department.clerk")) == {world.people["clerk"].pk}
    assert set(people_with(east, "department.clerk")) == {world.people["clerk2"].pk}
    assert set(people_with(west, "department.head")) == {world.people["head"].pk}
    assert Mandate.objects.filter(withdrawn_at=None).count() == before
    assert not people_with(full.source.pk, "department.clerk")
    world.posts["clerk"] = Organisation.objects.get(pk=west)
    assert held_by(world.actor("clerk")).filter(process="applications.application").count() == 1
    assert SavedFilter.objects.get().organisation_id == west
    told = Message.objects.filter(template="departments.staff_moved")
    assert {m.account_id for m in told} == {world.people[n].pk for n in ("clerk", "clerk2", "head")}


def test_an_open_session_goes_on_with_the_successor(full: Full) -> None:
    clerk = full.world.client("clerk")
    clerk.post("/organisations/switch/", {"organisation": str(full.source.pk)})
    _, west, _ = split(full)
    page = clerk.get("/work/").content.decode()
    assert "汐州市西区外国专家局" in page
    assert full.recommending.title in page or full.west.name in page
    assert west


def test_requests_that_name_the_department_name_its_successor(full: Full) -> None:
    _, west, _ = split(full)
    full.change.refresh_from_db()
    full.coming.refresh_from_db()
    assert (full.change.department_id, full.coming.to_department_id) == (west, west)
    wanted = FieldChange.objects.get(change=full.coming, name="department")
    assert wanted.after == str(west)
    full.hand_over.refresh_from_db()
    assert (full.hand_over.organisation_id, full.hand_over.asker_organisation_id) == (west, west)


def test_units_and_their_administrators_are_told(full: Full) -> None:
    split(full)
    told = Message.objects.filter(template="departments.moved")
    world = full.world
    assert {m.account_id for m in told} >= {world.people["admin"].pk, world.people["other_admin"].pk}
    assert told.count() == told.values("account").distinct().count()
    assert all(WHY in m.body and "汐州市外国专家局" in m.body for m in told)


def test_what_was_is_still_known(full: Full) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    split(full)
    names = {s.name for s in as_of(yesterday)}
    assert "汐州市外国专家局" in names
    assert "汐州市西区外国专家局" not in names
    assert "汐州市外国专家局" not in {s.name for s in as_of(clock.today())}


def test_a_split_for_later_waits_for_its_day(full: Full) -> None:
    plan, west, _ = split(full, on=30)
    assert (west, Reorganisation.objects.get(pk=plan.pk).state, executing.execute_due()) == (0, "planned", 0)
    before = census()
    with clock.frozen(clock.now() + dt.timedelta(days=30)):
        assert executing.execute_due() == 1
        assert executing.execute_due() == 0
        assert {s.name for s in as_of(clock.today())} >= {"汐州市西区外国专家局", "汐州市东区外国专家局"}
    assert census() == before
    nothing_left(full.source)


def test_confirming_twice_does_it_once(full: Full) -> None:
    before = census()
    plan, _, _ = split(full)
    again = reorganising.confirm(actor=full.world.actor("minister"), id=plan.pk, version=plan.version)
    assert again.state == "done"
    assert (census(), UnitMove.objects.count()) == (before, 3)


# ---------------------------------------------------------------- mergers


def test_a_merger_of_two_into_one_of_them(full: Full) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    Application.objects.filter(pk=full.ranked.pk).update(rank=1)
    Application.objects.filter(pk=full.recommending.pk).update(department=other, rank=1)
    before = census()
    plan = begin(world, "merge", [full.source, other], [other.pk])
    assert [c.department_id for c in plan.changes.all()] == [full.source.pk]  # the other one stays
    confirm(world, plan)
    assert census() == before
    nothing_left(full.source)
    assert UnitProfile.objects.filter(department=other).count() == 4
    ranks = dict(Application.objects.filter(department=other).values_list("pk", "rank"))
    assert ranks == {full.recommending.pk: 1, full.ranked.pk: 2}  # two first places: those that come stand behind
    assert set(people_with(other.pk, "department.clerk")) >= {world.people["clerk"].pk, world.people["other_clerk"].pk}


def test_a_merger_of_two_into_a_new_one(full: Full) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    before = census()
    confirm(world, begin(world, "merge", [full.source, other], [{"name": "汐湖市外国专家局"}]))
    assert census() == before
    nothing_left(full.source)
    nothing_left(other)
    full.coming.refresh_from_db()
    assert full.coming.department_id == full.coming.to_department_id  # what was asked for has come by itself


def test_somebody_who_serves_both_holds_each_post_once(full: Full) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    demo.mandate(world.people["clerk"], other, "department.clerk")
    confirm(world, begin(world, "merge", [full.source, other], [other.pk]))
    held = Mandate.objects.filter(account=world.people["clerk"], role="department.clerk", withdrawn_at=None)
    assert [m.organisation_id for m in held] == [other.pk]


def test_two_hand_overs_of_one_person_are_not_merged_in_silence(full: Full) -> None:
    from waizhuan.projects.handover import actions as handover

    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    demo.mandate(world.people["head"], other, "department.head")
    world.posts["head"] = other
    handover.begin(
        actor=world.actor("head"), at=other, leaver=world.people["head"].pk, name="韩叙",
        sought=demo.resident_id(190), why="轮岗", day=clock.today(),
    )  # fmt: skip
    plan = begin(world, "merge", [full.source, other], [other.pk])
    with pytest.raises(Refused, match="都在办换人"):
        confirm(world, plan)
    assert UnitProfile.objects.filter(department=full.source).count() == 3  # nothing moved


def test_the_cities_of_a_province_follow_by_their_place(world: World) -> None:
    province = world.offices["江海省外国专家局"]
    other = world.offices["岭北省外国专家局"]
    plan = begin(world, "close", [province], [other.pk])
    confirm(world, plan)
    assert {c.name for c in queries.cities_of(other.pk)} >= {"汐州市外国专家局", "澄湖市外国专家局"}
    edits = DepartmentChange.objects.filter(reorganisation=plan, kind="edit")
    assert {c.before["parent_id"] for c in edits} == {province.pk}
    yesterday = {s.name: s.parent_id for s in as_of(clock.today() - dt.timedelta(days=1))}
    assert yesterday["汐州市外国专家局"] == province.pk


# ---------------------------------------------------------------- refusals


def test_a_department_that_holds_work_is_not_removed_without_a_successor(full: Full) -> None:
    before = census()
    with pytest.raises(Refused) as refusal:
        begin(full.world, "close", [full.source], [])
    reason = str(refusal.value)
    for part in ("3 个单位", "件在办的事", "3 个岗位"):
        assert part in reason
    assert refusal.value.verdicts[0].remedy is not None
    assert (census(), Reorganisation.objects.count()) == (before, 0)


def test_an_empty_department_is_simply_closed(world: World) -> None:
    empty = world.offices["青石市外国专家局"]
    confirm(world, begin(world, "close", [empty], []))
    assert empty.name not in {d.name for d in queries.cities_of(world.offices["岭北省外国专家局"].pk)}


def test_what_comes_to_an_empty_department_before_its_day_stops_the_closing(world: World) -> None:
    empty = world.offices["青石市外国专家局"]
    plan = confirm(world, begin(world, "close", [empty], [], on=3))
    UnitProfile.objects.create(unit=world.unit, department=empty, state="draft", asker_organisation=world.unit)
    with clock.frozen(clock.now() + dt.timedelta(days=3)):
        assert executing.execute_due() == 1
    assert Reorganisation.objects.get(pk=plan.pk).state == "failed"
    assert Message.objects.get(template="departments.failed").account_id == world.people["minister"].pk
    assert queries.department(empty.pk) is not None


def test_two_operators_at_one_department(full: Full) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    first = begin(world, "split", [full.source], [NEW, NEW_EAST])
    minister = world.people["minister"].person.name
    with pytest.raises(Refused, match=minister):
        begin(world, "close", [full.source], [other.pk])
    with pytest.raises(Refused, match="已经由"):  # not as a successor either
        begin(world, "close", [other], [full.source.pk])
    with pytest.raises(IntegrityError), transaction.atomic():  # the database's own guarantee
        DepartmentChange.objects.create(
            kind="close", department=full.source, effective_on=clock.today(), reason=WHY, state="draft",
            made_by=world.people["minister"],
        )  # fmt: skip
    actor = world.actor("minister")
    reorganising.assign(actor=actor, id=first.pk, version=0, by_division={EAST: 1}, staff={})
    with pytest.raises(Conflict):
        reorganising.confirm(actor=actor, id=first.pk, version=0)
    reorganising.drop(actor=actor, id=first.pk)
    assert begin(world, "close", [full.source], [other.pk]).pk


def test_cities_come_below_no_ministry_and_no_sub_provincial_city(world: World) -> None:
    """Not even where the first city came after the plan."""
    province, minister = world.offices["朔原省外国专家局"], world.actor("minister")
    Organisation.objects.filter(parent=province).update(parent=world.offices["岭北省外国专家局"])
    plan = confirm(world, begin(world, "close", [province], [world.offices["南浦市外国专家局"].pk], on=1))
    city = {"name": "新河市外国专家局", "tier": "city", "division": "620200", "parent_id": province.pk}
    made = actions.add(actor=minister, values=city, effective_on=clock.today(), reason=WHY)
    with pytest.raises(Refused, match="接手的要是省级或兵团"):
        begin(world, "close", [province], [world.offices["教育部国际合作与交流司"].pk])
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        executing.execute_due()
    assert Reorganisation.objects.get(pk=plan.pk).state == "failed"
    assert made.department is not None
    assert Organisation.objects.get(pk=made.department.pk).parent_id == province.pk


def test_a_successor_that_was_closed_meanwhile(full: Full) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    plan = confirm(world, begin(world, "close", [full.source], [other.pk], on=2))
    Organisation.objects.filter(pk=other.pk).update(active_until=clock.today())
    before = census()
    with clock.frozen(clock.now() + dt.timedelta(days=2)):
        executing.execute_due()
    assert (Reorganisation.objects.get(pk=plan.pk).state, census()) == ("failed", before)


def test_what_is_done_cannot_be_dropped(full: Full) -> None:
    plan, _, _ = split(full)
    with pytest.raises(Conflict):
        reorganising.drop(actor=full.world.actor("minister"), id=plan.pk)


def test_what_slips_in_at_the_moment_of_the_change_follows(full: Full) -> None:
    _, west, east = split(full)
    assert executing.follow_up() == 0
    UnitProfile.objects.filter(unit=full.east).update(department=full.source)  # a page that was open still
    WorkItem.objects.filter(closed_at=None, process="entry.profile").update(organisation=full.source)
    assert executing.follow_up() > 0
    nothing_left(full.source)
    assert UnitProfile.objects.get(unit=full.east).department_id == east
    assert executing.follow_up() == 0
    assert west


def test_whoever_follows_late_is_traced_and_told_as_on_the_day(full: Full) -> None:
    world = full.world
    plan, west, east = split(full)
    late, clerk = demo.unit("late", "汐州气象所", 1004, division=EAST), demo.person("late_clerk", "迟上任", 142)
    admin = demo.person("late_admin", "迟来到", 143)
    demo.mandate(admin, late, "unit.admin")
    demo.mandate(clerk, full.source, "department.clerk")
    entry_demo.profile(late, admin, full.source, world.actor("clerk"), state="draft")
    UnitProfile.objects.filter(unit=full.west).update(department=full.source)  # put back by a page that was open still
    with clock.frozen(clock.now() + dt.timedelta(days=3)):
        executing.follow_up()
    assert UnitMove.objects.get(unit=late).after_id == east
    assert UnitMove.objects.get(unit=full.west).after_id == west
    moved = Message.objects.get(template="departments.moved", account=admin)
    assert "汐州市东区外国专家局" in moved.body
    assert Message.objects.filter(template="departments.moved", account=world.people["admin"]).count() == 2
    assert "汐州市西区外国专家局" in Message.objects.get(template="departments.staff_moved", account=clerk).body
    assert Message.objects.filter(template="departments.moved", account=world.people["other_admin"]).count() == 1
    assert Reorganisation.objects.get(pk=plan.pk).moved[moving.UNITS] == 4, "the one that came back is counted once"


def test_a_city_that_follows_late_is_noted_on_that_day(full: Full) -> None:
    world = full.world
    province, heir = world.offices["江海省外国专家局"], {"name": "江海省科学技术厅"}
    plan = confirm(world, begin(world, "split", [province], [heir, {"name": "江海省外国人才局"}]))
    other = Organisation.objects.get(name="江海省科学技术厅")
    assert plan.state == "done"
    Organisation.objects.filter(pk=full.source.pk).update(parent=province)
    with clock.frozen(clock.now() + dt.timedelta(days=3)):
        executing.follow_up()
        noted = DepartmentChange.objects.filter(department=full.source, kind="edit").latest("id")
        assert (noted.effective_on, noted.after["parent_id"]) == (clock.today(), other.pk)
    full.source.refresh_from_db()
    assert full.source.parent_id == other.pk


def test_one_that_breaks_holds_up_none_of_those_who_follow_late(
    full: Full, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    empty = world.offices["青石市外国专家局"]
    first, second = sorted([full.source, empty], key=lambda d: d.pk)
    for row in (first, second):
        confirm(world, begin(world, "close", [row], [other.pk]))
    UnitProfile.objects.filter(unit=full.west).update(department=first)
    UnitProfile.objects.filter(unit=full.east).update(department=second)
    moves = moving.move

    def breaks(actor: Actor, sources: list[int], *args: Any, **kwargs: Any) -> Any:
        if list(sources) == [first.pk]:
            raise RuntimeError("not foreseen")
        return moves(actor, sources, *args, **kwargs)

    monkeypatch.setattr(moving, "move", breaks)
    assert executing.follow_up() > 0
    assert UnitProfile.objects.get(unit=full.west).department_id == first.pk
    assert UnitProfile.objects.get(unit=full.east).department_id == other.pk
    assert "not foreseen" in caplog.text


def test_a_successor_that_gives_way_itself_passes_on(full: Full) -> None:
    world = full.world
    _, west, _ = split(full)
    other = world.offices["澄湖市外国专家局"]
    before = census()
    confirm(world, begin(world, "close", [Organisation.objects.get(pk=west)], [other.pk]))
    UnitProfile.objects.filter(unit=full.west).update(department=full.source)
    executing.follow_up()
    executing.follow_up()
    assert UnitProfile.objects.get(unit=full.west).department_id == other.pk
    assert census() == before


@pytest.mark.parametrize("who", ["minister_clerk", "head", "admin"])
def test_only_the_ministrys_administrators_reorganise(full: Full, who: str) -> None:
    plan = begin(full.world, "split", [full.source], [NEW, NEW_EAST])
    actor = full.world.actor(who)
    with pytest.raises(Hidden):
        reorganising.confirm(actor=actor, id=plan.pk, version=0)
    with pytest.raises(Hidden):
        reorganising.drop(actor=actor, id=plan.pk)
    with pytest.raises(Hidden):
        reorganising.assign(actor=actor, id=plan.pk, version=0, by_division={}, staff={})


def test_a_new_department_of_the_old_ones_name(full: Full) -> None:
    """The old one is closed first: its name is free for one of its successors."""
    world = full.world
    confirm(world, begin(world, "split", [full.source], [{"name": full.source.name}, NEW]))
    assert [d.pk for d in queries.cities_of(world.offices["江海省外国专家局"].pk) if d.name == full.source.name] != [
        full.source.pk
    ]
