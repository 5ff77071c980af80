"""A request that a department leaves lying goes up: from a city to its province, from a province to the ministry (F2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from waizhuan.identity import demo
from waizhuan.kernel import clock
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.projects.unit_changes.tests.conftest import World
from waizhuan.shared.flow.actions import escalate_overdue
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tier", ["city", "province"])
def test_what_is_late_goes_to_the_tier_above(world: World, request_for: Callable[..., UnitChange], tier: str) -> None:
    above = demo.person("above", "孙清和", 150)
    demo.mandate(above, world.province, "department.head")
    if tier == "province":
        UnitProfile.objects.update(department=world.province)
    request_for(address="新路 1 号")
    assert escalate_overdue() == 0
    with clock.frozen(clock.now() + dt.timedelta(days=30)):
        assert [escalate_overdue(), escalate_overdue()] == [1, 0]
    told = set(Message.objects.filter(template="flow.escalated").values_list("account_id", flat=True))
    assert told == {above.pk if tier == "city" else world.people["ministry"].pk}
