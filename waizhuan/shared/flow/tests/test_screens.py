"""The queue and what was decided, as pages: the same cost with one row and with thirty."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.kernel.actor import Actor
from waizhuan.shared.flow.engine import perform
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.flow.tests.conftest import NAME, World

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model()._default_manager.get(pk=actor.account_id or 0))
    return client


def cost(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", ["/work/", "/work/?view=late&q=%E4%BA%8B", "/work/done/", "/"])
def test_a_page_costs_the_same_with_one_row_and_with_thirty(world: World, path: str) -> None:
    clerk = client_of(world.clerk)
    for n in range(2):
        thing = world.thing(n)
    perform(world.process, thing, "approve", world.clerk)
    before = cost(clerk, path)
    for n in range(2, 61):
        thing = world.thing(n)
        if n % 2:
            perform(world.process, thing, "approve", world.colleague)
    assert cost(clerk, path) == before <= 12


def test_whoever_waits_for_more_than_the_home_page_shows_can_see_it_all(world: World) -> None:
    asker, stranger = client_of(world.asker), client_of(world.stranger)
    things = [world.thing(n) for n in range(2)]
    assert reverse("flow.awaited") not in asker.get("/").content.decode()
    before = cost(asker, reverse("flow.awaited"))
    things += [world.thing(n) for n in range(2, 60)]
    assert cost(asker, reverse("flow.awaited")) == before <= 12
    assert reverse("flow.awaited") in asker.get("/").content.decode()
    seen, following = "", ""
    while (page := asker.get(reverse("flow.awaited") + following).content.decode()) and 'rel="next"' in page:
        seen, following = seen + page, html.unescape(page.split('rel="next" href="')[1].split('"')[0])
    assert [t.pk for t in things if f">事：事 {t.pk}<" not in seen + page] == []
    assert f"事 {things[0].pk}" not in stranger.get(reverse("flow.awaited")).content.decode()


def test_all_that_lies_with_one_s_own_account_is_on_one_page(world: World) -> None:
    lead, other = client_of(world.asker), client_of(world.stranger)
    for n in range(10):
        world.thing(n)
    WorkItem.objects.update(organisation=None, role="", account=world.asker.account_id)
    mine = lead.get(reverse("flow.own")).content.decode()
    assert mine.count('class="wz-row"') == 10
    assert "没有事等您办" in other.get(reverse("flow.own")).content.decode()
    assert reverse("flow.queue") in lead.get("/").content.decode(), "an administrator's queue is nearer"


def test_the_queue_is_paged_and_taken_from(world: World) -> None:
    clerk = client_of(world.clerk)
    for n in range(25):
        world.thing(n)
    page: Any = clerk.get("/work/")
    assert len(page.context["rows"]) == 20
    rest = clerk.get("/work/", {"page": page.context["page"].next})
    assert len(rest.context["rows"]) == 5
    ticked = [r["id"] for r in page.context["rows"][:2]]
    clerk.post("/work/", {"item": [*ticked, "x", "9" * 30, "-1"], "take": "1"})
    assert WorkItem.objects.filter(assignee_id=world.clerk.account_id).count() == 2
    clerk.post("/work/", {"item": ticked[:1], "back": "1"})
    assert WorkItem.objects.filter(assignee_id=world.clerk.account_id).count() == 1


def test_an_empty_queue_says_why(world: World) -> None:
    clerk = client_of(world.clerk)
    assert "都办完了" in clerk.get("/work/").content.decode()
    assert "没有符合条件的待办" in clerk.get("/work/?view=late").content.decode()
    assert "还没有办结的事项" in clerk.get("/work/done/").content.decode()


@pytest.mark.parametrize("value", ["\x00", "x" * 5000, "'; DROP TABLE flow_workitem; --", "𠮷", "<script>", "9" * 60])
def test_nothing_that_is_typed_breaks_it(world: World, value: str) -> None:
    world.thing()
    clerk = client_of(world.clerk)
    for name in ("q", "view", "process", "assignee", "page"):
        assert clerk.get("/work/", {name: value}).status_code == 200


def test_a_line_leads_to_the_case_and_only_for_whom_it_is(world: World) -> None:
    world.thing()
    item = WorkItem.objects.get(process=NAME, closed_at=None)
    assert client_of(world.clerk).get(f"/work/{item.pk}/").headers["Location"] == "/"
    assert client_of(world.asker).get(f"/work/{item.pk}/").status_code == 302
    assert client_of(world.asker).post(f"/work/{item.pk}/remind/").status_code == 302
    assert client_of(world.asker).post(f"/work/{item.pk}/remind/").status_code == 422
    assert client_of(world.stranger).post(f"/work/{item.pk}/remind/").status_code == 404
    assert client_of(world.clerk).get(f"/work/{2**62}/").status_code == 404
    assert client_of(world.asker).get("/work/done/").status_code == 200
