"""A verified unit with its people, a bureau, and the old system's records of that unit."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation, actor_of
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import matching
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject, LegacyUnit


@dataclass
class Place:
    """`unit` with an administrator and a lead; `old_unit`, its record of the old system."""

    unit: Organisation
    admin: Account
    lead: Account
    old_unit: LegacyUnit


@pytest.fixture
def place(db: None) -> Place:
    return make_place("yunxi", "云溪理工大学", 1000, 10)


def make_place(login: str, name: str, n: int, person: int) -> Place:
    unit = demo.unit(login, name, n)
    admin, lead = demo.person(f"{login}_admin", "陈知微", person), demo.person(f"{login}_lead", "林望舒", person + 1)
    demo.mandate(admin, unit, "unit.admin")
    demo.mandate(lead, unit, "projects.lead")
    old = LegacyUnit.objects.create(
        key=f"#{login}", code=login, name=name, name_key=name, uscc=unit.uscc or "", digest="x"
    )
    matching.match_organisation(unit.pk)
    old.refresh_from_db()
    return Place(unit, admin, lead, old)


def acting(account: Account, organisation: Organisation | None = None) -> Actor:
    return actor_of(
        Account.objects.get(pk=account.pk), acting_for=organisation.pk if organisation else None, second_factor=True
    )


def old_account(login: str, unit: LegacyUnit | None, *, projects: int = 0, **fields: object) -> LegacyAccount:
    """An old account with so many projects, as an import leaves them."""
    made = LegacyAccount.objects.create(login_name=login, login_key=login.lower(), unit=unit, digest="x", **fields)
    assert unit is not None or projects == 0
    LegacyProject.objects.bulk_create(
        LegacyProject(
            number=f"{login}-{n}".upper(), title=f"旧项目 {n}", year=2015, unit=unit, account=made, digest="x"
        )
        for n in range(projects)
    )
    matching.own_projects(LegacyProject.objects.filter(account=made).values_list("pk", flat=True))
    return made
