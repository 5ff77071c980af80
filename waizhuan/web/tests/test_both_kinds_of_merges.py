"""A merge of a unit's projects and a merge of two accounts that concern one person, one after the other."""

from __future__ import annotations

from typing import Any

import pytest

from waizhuan.identity import demo
from waizhuan.identity.account_merges import process as accounts
from waizhuan.kernel.errors import Refused
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.merges.process import MERGE
from waizhuan.projects.merges.tests.conftest import build, owners
from waizhuan.shared.flow.api import perform
from waizhuan.web.tests.test_account_merges import merged

pytestmark = pytest.mark.django_db


def test_no_project_goes_back_to_an_account_that_became_part_of_another(desk: Any) -> None:
    """It would be led by nobody who can ever sign in, behind the unit's back."""
    world = build()
    old = LegacyProject.objects.create(
        number="A-0",
        title="旧",
        year=2015,
        unit=world.place.old_unit,
        organisation=world.place.unit,
        lead=world.a,
        digest="x",
    )
    moved = world.moved(world.asked(person=world.a, target=world.c))
    assert owners() == {old.number: world.c.pk}
    joined = merged(desk, (demo.person("same", world.a.person.name, 901), world.a))
    with pytest.raises(Refused, match="并入另一个账号"):
        perform(MERGE, moved, "undo", world.admin, note="弄错了")
    assert owners() == {old.number: world.c.pk}
    perform(accounts.MERGE, joined, "undo", desk[1], note="不是一个人")
    moved.refresh_from_db()
    perform(MERGE, moved, "undo", world.admin, note="弄错了")
    assert owners() == {old.number: world.a.pk}
