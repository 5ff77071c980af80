"""One's own views of the queue, and work that is assigned to a colleague."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.apps import apps

from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.flow import actions, posts, queue, rules
from waizhuan.shared.flow.engine import perform
from waizhuan.shared.flow.models import SavedView, WorkItem
from waizhuan.shared.flow.tests.conftest import NAME, World
from waizhuan.shared.flow.tests.test_screens import client_of, cost

pytestmark = pytest.mark.django_db


def items(world: World, count: int, start: int = 0) -> list[int]:
    for n in range(start, start + count):
        world.thing(n)
    return list(WorkItem.objects.filter(process=NAME, closed_at=None).order_by("id").values_list("pk", flat=True))


def mandate(**by: Any) -> Any:
    return apps.get_model("identity", "Mandate")._default_manager.filter(**by)


def assignees(pks: list[int]) -> list[int | None]:
    return list(WorkItem.objects.filter(pk__in=pks).order_by("id").values_list("assignee_id", flat=True))


# ---------------------------------------------------------------- assigning


def test_work_goes_to_a_colleague_who_hears_of_it_and_takes_no_right_away(world: World) -> None:
    clerk, colleague = world.clerk, world.colleague
    pks = items(world, 3)
    assert [c.name for c in posts.colleagues(clerk)] == ["同事"]
    assert actions.assign(actor=clerk, items=pks[:2], to=colleague.account_id or 0) == 2
    assert actions.assign(actor=clerk, items=pks[:2], to=colleague.account_id or 0) == 0, "pressing twice tells once"
    assert actions.assign(actor=clerk, items=pks[2:], to=colleague.account_id or 0) == 1
    messages = apps.get_model("notify", "Message")._default_manager
    told = messages.filter(account_id=colleague.account_id or 0).order_by("id")
    assert list(told.values_list("template", flat=True)) == ["flow.assigned_many", "flow.assigned"]
    subject = world.process.model()._default_manager.get(
        pk=WorkItem.objects.values_list("subject_id", flat=True).get(pk=pks[0])
    )
    assert perform(world.process, subject, "approve", clerk).state == "approved", "whoever holds the post may still act"


def test_nobody_gives_away_the_work_of_another_post(world: World) -> None:
    pks = items(world, 2)
    WorkItem.objects.filter(pk=pks[0]).update(organisation_id=world.above)
    WorkItem.objects.filter(pk=pks[1]).update(asker_turn=True)
    assert actions.assign(actor=world.clerk, items=pks, to=world.colleague.account_id or 0) == 0
    assert assignees(pks) == [None, None]


def test_a_filter_by_a_colleague_who_left_shows_nothing_and_says_why(world: World) -> None:
    items(world, 1)
    client = client_of(world.clerk)
    there = client.get("/work/", {"assignee": str(world.colleague.account_id)})
    assert there.context["form"].errors == {}
    mandate(account_id=world.colleague.account_id).delete()
    page = client.get("/work/", {"assignee": str(world.colleague.account_id)})
    assert page.context["rows"] == []
    assert 'class="wz-error"' in page.content.decode()


def test_only_to_a_colleague_of_the_same_post(world: World) -> None:
    pks = items(world, 1)
    for nobody in (world.stranger.account_id, world.asker.account_id, world.clerk.account_id, 2**60):
        with pytest.raises(Hidden):
            actions.assign(actor=world.clerk, items=pks, to=nobody or 0)
    with pytest.raises(Hidden):
        actions.assign(actor=world.stranger, items=pks, to=world.colleague.account_id or 0)
    assert assignees(pks) == [None]


def test_work_of_another_post_is_not_given_and_nothing_of_the_rest(world: World) -> None:
    pks = items(world, 2)
    WorkItem.objects.filter(pk=pks[1]).update(role="department.head")
    mandate(account_id=world.clerk.account_id).create(
        account_id=world.clerk.account_id, organisation_id=world.bureau, role="department.head"
    )
    both = dataclasses.replace(world.clerk, roles=frozenset({"department.clerk", "department.head"}))
    with pytest.raises(Refused) as refusal:
        actions.assign(actor=both, items=pks, to=world.colleague.account_id or 0)
    assert "1 件不属于同事的岗位" in str(refusal.value)
    assert assignees(pks) == [None, None]


def test_the_filter_knows_mine_nobodys_and_each_colleague(world: World) -> None:
    pks = items(world, 3)
    actions.take(actor=world.clerk, items=pks[:1])
    actions.assign(actor=world.clerk, items=pks[1:2], to=world.colleague.account_id or 0)

    def shown(who: str) -> list[int]:
        return [i.id for i in queue.rows(world.clerk, "all", {"assignee": who}).order_by("id")]

    assert shown("mine") == pks[:1]
    assert shown("colleague") == shown(str(world.colleague.account_id)) == pks[1:2]
    assert shown("nobody") == pks[2:]


def test_whoever_lost_the_post_loses_what_was_assigned(world: World) -> None:
    pks = items(world, 2)
    actions.assign(actor=world.clerk, items=pks, to=world.colleague.account_id or 0)
    assert actions.release_lapsed() == 0
    mandate(account_id=world.colleague.account_id).update(
        valid_from=clock.now() - dt.timedelta(days=2), valid_until=clock.now() - dt.timedelta(days=1)
    )
    assert actions.release_lapsed() == 2
    assert assignees(pks) == [None, None]
    with pytest.raises(Hidden):
        actions.assign(actor=world.clerk, items=pks, to=world.colleague.account_id or 0)


# ---------------------------------------------------------------- one's own views


def test_a_filter_gets_a_name_another_name_and_goes(world: World) -> None:
    view = actions.keep_view(actor=world.clerk, name="急件", conditions={"view": "late"})
    actions.keep_view(actor=world.colleague, name="急件", conditions={"view": "today"})
    assert [v.name for v in queue.saved(world.clerk)] == ["急件"]
    with pytest.raises(Refused):
        actions.keep_view(actor=world.clerk, name="急件", conditions={})
    other = actions.keep_view(actor=world.clerk, name="我的", conditions={"assignee": "mine"})
    with pytest.raises(Refused):
        actions.rename_view(actor=world.clerk, id=other.pk, name="急件")
    actions.rename_view(actor=world.clerk, id=view.pk, name="先办")
    with pytest.raises(Hidden):
        actions.rename_view(actor=world.colleague, id=view.pk, name="x")
    actions.remove_view(actor=world.colleague, id=view.pk)
    assert [v.name for v in queue.saved(world.clerk)] == ["先办", "我的"]
    actions.remove_view(actor=world.clerk, id=view.pk)
    actions.remove_view(actor=world.clerk, id=view.pk)
    assert [v.name for v in queue.saved(world.clerk)] == ["我的"]


def test_there_is_a_limit(world: World) -> None:
    for n in range(rules.VIEWS_AT_MOST):
        actions.keep_view(actor=world.clerk, name=str(n), conditions={})
    with pytest.raises(Refused):
        actions.keep_view(actor=world.clerk, name="one more", conditions={})
    actions.keep_view(actor=world.colleague, name="theirs", conditions={})


def test_the_pages(world: World) -> None:
    clerk = client_of(world.clerk)
    pks = items(world, 3)
    page: Any = clerk.get("/work/", {"assignee": "nobody"})
    assert "存为我的标签" in page.content.decode()
    assert clerk.post("/work/views/?assignee=nobody", {"name": " "}).status_code == 422
    kept: Any = clerk.post("/work/views/?assignee=nobody", {"name": "没人办的"})
    assert kept.headers["Location"] == "/work/?assignee=nobody"
    page = clerk.get(kept.headers["Location"])
    assert page.context["own"].here
    assert "存为我的标签" not in page.content.decode()
    assert not any(v.current for v in page.context["views"])
    twice: Any = clerk.post("/work/views/?assignee=nobody", {"name": "没人办的"})
    assert twice.status_code == 422
    assert "同名" in twice.content.decode()
    view = SavedView.objects.get()
    assert clerk.post("/work/views/", {"id": view.pk, "name": ""}).status_code == 422
    clerk.post("/work/views/", {"id": view.pk, "name": "<b>改名</b>"})
    assert "&lt;b&gt;改名" in clerk.get("/work/views/").content.decode()
    colleague = world.colleague.account_id
    assert clerk.post("/work/", {"item": pks, "assign": "1", "to": ""}).status_code == 422
    assert clerk.post("/work/", {"assign": "1", "to": colleague}).status_code == 422
    assert clerk.post("/work/", {"item": pks, "assign": "1", "to": "9" * 40}).status_code == 422
    assert clerk.post("/work/", {"item": pks, "assign": "1", "to": "9" * 17}).status_code == 404
    assert clerk.post("/work/", {"item": pks, "assign": "1", "to": colleague}).status_code == 302
    assert assignees(pks) == [colleague] * 3
    assert "同事" in clerk.get("/work/?assignee=colleague").content.decode()
    clerk.post("/work/views/", {"id": view.pk, "remove": "1"})
    clerk.post("/work/views/", {"id": "9" * 30, "remove": "1"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("value", ["\x00", "x" * 5000, "'; DROP TABLE x; --", "𠮷", "<script>", "9" * 60])
def test_nothing_that_is_typed_breaks_it(world: World, value: str) -> None:
    clerk = client_of(world.clerk)
    items(world, 1)
    for name in ("q", "view", "process", "assignee"):
        assert clerk.get("/work/views/", {name: value}).status_code in (200, 422)
    for data in ({"name": value}, {"id": value, "name": value}, {"id": value, "remove": "1"}):
        assert clerk.post("/work/views/?view=late", data).status_code in (302, 404, 422)


def test_a_view_costs_no_query_of_its_own(world: World) -> None:
    clerk = client_of(world.clerk)
    items(world, 1)
    actions.keep_view(actor=world.clerk, name="0", conditions={"view": "late"})
    one = cost(clerk, "/work/"), cost(clerk, "/work/views/")
    for n in range(1, rules.VIEWS_AT_MOST):
        actions.keep_view(actor=world.clerk, name=str(n), conditions={"view": "late"})
    items(world, 30, start=1)
    assert (cost(clerk, "/work/"), cost(clerk, "/work/views/")) == one
    assert max(one) <= 12
