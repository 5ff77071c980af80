"""Accounts and posts for the tests of shared modules, which know nothing of identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from waizhuan.kernel import clock

MakePerson = Callable[..., Any]
Hold = Callable[..., Any]


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """`make_person("anna", "Anna", language="en")`: an account of a natural person, reachable by phone and e-mail."""

    def make(login_name: str, name: str, *, language: str = "zh-hans") -> Any:
        account = apps.get_model("identity", "Account")._default_manager
        n = account.count() + 1
        now = clock.now()
        made = account.create(
            login_name=login_name,
            kind="natural",
            phone=f"+86138{n:08d}",
            phone_verified_at=now,
            email=f"{login_name}@example.org",
            email_verified_at=now,
            language=language,
        )
        person = apps.get_model("identity", "Person")._default_manager
        number = f"X{n:08d}"
        person.create(account=made, name=name, name_key=name, doc_type="passport", doc_number=number, doc_key=number)
        return made

    return make


@pytest.fixture
def hold(db: None) -> Hold:
    """`hold(account, "department", "department.clerk")`: give the account posts in a new organisation of this kind."""

    def give(account: Any, kind: str, *roles: str) -> Any:
        organisation = apps.get_model("identity", "Organisation")._default_manager.create(kind=kind, name=kind)
        for role in roles:
            apps.get_model("identity", "Mandate")._default_manager.create(
                account=account, organisation=organisation, role=role
            )
        return organisation

    return give
