"""Every role × every route: no 500, no page for whom the rule does not let in, and the published table is fresh."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.access_matrix import SOUND, Cell, matrix, page

pytestmark = pytest.mark.django_db
PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "generated" / "access-matrix.md"


@pytest.fixture(scope="module")
def table(django_db_setup: None, django_db_blocker) -> dict[str, dict[str, Cell]]:  # type: ignore[no-untyped-def]
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        made = matrix()
        transaction.set_rollback(True)
    return made


def test_no_route_fails(table: dict[str, dict[str, Cell]]) -> None:
    wrong = {(s, r): c.status for s, row in table.items() for r, c in row.items() if c.status not in SOUND}
    assert wrong == {}


def test_whoever_is_not_let_in_sees_nothing(table: dict[str, dict[str, Cell]]) -> None:
    for screen, row in table.items():
        for reader, cell in row.items():
            if not cell.may:
                expected = {302, 401} if reader == "stranger" else {404}
                assert cell.status in expected, f"{screen} answers {reader} with {cell.status}"


def test_the_published_table_is_fresh(table: dict[str, dict[str, Cell]]) -> None:
    if os.environ.get("WRITE_DOCS") == "1":
        PUBLISHED.write_text(page(table), encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == page(table), "run `make docs`"
