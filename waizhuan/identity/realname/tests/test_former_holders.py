"""Whose the account was before is not for who holds it now: also where it changed hands before cases said so."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Person
from waizhuan.identity.realname.models import Case, FormerDocument
from waizhuan.kernel import clock

pytestmark = pytest.mark.django_db


def case_of(account: Account, name: str, number: str, **given: object) -> Case:
    desk = demo.organisation("operator", "平台运营中心")
    return Case.objects.create(
        kind="person", asker_account=account, operator=desk, name=name, doc_type="resident_id",
        doc_number=number, doc_key=number, **({"state": "withdrawn"} | given),
    )  # fmt: skip


def test_only_cases_of_another_person_are_marked() -> None:
    holder, other = demo.person("hanxu", "韩叙", 3), demo.person("other", "秦安澜", 4)
    mine, mistyped, renewed = demo.resident_id(3), demo.resident_id(33), demo.resident_id(34)
    FormerDocument.objects.create(
        account=holder, doc_type="resident_id", doc_number=renewed, doc_key=renewed, until=clock.now()
    )
    kept = [
        case_of(holder, "韩叙", mistyped),
        case_of(holder, "韩序", mine),
        case_of(holder, "韩旭", renewed),
        case_of(holder, "许青禾", demo.resident_id(35), state="check"),
        case_of(holder, "许青禾", demo.resident_id(4), conflict_with=other),
    ]
    former = case_of(holder, "许青禾", demo.resident_id(36))
    closed = demo.person("closed", "沈听雨", 5)
    Account.objects.filter(pk=closed.pk).update(closed_at=clock.now())
    Person.objects.filter(account=closed).update(name="#1")
    kept.append(case_of(closed, "沈听雨", demo.resident_id(37)))
    migration = import_module("waizhuan.identity.realname.migrations.0006_cases_of_former_holders")
    for _ in range(2):
        migration.mark(apps, SimpleNamespace(connection=connection))
    assert set(Case.objects.filter(left_at=None)) == set(kept)
    assert Case.objects.exclude(left_at=None).get() == former
