"""A lead closes their account: the unit is asked to take the projects over, and the account closes when it has (Art. 47)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.models import DataRequest, Relief
from waizhuan.identity.my_information.process import REQUEST
from waizhuan.projects.assignment.actions import assign
from waizhuan.projects.conftest import World, world  # noqa: F401 (fixture)
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def test_a_unit_is_asked_to_take_over_and_the_account_closes_when_it_has(world: World) -> None:  # noqa: F811
    application = world.application()
    lead, admin = world.client("lead"), world.client("admin")
    account = Account.objects.get(pk=world.actor("lead").account_id or 0)
    assert lead.post("/me/close/", {"password": demo.PASSWORD})["Location"] == "/me/close/"
    asked = Relief.objects.get()
    where = reverse("my_information.relief", args=[asked.pk])
    item = WorkItem.objects.get(process="my_information.relief", closed_at=None)
    assert (item.organisation_id, item.role) == (application.unit_id, "unit.admin")
    assert where in lead.get("/me/close/").content.decode()
    assert "换人接手" in admin.get("/").content.decode()
    page = admin.get(where).content.decode()
    assert f"{reverse('assignment.list')}?lead={account.pk}" in page.replace("&amp;", "&")
    assert world.client("clerk").get(where).status_code == 404
    assert "交给另一位负责人" not in lead.get(where).content.decode()
    assert pending.go_on() == 0
    other = demo.person("another", "另一位", 77)
    type(application).objects.update(lead=other, asker_account=None)
    WorkItem.objects.filter(asker_account=account).exclude(pk=item.pk).update(asker_account=None)
    WorkItem.objects.filter(account=account).update(account=other)
    assert "几分钟内自动办结" in admin.get(where).content.decode()
    assert pending.go_on() == 1
    asked.refresh_from_db()
    account.refresh_from_db()
    assert account.closed_at
    assert asked.state == "ended"
    assert admin.get(where).status_code == 200


def test_a_closing_that_is_taken_back_asks_nobody_any_more(world: World) -> None:  # noqa: F811
    world.application()
    lead = world.client("lead")
    lead.post("/me/close/", {"password": demo.PASSWORD})
    lead.post("/me/close/", {"keep": "1"})
    assert Relief.objects.get().state == "ended"
    assert not WorkItem.objects.filter(process="my_information.relief", closed_at=None).exists()


def test_who_reads_what_a_unit_was_asked(world: World) -> None:  # noqa: F811
    """The unit reads until when and does it; whoever leaves reminds; the desk reads whose turn it is and what helps."""
    world.application()
    lead, admin = world.client("lead"), world.client("admin")
    desk = demo.person("desk1", "秦安澜", 1300)
    demo.mandate(desk, demo.organisation("operator", "平台运营中心"), "operator.senior")
    reader = Client()
    reader.force_login(desk)
    lead.post("/me/close/", {"password": demo.PASSWORD})
    asked = Relief.objects.get()
    where = reverse("my_information.relief", args=[asked.pk])
    page = lead.get("/me/close/").content.decode()
    assert page.count(where) == 1, "it stands where it holds the closing up"
    pages = {
        who: client.get(where).content.decode() for who, client in (("lead", lead), ("admin", admin), ("desk", reader))
    }
    assert {who: "交给另一位负责人" in page for who, page in pages.items()} == {
        "lead": False,
        "admin": True,
        "desk": False,
    }
    assert {who: "就用单位账号给人授权" in page for who, page in pages.items()} == {
        "lead": False,
        "admin": False,
        "desk": True,
    }, "the desk reads what it can tell the unit to do"
    assert {who: "提醒一次" in page for who, page in pages.items()} == {"lead": True, "admin": False, "desk": False}
    assert all("答复期限" in page and "都有人接手了" not in page for page in pages.values())
    item = WorkItem.objects.get(process="my_information.relief", closed_at=None)
    assert reader.post(reverse("flow.remind", args=[item.pk])).status_code == 404
    assert lead.post(reverse("flow.remind", args=[item.pk])).status_code == 302


def test_an_obstacle_that_comes_back_is_asked_for_again(world: World) -> None:  # noqa: F811
    application = world.application()
    account = world.people["lead"]
    world.client("lead").post("/me/close/", {"password": demo.PASSWORD})

    def given(before: str, to: str) -> None:
        rows = type(application).objects.filter(lead=world.people[before])
        assign(actor=world.actor("admin"), seen={r.pk: r.lead_id for r in rows}, lead=world.people[to].pk)

    given("lead", "lead2")
    request = start(
        REQUEST,
        DataRequest(
            kind="explain", words="说明", operator=demo.organisation("operator", "平台"), asker_account=account
        ),
        actor_of(account),
    )
    assert [pending.go_on(), pending.go_on()] == [0, 0]
    assert [r.state for r in Relief.objects.order_by("pk")] == ["done"]
    given("lead2", "lead")
    assert [pending.go_on(), pending.go_on()] == [0, 0]
    assert [r.state for r in Relief.objects.order_by("pk")] == ["done", "waiting"]
    told = Message.objects.filter(template="my_information.relief")
    assert told.count() == 2 * told.values("account").distinct().count(), "each administrator once each time"
    given("lead", "lead2")
    perform(REQUEST, request, "withdraw", actor_of(account))
    assert pending.go_on() == 1
    assert [r.state for r in Relief.objects.order_by("pk")] == ["done", "ended"]
