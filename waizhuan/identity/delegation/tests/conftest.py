"""A unit with an administrator, and people who may be authorised."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation


@pytest.fixture
def unit(db: None) -> Organisation:
    return demo.unit("yunxi", "云溪理工大学", 1000)


@pytest.fixture
def admin(unit: Organisation) -> Account:
    holder = demo.person("chenzhiwei", "陈知微", 1)
    demo.mandate(holder, unit, "unit.admin")
    return holder


@pytest.fixture
def professor(db: None) -> Account:
    return demo.person("maimaiti", "买买提·吐尔逊", 91)


def signed_in(login_name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login_name": login_name, "password": demo.PASSWORD})
    return client
