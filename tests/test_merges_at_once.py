"""Merges of accounts and of projects at the same moment as what touches the same people, with real threads on PostgreSQL:
whoever comes second sees what the first did, and no project is led by somebody who can never sign in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.test_concurrency import while_it_goes
from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions as account_merges
from waizhuan.identity.account_merges.models import AccountMerge, Side
from waizhuan.identity.account_merges.process import MERGE as ACCOUNTS
from waizhuan.identity.api import Account, actor_of
from waizhuan.identity.my_information.closing import close
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.testing import together
from waizhuan.projects.applications import actions as applications
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.assignment.actions import assign
from waizhuan.projects.legacy import assigning
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.linking.actions import hand_over
from waizhuan.projects.merges.process import MERGE as PROJECTS
from waizhuan.projects.merges.tests.conftest import World, acting, build, old_account, owners
from waizhuan.shared.flow.api import perform

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="needs a database with row locks"),
]


class Desk:
    """Two operators, and merges that wait for the second."""

    def __init__(self) -> None:
        office = demo.organisation("operator", "平台运营中心")
        people = demo.person("op1", "秦安澜", 2001), demo.person("op2", "许青禾", 2002)
        for person in people:
            demo.mandate(person, office, "operator.senior")
        self.first, self.second = map(actor_of, people)

    def checked(self, survivor: Account, closing: Account) -> AccountMerge:
        made = account_merges.begin(actor=self.first, survivor=survivor, closing=closing, reason="同一个人")
        return perform(ACCOUNTS, made, "check", self.first)

    def merge(self, made: AccountMerge) -> AccountMerge:
        return perform(ACCOUNTS, made, "merge", self.second)

    def undo(self, made: AccountMerge) -> AccountMerge:
        return perform(ACCOUNTS, made, "undo", self.second, note="不是一个人")


@pytest.fixture
def desk(db: Any) -> Desk:
    return Desk()


def led_by_closed() -> list[int]:
    """Projects that nobody who can sign in leads."""
    rows = [model.objects.filter(lead__closed_at__isnull=False) for model in (LegacyProject, Application)]
    return [pk for found in rows for pk in found.values_list("pk", flat=True)]


def old_of(world: World, lead: Account | None) -> LegacyProject:
    return LegacyProject.objects.create(
        number="A-0",
        title="旧",
        year=2015,
        unit=world.place.old_unit,
        organisation=world.place.unit,
        lead=lead,
        digest="x",
    )


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def test_no_project_moves_back_while_the_account_it_came_from_is_merged_away(world: World, desk: Desk) -> None:
    old_of(world, world.a)
    moved = world.moved(world.asked(person=world.a, target=world.c))
    two = desk.checked(demo.person("same", world.a.person.name, 901), world.a)
    refused = while_it_goes(
        lambda: desk.merge(two), lambda: perform(PROJECTS, moved, "undo", world.admin, note="错了"), waits=False
    )
    assert isinstance(refused, Refused), refused
    assert owners() == {"A-0": world.c.pk}


def test_an_account_that_gets_its_projects_back_is_merged_with_them(world: World, desk: Desk) -> None:
    old_of(world, world.a)
    moved = world.moved(world.asked(person=world.a, target=world.c))
    kept = demo.person("same", world.a.person.name, 901)
    two = desk.checked(kept, world.a)
    merged = while_it_goes(lambda: perform(PROJECTS, moved, "undo", world.admin, note="错了"), lambda: desk.merge(two))
    assert isinstance(merged, AccountMerge), merged
    assert owners() == {"A-0": kept.pk}


@pytest.mark.parametrize("how", ["old", "application", "new", "link"])
def test_no_project_is_given_to_an_account_that_is_being_merged_away(world: World, desk: Desk, how: str) -> None:
    login = old_account("B", world.place.old_unit, projects=1)
    old, draft = old_of(world, None), world.application(None, 1)
    two = desk.checked(demo.person("same", world.c.person.name, 901), world.c)
    give = {
        "old": lambda: assigning.assign(actor=world.admin, project_id=old.pk, lead=world.c.pk),
        "application": lambda: assign(actor=world.admin, seen={draft.pk: None}, lead=world.c.pk),
        "new": lambda: applications.create(
            actor=world.admin, call=world.call, title="量子", lead=world.c.pk, token="t1"
        ),
        "link": lambda: hand_over(actor=world.admin, old_id=login.pk, person=world.c.pk),
    }
    refused = while_it_goes(lambda: desk.merge(two), give[how], waits=how != "link")
    assert isinstance(refused, Refused), refused
    assert led_by_closed() == []
    assert not LegacyAccount.objects.filter(account=world.c).exists()
    assert Application.objects.count() == 1


def test_projects_do_not_move_to_an_account_that_is_being_closed(world: World) -> None:
    asked = world.handed_in(world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c))
    refused = while_it_goes(
        lambda: close(world.c), lambda: perform(PROJECTS, asked, "approve", world.clerk), waits=False
    )
    assert isinstance(refused, Refused), refused
    assert led_by_closed() == []


def test_a_merge_of_projects_while_their_new_lead_is_merged_away(world: World, desk: Desk) -> None:
    """Whichever is first: the projects are the kept account's, or the merge of accounts waits for the request to be over."""
    kept = demo.person("same", world.c.person.name, 901)
    two = desk.checked(kept, world.c)
    asked = world.handed_in(world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c))
    moved, joined = together(lambda: perform(PROJECTS, asked, "approve", world.clerk), lambda: desk.merge(two))
    assert not isinstance(moved, Exception), moved
    assert isinstance(joined, AccountMerge | Refused), joined
    lead = kept if isinstance(joined, AccountMerge) else world.c
    assert set(owners().values()) == {lead.pk}


def test_a_project_that_is_decided_while_it_is_moved(world: World) -> None:
    """The lead hands it in at that moment: it moves with what was done, or it stays and says that it changed."""
    application = world.application(world.a, 1)
    asked = world.handed_in(world.asked(person=world.a, target=world.c))
    lead = acting(world.a, world.place.unit)
    result = while_it_goes(
        lambda: perform(PROJECTS, asked, "approve", world.clerk), lambda: perform(PROCESS, application, "submit", lead)
    )
    assert isinstance(result, Exception), result  # is the new lead's now
    application.refresh_from_db()
    assert (application.state, application.lead_id) == ("draft", world.c.pk)


def test_of_two_merges_that_name_one_account_at_once_one_is_begun(desk: Desk) -> None:
    one, two, three = (demo.person(f"same{n}", "韩叙", 910 + n) for n in range(3))
    results = together(
        lambda: account_merges.begin(actor=desk.first, survivor=one, closing=two, reason="同一个人"),
        lambda: account_merges.begin(actor=desk.second, survivor=two, closing=three, reason="同一个人"),
        lambda: account_merges.begin(actor=desk.second, survivor=three, closing=two, reason="同一个人"),
    )
    assert sorted(type(r).__name__ for r in results) == ["AccountMerge", "Refused", "Refused"], results
    assert Side.objects.filter(open=True).count() == 2
    assert AccountMerge.objects.count() == 1


@pytest.mark.parametrize("undo_first", [True, False])
def test_an_undo_and_the_next_merge_of_the_kept_account(world: World, desk: Desk, undo_first: bool) -> None:
    """a became part of b; b becomes part of c, and somebody takes back the first at that moment."""
    old_of(world, world.a)
    b, c = (demo.person(f"same{n}", world.a.person.name, 910 + n) for n in range(2))
    first = desk.merge(desk.checked(b, world.a))
    second = desk.checked(c, b)
    ways = (lambda: desk.undo(first)), (lambda: desk.merge(second))
    result = while_it_goes(*(ways if undo_first else ways[::-1]))
    if undo_first:
        assert isinstance(result, AccountMerge), result
        assert owners() == {"A-0": world.a.pk}
    else:
        assert isinstance(result, Refused), result
        assert owners() == {"A-0": c.pk}
    assert led_by_closed() == []


def test_one_merge_is_undone_once(world: World, desk: Desk) -> None:
    old_of(world, world.a)
    made = desk.merge(desk.checked(demo.person("same", world.a.person.name, 910), world.a))
    results = together(*[lambda: desk.undo(made)] * 2)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert owners() == {"A-0": world.a.pk}
