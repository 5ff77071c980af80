"""Whatever address somebody else was shown, a newcomer who types it in finds nothing there (404)."""

from __future__ import annotations

import re

import pytest

from tests.architecture.access_matrix import READERS
from tests.security.conftest import NEWCOMERS
from tests.security.crawl import NEVER, client_of, screen_at, walk
from waizhuan.kernel.access import anyone, routes, screen_of

pytestmark = pytest.mark.django_db
#: Addresses with a number that everybody may open: they are about nobody.
PUBLIC = {"calls.detail", "departments.department"}


@pytest.fixture(scope="module")
def shown(world: None, django_db_blocker) -> list[str]:  # type: ignore[no-untyped-def]
    """Addresses with a number in them that the roles were shown, as a link or as a form's target; a few of each kind."""
    found: set[str] = set()
    with django_db_blocker.unblock():
        for login_key in READERS.values():
            for page in walk(client_of(login_key), each=1):
                found |= {link.split("#")[0] for link in page.links} | {form.target for form in page.forms}
    kept: dict[str, list[str]] = {}
    for path in sorted(found):
        if re.search(r"\d", path.split("?")[0]) and screen_at(path):
            kept.setdefault(screen_at(path), []).append(path)
    return [path for paths in kept.values() for path in paths[:2] + paths[-1:]]


def test_enough_was_shown(shown: list[str]) -> None:
    assert len({screen_at(path) for path in shown}) > 20


@pytest.mark.parametrize("role", NEWCOMERS)
def test_a_newcomer_finds_nothing_of_others(shown: list[str], role: str) -> None:
    open_to_all = {screen_of(p).id for _, p in routes() if screen_of(p).access is anyone} | PUBLIC | NEVER
    client = client_of(NEWCOMERS[role])
    wrong = {}
    for path in dict.fromkeys(shown):
        if screen_at(path) in open_to_all:
            continue
        for status in (client.get(path, follow=True).status_code, client.post(path).status_code):
            if status not in (404, 405):
                wrong[path, screen_at(path)] = status
    assert wrong == {}
