"""The ministry's pages of a reorganisation: who takes over, the dry run, the confirmation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.words import as_json, say
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.departments import executing, moving
from waizhuan.projects.departments.due import end
from waizhuan.projects.departments.models import DepartmentChange, Reorganisation, State
from waizhuan.projects.departments.tests.conftest import EAST, WEST, Full, begin, census, confirm
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def typed(**changes: str) -> dict[str, str]:
    given = {
        "name_1": "汐州市西区外国专家局", "name_2": "汐州市东区外国专家局", "division_2": EAST,
        "effective_on": clock.today().isoformat(), "reason": "文号",
    }  # fmt: skip
    return given | changes


def begun(world: World, kind: str = "split", **changes: str) -> Reorganisation:
    answer = world.client("minister").post(f"/departments/{world.bureau.pk}/reorganise/{kind}/", typed(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return Reorganisation.objects.latest("pk")


def test_from_the_form_to_the_day(full: Full) -> None:
    world, before = full.world, census()
    minister = world.client("minister")
    assert "拆分" in minister.get(f"/departments/{world.bureau.pk}/").content.decode()
    plan = begun(world)
    url = f"/departments/reorganisations/{plan.pk}/"
    page = minister.get(url).content.decode()
    for text in ("会转走什么", "申报和项目", "汐州市东区外国专家局（新设）", EAST, "确认，现在就办"):
        assert text in page
    assert census() == before
    answer = minister.post(url, {"version": "0", "do": "assign", f"place-{EAST}": "1"}, follow=True)
    assert answer.status_code == 200
    answer = minister.post(url, {"version": "1", "do": "confirm", f"place-{EAST}": "1"}, follow=True)
    page = answer.content.decode()
    assert "转走的单位" in page
    assert "青石研究院" in page
    assert census() == before
    east = Organisation.objects.get(name="汐州市东区外国专家局")
    assert UnitProfile.objects.get(unit=full.east).department_id == east.pk
    assert minister.post(url, {"version": "1", "do": "confirm"}).status_code == 302  # pressed twice
    assert "由这些归口单位接手" in world.client("admin").get(f"/departments/{world.bureau.pk}/").content.decode()


def test_what_stands_on_the_page_is_what_is_done(full: Full) -> None:
    """A district that is left with the first one goes there, though its city goes to the second."""
    Organisation.objects.filter(pk=full.drafting.pk).update(division="330100")
    plan = begun(full.world)
    url = f"/departments/reorganisations/{plan.pk}/"
    chosen = {"place-330100": "1", f"place-{WEST}": "0", f"place-{EAST}": "0"}
    full.world.client("minister").post(url, {"version": "0", "do": "confirm", **chosen})
    now = dict(UnitProfile.objects.filter(unit__in=[full.west, full.east, full.drafting]).values_list(
        "unit_id", "department__name"))  # fmt: skip
    assert now == {
        full.west.pk: "汐州市西区外国专家局", full.east.pk: "汐州市西区外国专家局",
        full.drafting.pk: "汐州市东区外国专家局",
    }  # fmt: skip


def test_the_refusal_names_what_is_left_and_offers_the_way(full: Full) -> None:
    minister = full.world.client("minister")
    answer = minister.post(f"/departments/{full.source.pk}/reorganise/close/", typed(name_1="", name_2=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 个单位" in page
    assert "接手的归口单位" in page


def test_a_name_that_nobody_has_is_no_new_department(full: Full) -> None:
    minister = full.world.client("minister")
    page = minister.post(
        f"/departments/{full.source.pk}/reorganise/merge/",
        typed(name_1="", other_1="没有这个局", successor_1="澄湖市外国专家局"),
    ).content.decode()
    assert "没有叫“没有这个局”的归口单位" in page


@pytest.mark.parametrize(
    ("kind", "given", "fields"),
    [
        # the third of four, the second one empty
        ("split", {"name_1": "甲市外国专家局", "name_3": "乙市外国专家局", "division_3": "12"}, ["division_3"]),
        ("split", {"name_1": "甲市外国专家局", "name_3": "南浦市外国专家局"}, ["name_3"]),
        ("split", {"successor_1": "岭北省外国专家局", "successor_4": "南浦市外国专家局"}, ["successor_4"]),
        ("split", {"successor_2": "没有这个局", "successor_1": "岭北省外国专家局", "name_3": "丙局"}, ["successor_2"]),
        ("close", {"successor_1": "教育部国际合作与交流司"}, ["successor_1"]),
    ],
)
def test_what_is_wrong_with_a_successor_stands_beside_its_field(
    world: World, kind: str, given: dict[str, str], fields: list[str]
) -> None:
    """Here a province's: its cities come below no ministry and no sub-provincial city."""
    office = world.offices["江海省外国专家局" if kind == "close" or "successor_4" in given else "汐州市外国专家局"]
    common = {"effective_on": clock.today().isoformat(), "reason": "文号"}
    answer = world.client("minister").post(f"/departments/{office.pk}/reorganise/{kind}/", {**common, **given})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == fields
    assert f'aria-describedby="id_{fields[0]}' in answer.content.decode()


def test_whoever_is_busy_elsewhere_is_named_beside_its_field(full: Full) -> None:
    """Also who only takes over in another one."""
    world = full.world
    names = ("澄湖市外国专家局", "临潭市外国专家局", "青石市外国专家局")
    taking, ending, third = (world.offices[n] for n in names)
    begin(world, "close", [full.source], [taking.pk])
    begin(world, "close", [ending], [third.pk])
    minister = world.client("minister")
    common = {"effective_on": clock.today().isoformat(), "reason": "文号"}
    for office, given, fields in (
        (taking, {"successor_1": "南浦市外国专家局"}, ["__all__"]),
        (world.offices["朔方市外国专家局"], {"successor_1": taking.name}, ["successor_1"]),
    ):
        answer = minister.post(f"/departments/{office.pk}/reorganise/close/", {**common, **given})
        assert list(answer.context["form"].errors) == fields
        assert "已经由" in answer.content.decode()
    given = {"other_2": ending.name, "successor_1": "南浦市外国专家局"}
    answer = minister.post(
        f"/departments/{world.offices['朔方市外国专家局'].pk}/reorganise/merge/", {**common, **given}
    )
    assert list(answer.context["form"].errors) == ["other_2"]


def test_a_colleague_who_was_faster_is_named(full: Full) -> None:
    plan = begun(full.world)
    minister = full.world.client("minister")
    answer = minister.post(f"/departments/{full.source.pk}/reorganise/close/", typed(successor_1="澄湖市外国专家局"))
    assert full.world.people["minister"].person.name in answer.content.decode()
    url = f"/departments/reorganisations/{plan.pk}/"
    minister.post(url, {"version": "0", "do": "assign", f"place-{EAST}": "1"})
    assert minister.post(url, {"version": "0", "do": "confirm"}).status_code == 409
    assert minister.post(url, {"do": "drop"}, follow=True).status_code == 200
    plan.refresh_from_db()
    assert plan.state == "dropped"


def test_thirty_units_cost_as_many_queries_as_three(full: Full) -> None:
    plan = begun(full.world)
    minister = full.world.client("minister")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert minister.get(f"/departments/reorganisations/{plan.pk}/").status_code == 200
        return len(asked)

    before = cost()
    for n in range(30):
        unit = demo.unit(f"more{n}", f"又一个单位{n}", 3000 + n, division=EAST)
        UnitProfile.objects.create(unit=unit, department=full.source, state="approved", asker_organisation=unit)
    assert cost() == before
    assert before <= 12


def test_a_plan_that_failed_says_why_and_what_to_do(full: Full) -> None:
    """Another plan of the same day is carried out."""
    world, other = full.world, full.world.offices["澄湖市外国专家局"]
    plan = confirm(world, begin(world, "close", [full.source], [other.pk], on=1))
    second = confirm(world, begin(world, "close", [world.offices["青石市外国专家局"]], [], on=1))
    Organisation.objects.filter(pk=other.pk).update(active_until=clock.today())
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert executing.execute_due() == 2
    second.refresh_from_db()
    assert second.state == "done"
    page = world.client("minister").get(f"/departments/reorganisations/{plan.pk}/").content.decode()
    for text in ("没有生效", "其中一个归口单位已经撤并", f"/departments/{full.source.pk}/reorganise/close/"):
        assert text in page
    (told,) = Message.objects.filter(template="departments.failed")
    assert "“汐州市外国专家局”的撤销" in told.body


def failed(full: Full, **changes: str) -> Reorganisation:
    """A split with an exception of each sort, which could not be done on its day."""
    plan = begun(full.world, **changes)
    full.world.client("minister").post(
        f"/departments/reorganisations/{plan.pk}/",
        {
            "version": "0", "do": "assign", f"place-{EAST}": "1", f"place-{WEST}": "0",
            f"unit-{full.west.pk}": "1", f"person-{full.world.people['clerk2'].pk}": "1",
        },
    )  # fmt: skip
    end(Reorganisation.objects.get(pk=plan.pk), State.FAILED)
    return Reorganisation.objects.get(pk=plan.pk)


def begun_again(full: Full, old: Reorganisation, **changes: str) -> tuple[Reorganisation, str]:
    """The new plan, and its page as it is seen first."""
    minister, url = full.world.client("minister"), f"/departments/{full.source.pk}/reorganise/split/?again={old.pk}"
    form = minister.get(url).context["form"]
    filled = {name: str(form[name].value() or "") for name in form.fields}
    answer = minister.post(url, filled | {"effective_on": clock.today().isoformat()} | changes, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return Reorganisation.objects.latest("pk"), answer.content.decode()


def test_what_failed_begins_again_with_what_was_chosen(full: Full) -> None:
    old = failed(full)
    page = full.world.client("minister").get(f"/departments/reorganisations/{old.pk}/").content.decode()
    assert f"?again={old.pk}" not in page, "it says why only where there is a reason"
    Reorganisation.objects.filter(pk=old.pk).update(failed_why=[as_json(say("其中一个归口单位已经撤并"))])
    page = full.world.client("minister").get(f"/departments/reorganisations/{old.pk}/").content.decode()
    assert f"/departments/{full.source.pk}/reorganise/split/?again={old.pk}" in page
    plan, page = begun_again(full, old)
    assert plan.pk != old.pk
    assert plan.reason == old.reason
    assert [h.values for h in plan.successors.all()] == [h.values for h in old.successors.all()]
    assert (plan.by_division, plan.by_unit) == ({EAST: 1, WEST: 0}, {str(full.west.pk): 1})
    assert moving.way_of(plan).staff == {str(full.world.people["clerk2"].pk): 1}
    assert "原来的分配都带过来了" in page


def test_what_cannot_be_taken_over_is_said(full: Full) -> None:
    old = failed(full)
    full.world.people["clerk2"].mandates.update(withdrawn_at=clock.now(), withdrawn_why="离职")
    plan, page = begun_again(full, old, name_2="汐州市人才局")
    assert (plan.by_division, plan.by_unit, moving.way_of(plan).staff) == ({WEST: 0}, {}, {})
    name = full.world.people["clerk2"].person.name
    for text in ("“汐州市东区外国专家局”这次不接手", full.west.name, f"没有带过来：{name}"):
        assert text in page
    UnitProfile.objects.filter(unit=full.west).update(department=full.world.offices["澄湖市外国专家局"])
    Reorganisation.objects.filter(pk=plan.pk).update(state="dropped")
    DepartmentChange.objects.filter(state="draft").update(state="dropped")
    plan, page = begun_again(full, old, name_1="汐州市东区外国专家局", name_2="汐州市西区外国专家局")
    assert (plan.by_division, plan.by_unit) == ({WEST: 1, EAST: 0}, {}), (
        "each goes to its successor, whichever comes first"
    )
    assert full.west.name in page.split("没有带过来：")[1].split("<")[0]


def test_only_one_that_failed_begins_again(full: Full) -> None:
    old, minister = begun(full.world), full.world.client("minister")
    url = f"/departments/{full.source.pk}/reorganise/split/?again="
    for id in (str(old.pk), "999999", "x", ""):
        assert not minister.get(url + id).context["form"].initial.get("reason")


def test_a_merger_that_failed_names_the_same_departments_again(full: Full) -> None:
    other = full.world.offices["澄湖市外国专家局"]
    old = begin(full.world, "merge", [full.source, other], [other.pk])
    end(old, State.FAILED)
    minister = full.world.client("minister")
    form = minister.get(f"/departments/{full.source.pk}/reorganise/merge/?again={old.pk}").context["form"]
    assert {n: v for n, v in form.initial.items() if n != "effective_on"} == {
        "reason": old.reason, "successor_1": other.name, "other_1": other.name,
    }  # fmt: skip


def test_the_title_of_a_merger_names_everybody(world: World) -> None:
    plan = begin(world, "merge", [world.bureau, world.offices["澄湖市外国专家局"]], [{"name": "汐湖市外国专家局"}])
    page = world.client("minister").get(f"/departments/reorganisations/{plan.pk}/").content.decode()
    assert '<h1 class="wz-title">合并：汐州市外国专家局、澄湖市外国专家局 → 汐湖市外国专家局</h1>' in page


@pytest.mark.parametrize("who", ["minister_clerk", "head", "admin"])
def test_nobody_else_finds_it(full: Full, who: str) -> None:
    plan = begun(full.world)
    client = full.world.client(who)
    for path in (f"{full.source.pk}/reorganise/split/", f"reorganisations/{plan.pk}/"):
        assert client.get("/departments/" + path).status_code == 404
        assert client.post("/departments/" + path, {"do": "confirm"}).status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_a_page(full: Full, text: str) -> None:
    minister, url = full.world.client("minister"), f"/departments/{full.source.pk}/reorganise/"
    for name in ("name_1", "division_2", "public_phone_1", "successor_1", "effective_on", "reason"):
        answer = minister.post(url + "split/", typed(**{name: text}))
        assert answer.status_code in (302, 422)
        Reorganisation.objects.filter(state="draft").update(state="dropped")
        DepartmentChange.objects.filter(state="draft").update(state="dropped")
    assert minister.get(f"/departments/{full.source.pk}/reorganise/x/").status_code == 404
    plan = begun(full.world)
    posted = {"version": text, "do": "assign", f"place-{text}": text, f"person-{text}": "1"}
    assert minister.post(f"/departments/reorganisations/{plan.pk}/", posted).status_code in (302, 400, 409)
