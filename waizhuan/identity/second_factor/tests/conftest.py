"""An account, an operator's reviewer, and sessions that began at the door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.second_factor import factors
from waizhuan.identity.second_factor.tests.device import Device, code_of


@pytest.fixture
def person(db: None) -> Account:
    return demo.person("chenzhiwei", "陈知微", 1)


@pytest.fixture
def reviewer(db: None, settings: Any) -> Account:
    """Whose role only works after a second factor."""
    settings.ENV = {**settings.ENV, "SECOND_FACTOR": "required"}
    made = demo.person("operator1", "周若川", 201)
    demo.mandate(made, demo.organisation("operator", "平台运营中心"), "operator.reviewer")
    return made


@pytest.fixture
def device() -> Device:
    return Device()


def with_app(account: Account) -> Account:
    """The account has confirmed an authenticator app, some time ago."""
    row = factors.begin_authenticator(account)
    assert factors.confirm_authenticator(account, code_of(row)).ok
    type(row).objects.filter(pk=row.pk).update(last_step=0)
    return account


def at_the_door(account: Account, client: Client | None = None) -> Client:
    """A browser in which the password was right."""
    client = client or Client()
    answer = client.post("/sign-in/", {"login_name": account.login_name, "password": demo.PASSWORD})
    assert answer.status_code == 302
    return client


def password_again(client: Client, path: str) -> None:
    """Setting up asks for the password first."""
    assert client.post(path, {"password": demo.PASSWORD}).status_code == 302
