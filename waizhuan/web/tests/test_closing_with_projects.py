"""A lead closes their account: the unit is asked to take the projects over, and the account closes when it has (Art. 47)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.models import Relief
from waizhuan.projects.conftest import World, world  # noqa: F401 (fixture)
from waizhuan.shared.flow.models import WorkItem

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
