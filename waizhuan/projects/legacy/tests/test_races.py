"""Importing, matching and linking at the same moment: whoever comes second sees what the first wrote. PostgreSQL alone has
two writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from waizhuan.identity import demo
from waizhuan.kernel.actor import the_system
from waizhuan.projects.legacy import matching, rules, writing
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit
from waizhuan.projects.linking import links
from waizhuan.projects.linking import rules as linking

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
