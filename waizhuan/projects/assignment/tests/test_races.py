"""Two administrators give the same project at the same moment: one of them is told. PostgreSQL alone has two writers."""

from __future__ import annotations

import pytest
from django.db import connection

from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment import actions
from waizhuan.projects.conftest import World
from waizhuan.projects.legacy.tests.test_races import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def test_one_of_two_gives_it_and_the_other_is_told(world: World) -> None:
    made = world.application("empty", lead=None)
    given: list[actions.Given] = []

    def gives(who: str, lead: str) -> None:
        given.append(
            actions.assign(actor=world.actor(who), seen={made.pk: None}, lead=world.people[lead].pk),
        )

    together(lambda: gives("admin", "lead"), lambda: gives("admin2", "lead2"))
    done, told = sorted(given, key=lambda g: len(g.changed))
    assert [r.pk for r in done.done] == [r.pk for r in told.changed] == [made.pk]
    now = Application.objects.get()
    assert now.lead_id == done.done[0].lead_id == told.changed[0].lead_id
    names = {world.people[who].pk: world.people[who].person.name for who in ("lead", "lead2")}
    lead = told.changed[0].lead
    assert lead is not None
    assert lead.person.name == names[now.lead_id or 0], "the page names who has it now"
