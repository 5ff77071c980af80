"""Somebody, the desk that answers, and how a request goes through both."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


@pytest.fixture
def operator(db: None) -> Organisation:
    desk = demo.organisation("operator", "平台运营中心")
    demo.mandate(demo.person("operator1", "秦安澜", 200), desk, "operator.reviewer")
    return desk


def signed_in(login_name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login_name": login_name, "password": demo.PASSWORD})
    return client


def asks(login_name: str, **given: str) -> str:
    answer = signed_in(login_name).post("/me/requests/", {"words": "请办理", **given})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def granted(where: str) -> tuple[int, str]:
    answer = signed_in("operator1").post(where, {"transition": "answer", "note": "已办"})
    return answer.status_code, answer.content.decode()
