"""分配项目, as a browser without JavaScript sees it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate
from waizhuan.kernel import clock
from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.conftest import HOSTILE, World

pytestmark = pytest.mark.django_db
PAGE = "assignment.list"


def ticks(*rows: Application) -> list[str]:
    """What the page sends for these, as they stand in front of the reader."""
    return [f"{row.pk}:{row.lead_id or 0}" for row in rows]


@pytest.mark.parametrize("who", ["lead", "clerk", "minister", "nobody"])
def test_others_have_no_such_page(world: World, who: str) -> None:
    assert world.client(who).get(reverse(PAGE)).status_code == 404
    if who != "lead":
        assert world.client(who).post(reverse("assignment.ask")).status_code == 404


def test_many_at_once_and_again_to_another(world: World) -> None:
    made = [world.application("empty", n) for n in range(2)]
    client = world.client("admin")
    for lead in ("lead2", "lead"):
        given = {"project": ticks(*made), "lead": str(world.people[lead].pk)}
        assert "已分配 2 个项目" in client.post(reverse(PAGE), given, follow=True).content.decode()
        again = client.post(reverse(PAGE), given, follow=True)
        made = list(Application.objects.order_by("pk"))
        assert "没有变动" in again.content.decode(), "pressed twice"
        assert set(Application.objects.values_list("lead_id", flat=True)) == {world.people[lead].pk}


def test_what_is_missing_is_said_and_the_ticks_stay(world: World) -> None:
    made = world.application("empty")
    answer = world.client("admin").post(reverse(PAGE), {"project": ticks(made), "lead": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择一位本单位授权的项目负责人" in page
    assert "checked" in page
    answer = world.client("admin").post(reverse(PAGE), {"lead": str(world.people["lead"].pk)})
    page = answer.content.decode()
    assert page.count("请至少选择一个项目") == 2, "above, and beside the list"
    assert 'href="#id_project"' in page
    assert 'id="id_project"' in page


def test_two_administrators_do_not_overwrite_each_other_unseen(world: World) -> None:
    kept, free = (world.application("empty", n, lead=None) for n in range(2))
    stale = {"project": ticks(kept, free), "lead": str(world.people["lead"].pk)}
    colleague = {"project": ticks(kept), "lead": str(world.people["lead2"].pk)}
    world.client("admin2").post(reverse(PAGE), colleague)
    page = world.client("admin").post(reverse(PAGE), stale).content.decode()
    assert "已分配 1 个项目" in page
    assert "这些项目有了变化，没有分配" in page
    assert f"负责人：{world.people['lead2'].person.name}" in page
    now = Application.objects.get(pk=kept.pk)
    assert now.lead_id == world.people["lead2"].pk
    assert ticks(now)[0] in page, "the next press is about what stands there now"
    assert "checked" not in page


def test_another_units_project_is_not_there(world: World) -> None:
    made = world.application("empty")
    answer = world.client("other_admin").post(
        reverse(PAGE), {"project": ticks(made), "lead": str(world.people["other_lead"].pk)}
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
    assert client.post(reverse(PAGE), {"project": [value, f"1:{value}"], "lead": value}).status_code in (404, 422)


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


MARK, LAPSED = "授权已经收回或到期", {"lead": "lapsed"}


def test_whose_lead_lost_the_authorisation_is_marked_and_found(world: World) -> None:
    kept, left = world.application("empty", 0), world.application("empty", 1, lead="lead2")
    client = world.client("admin")
    assert MARK not in client.get(reverse(PAGE)).content.decode()
    Mandate.objects.filter(account=world.people["lead2"]).update(withdrawn_at=clock.now())
    assert client.get(reverse(PAGE)).content.decode().count(MARK) == 1
    narrowed = client.get(reverse(PAGE), LAPSED).content.decode()
    assert f'name="project" value="{left.pk}:' in narrowed
    assert f'name="project" value="{kept.pk}:' not in narrowed
    ended = clock.today() - dt.timedelta(days=1)
    Application.objects.filter(pk=left.pk).update(state="approved", project_number="P1", ends_on=ended)
    assert MARK not in client.get(reverse(PAGE), LAPSED).content.decode(), "what has ended needs no lead"


def test_whoever_withdraws_reads_what_the_lead_leaves_behind(world: World) -> None:
    """Also where the role is unticked; the link leads to the list where the projects are given to another."""
    client, lead = world.client("admin"), world.people["lead"]
    mandate = Mandate.objects.get(account=lead)
    pages = [reverse("delegation.withdraw", args=[mandate.pk]), reverse("delegation.change", args=[lead.pk])]
    for page in pages:
        assert "没有结束的项目" not in client.get(page).content.decode()
    made = [world.application("empty", n) for n in range(2)]
    for page in pages:
        body = client.get(page).content.decode()
        assert "对方在这里负责 2 个没有结束的项目" in body
        assert f'href="{reverse(PAGE)}?lead={lead.pk}"' in body
    assert "没有办完的事留在岗位上" not in client.get(pages[0]).content.decode()
    client.post(pages[0], {"why": ""})
    assert client.get(reverse(PAGE), LAPSED).content.decode().count(MARK) == 2
    client.post(reverse(PAGE), {"project": ticks(*made), "lead": str(world.people["lead2"].pk)})
    assert MARK not in client.get(reverse(PAGE)).content.decode()


def test_what_lapsed_costs_the_same_with_1_and_30_rows(world: World) -> None:
    first, client, counts = world.application("empty"), world.client("admin"), []
    Mandate.objects.filter(account=world.people["lead"]).update(withdrawn_at=clock.now())
    for rows in (1, 30):
        for n in range(1, rows):
            first.pk, first.number, first.token = None, f"SB-{n}", f"t{n}"
            first.save(force_insert=True)
        client.get(reverse(PAGE), LAPSED)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(PAGE), LAPSED).content.decode().count(MARK) == min(rows, 20)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 11
