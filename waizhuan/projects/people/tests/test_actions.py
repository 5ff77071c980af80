"""The register of experts follows from approvals."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.projects.conftest import World
from waizhuan.projects.people import actions
from waizhuan.projects.people.models import Engagement, Expert

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


def same_person(world: World):  # type: ignore[no-untyped-def]
    """Two applications about one passport."""
    first, second = world.application("decision", 0), world.application("decision", 2)
    one, two = first.experts.get(), second.experts.get()
    two.passport, two.passport_key, two.employer = one.passport, one.passport_key, "新单位"
    two.save()
    return first, second


def test_the_number_lies_sealed_and_is_found_by_its_fingerprint(ready: World) -> None:
    ready.application("approved")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT passport FROM people_expert")
        assert "7000000" not in str(cursor.fetchone())
    assert Expert.objects.get().passport == "P7000000"


def test_a_second_running_project_is_refused_by_the_database(ready: World) -> None:
    first, second = same_person(ready)
    actions.register(first)
    with pytest.raises(Refused):
        actions.register(second)
    assert Engagement.objects.count() == 1


def test_one_that_is_over_makes_room_and_the_latest_facts_stand(ready: World) -> None:
    first, second = same_person(ready)
    actions.register(first)
    Engagement.objects.update(ends_on=clock.today() - dt.timedelta(days=1))
    actions.register(second)
    assert Expert.objects.get().employer == "新单位"
    assert Engagement.objects.filter(ended_at=None).count() == 1
