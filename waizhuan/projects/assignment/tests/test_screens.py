"""分配项目, as a browser without JavaScript sees it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.conftest import HOSTILE, World

pytestmark = pytest.mark.django_db
PAGE = "assignment.list"


@pytest.mark.parametrize("who", ["lead", "clerk", "minister", "nobody"])
def test_others_have_no_such_page(world: World, who: str) -> None:
    assert world.client(who).get(reverse(PAGE)).status_code == 404
    if who != "lead":
        assert world.client(who).post(reverse("assignment.ask")).status_code == 404


def test_many_at_once_and_again_to_another(world: World) -> None:
    made = [world.application("empty", n).pk for n in range(2)]
    client = world.client("admin")
    for lead in ("lead2", "lead"):
        answer = client.post(reverse(PAGE), {"project": made, "lead": str(world.people[lead].pk)}, follow=True)
        assert "已分配 2 个项目" in answer.content.decode()
        assert set(Application.objects.values_list("lead_id", flat=True)) == {world.people[lead].pk}


def test_what_is_missing_is_said_and_the_ticks_stay(world: World) -> None:
    made = world.application("empty")
    answer = world.client("admin").post(reverse(PAGE), {"project": [made.pk], "lead": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择一位本单位授权的项目负责人" in page
    assert "checked" in page
    answer = world.client("admin").post(reverse(PAGE), {"lead": str(world.people["lead"].pk)})
    assert "请至少选择一个项目" in answer.content.decode()


def test_another_units_project_is_not_there(world: World) -> None:
    made = world.application("empty")
    answer = world.client("other_admin").post(
        reverse(PAGE), {"project": [made.pk], "lead": str(world.people["other_lead"].pk)}
    )
    assert answer.status_code == 404


def test_whoever_waits_is_listed_and_chosen_with_one_click(world: World) -> None:
    world.application("empty", lead=None)
    world.client("lead").post(reverse("assignment.ask"))
    page = world.client("admin").get(reverse(PAGE)).content.decode()
    lead = world.people["lead"]
    assert f"选项目交给{lead.person.name}" in page
    page = world.client("admin").get(reverse(PAGE), {"lead": "none", "to": str(lead.pk)}).content.decode()
    assert f'<option value="{lead.pk}" selected>' in page


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_sent_is_no_fault(world: World, value: str) -> None:
    client = world.client("admin")
    assert (
        client.get(reverse(PAGE), {"q": value, "lead": value, "to": value, "done": value, "page": value}).status_code
        == 200
    )
    assert client.post(reverse(PAGE), {"project": [value], "lead": value}).status_code in (404, 422)


def test_it_costs_the_same_with_1_and_30_rows(world: World) -> None:
    first = world.application("empty")
    client = world.client("admin")
    counts = []
    for rows in (1, 30):
        for n in range(Application.objects.count(), rows):
            first.pk, first.number, first.token = None, f"SB-{n}", f"t{n}"
            first.save(force_insert=True)
            waiting = demo.person(f"w{n}", "等待者", 5000 + n)
            demo.mandate(waiting, world.unit, "projects.lead")
            Wish.objects.create(unit=world.unit, account=waiting)
        client.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(PAGE)).status_code == 200
        counts.append(len(found))
    assert counts[1] <= counts[0] + 1 <= 12
