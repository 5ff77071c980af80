"""For every test: a database whose append-only tables can still be emptied between tests that commit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis

# the same examples every time, so that main stays green by merit; RANDOM_DAYS=200 looks for new ones
hypothesis.register_profile("same", derandomize=True)
if "RANDOM_DAYS" not in os.environ:
    hypothesis.load_profile("same")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:  # type: ignore[no-untyped-def]
    """SQLite empties tables by DELETE, which the append-only triggers refuse; PostgreSQL truncates. Only the triggers
    against deletion are taken away, and the tests of the audit log put them back for themselves."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_delete")
            cursor.execute("DROP TRIGGER IF EXISTS flow_no_delete")


@pytest.fixture(autouse=True)
def files_of_their_own(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    """Uploaded files of a test lie in the test's own folder."""
    settings.ENV = {**settings.ENV, "FILES": str(tmp_path / "files")}


@pytest.fixture(autouse=True)
def language_of_their_own() -> Iterator[None]:
    """The language of a test's last request does not stay for the next test."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_window_ends_meanwhile(request: pytest.FixtureRequest) -> None:
    """Tries are counted by the quarter hour of the clock (`identity.rate`): a test that begins in the last moments of one
    would count the first tries in one window and the rest in the next."""
    left = 900 - time.time() % 900
    if left < 15 and request.node.get_closest_marker("scenario") is None:
        time.sleep(left)
