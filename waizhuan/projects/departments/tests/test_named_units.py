"""A single unit goes to another successor than its place says, with everything about it."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity.api import Organisation
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import HOSTILE
from waizhuan.projects.departments import moving, reorganising
from waizhuan.projects.departments.models import Reorganisation, UnitMove
from waizhuan.projects.departments.tests.conftest import EAST, NEW, NEW_EAST, Full, begin, census, confirm
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.linking.models import Claim
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.shared.flow.api import WorkItem

pytestmark = pytest.mark.django_db


def planned(full: Full) -> tuple[Reorganisation, Client, str]:
    plan = begin(full.world, "split", [full.source], [NEW, NEW_EAST])
    return plan, full.world.client("minister"), f"/departments/reorganisations/{plan.pk}/"


def now(full: Full) -> dict[str, str]:
    rows = UnitProfile.objects.filter(unit__in=[full.west, full.east, full.drafting])
    return {name: office[3:4] for name, office in rows.values_list("unit__name", "department__name")}


def test_a_named_unit_goes_where_it_is_named_to_and_what_is_about_it_follows(full: Full) -> None:
    """The units beside it, in the same district, go by their place."""
    before = census()
    plan = begin(full.world, "split", [full.source], [NEW, NEW_EAST])
    plan = reorganising.assign(
        actor=full.world.actor("minister"), id=plan.pk, version=0, by_division={EAST: 1}, staff={},
        by_unit={str(full.west.pk): 1, str(full.east.pk): 0},
    )  # fmt: skip
    confirm(full.world, plan)
    assert census() == before
    assert moving.rows_of([full.source.pk]) == []
    assert now(full) == {full.west.name: "东", full.east.name: "西", full.drafting.name: "西"}
    east = Organisation.objects.get(name="汐州市东区外国专家局").pk
    for model, name in (
        (Application, "department_id"), (UnitChange, "department_id"), (Merge, "department_id"), (Claim, "decider_id"),
    ):  # fmt: skip
        unit = "asker_organisation" if model is Claim else "unit"
        assert set(model._default_manager.filter(**{unit: full.west}).values_list(name, flat=True)) == {east}
    waiting = WorkItem.objects.filter(process="applications.application", closed_at=None, organisation__isnull=False)
    assert {w.organisation_id for w in waiting if w.subject_id == full.recommending.pk} == {east}
    assert UnitMove.objects.get(reorganisation=plan, unit=full.west).after_id == east


def test_units_are_named_on_the_page_by_name_or_number_and_taken_back(full: Full) -> None:
    plan, minister, url = planned(full)
    assert "另行指定的单位" in minister.get(url).content.decode()
    for version, text in enumerate(("云溪", full.east.uscc or "", "汐州海洋所")):
        chosen = {f"unit-{id}": str(n) for id, n in plan.by_unit.items()}
        given = {"version": str(version), "do": "assign", "unit": f" {text} ", "unit_to": "1", **chosen}
        assert minister.post(url, given).status_code == 302
        plan.refresh_from_db()
    assert plan.by_unit == {str(u.pk): 1 for u in (full.west, full.east, full.drafting)}
    page = minister.get(url).content.decode()
    assert f'name="unit-{full.west.pk}"' in page
    chosen = {f"unit-{full.west.pk}": "1", f"unit-{full.east.pk}": "", f"unit-{full.drafting.pk}": "0"}
    assert minister.post(url, {"version": "3", "do": "confirm", **chosen}).status_code == 302
    assert now(full) == {full.west.name: "东", full.east.name: "西", full.drafting.name: "西"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("没有这个", "名下没有叫“没有这个”的单位"),
        ("澄湖生物所", "名下没有叫“澄湖生物所”的单位"),  # another department's
        ("究", "有几个单位符合：汐州海洋研究所、青石研究院。请写全称"),
    ],
)
@pytest.mark.parametrize("do", ["assign", "confirm"])
def test_a_unit_that_is_not_found_is_said_beside_its_field_and_the_choices_stay(
    full: Full, do: str, text: str, said: str
) -> None:
    Organisation.objects.filter(pk=full.drafting.pk).update(name="汐州海洋研究所", name_key="汐州海洋研究所")
    plan, minister, url = planned(full)
    answer = minister.post(url, {"version": "0", "do": do, f"place-{EAST}": "1", "unit": text, "unit_to": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["unit"]
    assert said in page
    assert f'value="{text}"' in page
    plan.refresh_from_db()
    assert (plan.state, plan.by_division, plan.by_unit) == ("draft", {EAST: 1}, {})


def test_a_unit_that_a_part_of_its_name_finds_is_seen_before_it_is_confirmed(full: Full) -> None:
    plan, minister, url = planned(full)
    given = {f"place-{EAST}": "1", "unit": "海洋", "unit_to": "1"}
    answer = minister.post(url, {"version": "0", "do": "confirm", **given})
    plan.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["unit"])
    said = "“海洋”只是名称的一部分。指的是“汐州海洋所”的话，请写全称，或先加上这个单位再确认"
    assert said in answer.content.decode()
    assert (plan.state, plan.by_division, plan.by_unit) == ("draft", {EAST: 1}, {})
    assert minister.post(url, {"version": str(plan.version), "do": "assign", **given}).status_code == 302
    assert f'name="unit-{full.drafting.pk}"' in minister.get(url).content.decode()


@pytest.mark.parametrize("by", ["name", "uscc"])
def test_a_unit_that_is_named_in_full_may_be_confirmed_at_once(full: Full, by: str) -> None:
    _, minister, url = planned(full)
    text = getattr(full.east, by)
    assert minister.post(url, {"version": "0", "do": "confirm", "unit": text, "unit_to": "1"}).status_code == 302
    assert now(full)[full.east.name] == "东"


@pytest.mark.parametrize("to", ["", "2", "x"])
def test_who_takes_it_over_is_never_guessed(full: Full, to: str) -> None:
    plan, minister, url = planned(full)
    answer = minister.post(url, {"version": "0", "do": "confirm", "unit": full.west.name, "unit_to": to})
    plan.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors), plan.state) == (422, ["unit_to"], "draft")
    assert "请选择由谁接手" in answer.content.decode()


def test_ids_are_kept_as_numbers_are_written(full: Full) -> None:
    plan, minister, url = planned(full)
    person = full.world.people["clerk2"].pk
    given = {f"unit-0{full.west.pk}": "1", f"person-00{person}": "1"}
    assert minister.post(url, {"version": "0", "do": "assign", **given}).status_code == 302
    plan.refresh_from_db()
    assert (plan.by_unit, moving.way_of(plan).staff) == ({str(full.west.pk): 1}, {str(person): 1})
    assert minister.get(url).status_code == 200


def test_another_departments_unit_is_no_exception(full: Full) -> None:
    plan, minister, url = planned(full)
    elsewhere = Organisation.objects.get(name="澄湖生物所")
    minister.post(url, {"version": "0", "do": "assign", f"unit-{elsewhere.pk}": "1", "unit-999999": "1"})
    plan.refresh_from_db()
    assert plan.by_unit == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_the_page(full: Full, text: str) -> None:
    plan, minister, url = planned(full)
    for given in ({"unit": text}, {"unit": full.west.name, "unit_to": text}, {f"unit-{text}": text}):
        plan.refresh_from_db()
        answer = minister.post(url, {"version": str(plan.version), "do": "assign", **given})
        assert answer.status_code in (302, 400, 422)
