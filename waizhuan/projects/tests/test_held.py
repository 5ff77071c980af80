"""What the experts system holds about an account joins its copy, and stands in the way of closing it while it runs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from waizhuan.projects import held
from waizhuan.projects.conftest import World
from waizhuan.projects.lookup.models import SavedFilter

pytestmark = pytest.mark.django_db


def test_projects_are_in_the_copy_of_their_lead_alone(world: World) -> None:
    application = world.application()
    copy = world.client("lead").post("/me/download/").json()
    assert [p["number"] for p in copy["projects"]] == [application.number]
    assert copy["projects"][0]["lead"] is True
    assert world.client("clerk").post("/me/download/").json()["projects"] == []


def test_a_running_project_stands_in_the_way_with_its_remedy(world: World) -> None:
    application = world.application()
    page = world.client("lead").get("/me/close/").content.decode()
    assert application.title in page
    assert "请单位先交给别人" in page
    assert f'href="{reverse("applications.list")}"' in page
    type(application).objects.update(state="withdrawn")
    assert "请单位先交给别人" not in world.client("lead").get("/me/close/").content.decode()


def test_what_is_one_s_own_alone_is_forgotten(world: World) -> None:
    lead = world.actor("lead")
    owner, unit = lead.account_id or 0, lead.organisation_id or 0
    SavedFilter.objects.create(account_id=owner, organisation_id=unit, kind="p", name="我的")
    held._forget_own(owner)
    assert not SavedFilter.objects.exists()
