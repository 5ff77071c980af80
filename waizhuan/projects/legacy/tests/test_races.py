"""Importing, matching and linking at the same moment: whoever comes second sees what the first wrote. PostgreSQL alone has
two writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from waizhuan.identity import demo
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.legacy import assigning, matching, pairing, rules, writing
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit, Parted
from waizhuan.projects.linking import links
from waizhuan.projects.linking import rules as linking
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def row(**cells: str) -> rules.Row:
    from waizhuan.kernel import clock

    return rules.read_row("projects", cells, clock.today())


def together(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`first` writes and holds its transaction open until `second` has begun and waits, or has gone through."""
    wrote, go = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def run(function: Callable[[], Any], *, hold: bool) -> None:
        try:
            with transaction.atomic():
                function()
                if hold:
                    wrote.set()
                    go.wait(3)
        except BaseException as error:
            failed.append(error)
        finally:
            wrote.set()
            connection.close()

    one = threading.Thread(target=run, args=(first,), kwargs={"hold": True})
    one.start()
    wrote.wait(10)
    two = threading.Thread(target=run, args=(second,), kwargs={"hold": False})
    two.start()
    two.join(1)  # it waits for the first, or it is done
    go.set()
    one.join(10)
    two.join(10)
    assert not failed, failed


@pytest.fixture
def old(db: None) -> tuple[LegacyUnit, LegacyAccount]:
    unit = LegacyUnit.objects.create(
        key="#u", code="U1", name="云溪理工大学", name_key="云溪理工大学", uscc=demo.credit_code(1000), digest="x"
    )
    return unit, LegacyAccount.objects.create(login_name="A", login_key="a", unit=unit, digest="x")


@pytest.mark.parametrize("import_first", [True, False])
def test_a_project_that_comes_in_while_its_unit_is_matched_belongs_to_it(
    old: tuple[LegacyUnit, LegacyAccount], import_first: bool
) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)

    def imports() -> None:
        written = writing.write(
            "projects", [row(number="P-1", title="题目", year="2015", code="U1", login="A")], load=True
        )
        assert written.fresh == 1

    def matches() -> None:
        assert matching.match_organisation(unit.pk) == 1

    together(*((imports, matches) if import_first else (matches, imports)))
    assert LegacyProject.objects.get().organisation_id == unit.pk


@pytest.mark.parametrize("import_first", [True, False])
def test_a_project_that_comes_in_while_its_account_is_linked_gets_its_lead(
    old: tuple[LegacyUnit, LegacyAccount], import_first: bool
) -> None:
    _, account = old
    organisation = demo.unit("yunxi", "云溪理工大学", 1000)
    matching.match_organisation(organisation.pk)
    person = demo.person("lead", "林望舒", 11)

    def imports() -> None:
        written = writing.write(
            "projects", [row(number="P-1", title="题目", year="2015", code="U1", login="A")], load=True
        )
        assert written.fresh == 1

    def links_it() -> None:
        links.link(actor=the_system(), old_id=account.pk, account_id=person.pk, how=linking.UNIT)

    together(*((imports, links_it) if import_first else (links_it, imports)))
    assert LegacyProject.objects.get().lead_id == person.pk


@pytest.mark.parametrize("match_first", [True, False])
def test_a_project_whose_unit_is_matched_while_its_account_is_linked_gets_its_lead(
    old: tuple[LegacyUnit, LegacyAccount], match_first: bool
) -> None:
    unit, account = old
    LegacyProject.objects.create(number="P-1", title="题目", year=2015, unit=unit, account=account, digest="x")
    organisation = demo.unit("yunxi", "云溪理工大学", 1000)
    person = demo.person("lead", "林望舒", 11)

    def matches() -> None:
        assert matching.match_organisation(organisation.pk) == 1

    def links_it() -> None:
        links.link(actor=the_system(), old_id=account.pk, account_id=person.pk, how=linking.UNIT)

    together(*((matches, links_it) if match_first else (links_it, matches)))
    project = LegacyProject.objects.get()
    assert (project.organisation_id, project.lead_id) == (organisation.pk, person.pk)


@pytest.fixture
def head(db: None) -> Actor:
    who, ministry = demo.person("head", "陶怀瑾", 300), demo.organisation("ministry", "外国专家服务司")
    demo.mandate(who, ministry, "ministry.head")
    return acting(who, ministry)


@pytest.fixture
def matched(db: None) -> Place:
    """A rule matched the old unit; its old account has a project."""
    place = make_place("yunxi", "云溪理工大学", 1000, 10)
    old_account("A", place.old_unit, projects=1)
    return place


def takes_back(head: Actor, place: Place) -> Callable[[], None]:
    return lambda: pairing.part(actor=head, old_id=place.old_unit.pk, unit_id=place.unit.pk, why="弄错了")


@pytest.mark.parametrize("part_first", [True, False])
def test_a_match_that_is_taken_back_is_not_made_again_at_that_moment(
    matched: Place, head: Actor, part_first: bool
) -> None:
    def matches() -> None:
        matching.match_organisation(matched.unit.pk)
        matching.match_units([matched.old_unit.pk])
        matching.settle([matched.old_unit.pk], matched.unit)  # whose reading was a moment older

    part = takes_back(head, matched)
    together(*((part, matches) if part_first else (matches, part)))
    matched.old_unit.refresh_from_db()
    assert matched.old_unit.organisation_id is None
    assert LegacyProject.objects.get().organisation_id is None
    assert Parted.objects.count() == 1


@pytest.mark.parametrize("part_first", [True, False])
def test_an_account_is_linked_or_its_unit_taken_back(matched: Place, head: Actor, part_first: bool) -> None:
    """Whichever comes second: either the unit's word holds up taking back, or it gives no project of that unit any more."""
    account = LegacyAccount.objects.get()

    def links_it() -> None:
        links.link(actor=the_system(), old_id=account.pk, account_id=matched.lead.pk, how=linking.UNIT)

    def part() -> None:
        if part_first:
            takes_back(head, matched)()
        else:
            with pytest.raises(Refused, match="一并撤销"):
                takes_back(head, matched)()

    together(*((part, links_it) if part_first else (links_it, part)))
    project = LegacyProject.objects.get()
    expected = (None, None) if part_first else (matched.unit.pk, matched.lead.pk)
    assert (project.organisation_id, project.lead_id) == expected


@pytest.mark.parametrize("part_first", [True, False])
def test_a_project_is_given_or_its_unit_taken_back(matched: Place, head: Actor, part_first: bool) -> None:
    admin, project = acting(matched.admin, matched.unit), LegacyProject.objects.get()

    def gives() -> None:
        if part_first:
            with pytest.raises(Hidden):
                assigning.assign(actor=admin, project_id=project.pk, lead=matched.lead.pk)
        else:
            assigning.assign(actor=admin, project_id=project.pk, lead=matched.lead.pk)

    part = takes_back(head, matched)
    together(*((part, gives) if part_first else (gives, part)))
    project.refresh_from_db()
    assert (project.organisation_id, project.lead_id) == (None, None)


@pytest.mark.parametrize("part_first", [True, False])
def test_a_project_that_comes_in_while_its_unit_is_taken_back_is_nobody_s(
    matched: Place, head: Actor, part_first: bool
) -> None:
    LegacyUnit.objects.update(code="U1")

    def imports() -> None:
        read = row(number="P-1", title="题目", year="2015", code="U1", login="A")
        assert writing.write("projects", [read], load=True).fresh == 1

    part = takes_back(head, matched)
    together(*((part, imports) if part_first else (imports, part)))
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {None}
