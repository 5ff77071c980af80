"""The demonstration data, and newcomers of every kind to whom nothing of it belongs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction

from waizhuan.identity import demo

#: role → login name of somebody who holds it in an organisation of their own that has nothing to do with anybody's case
NEWCOMERS = {
    "natural person": "newcomer",
    "unit account": "newunit",
    "unit.admin": "newadmin",
    "projects.lead": "newlead",
    "department.clerk": "newclerk",
    "department.head": "newhead",
}


def _newcomers() -> None:
    demo.person("newcomer", "唐小满", 601, verified=False)
    unit = demo.unit("newunit", "新来的研究院", 9_001)
    office = demo.organisation("department", "新设的外国专家局")
    for n, (role, where) in enumerate(
        [("unit.admin", unit), ("projects.lead", unit), ("department.clerk", office), ("department.head", office)]
    ):
        demo.mandate(demo.person(NEWCOMERS[role], f"新来{n}", 610 + n), where, role)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        _newcomers()
        yield
        transaction.set_rollback(True)
