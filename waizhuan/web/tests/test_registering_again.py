"""Whoever closed an account may come back: the number registers again, through the pages, from the first step to the last."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Person
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def switches(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


def registers(client: Client, login_name: str, n: int) -> Account:
    steps = {
        "identity": {"name": "韩叙", "doc_type": "resident_id", "doc_number": demo.resident_id(n)},
        "login": {"login_name": login_name, "password": "Shanhai-2026!", "password2": "Shanhai-2026!"},
        "phone": {"phone": demo.mobile(n)},
    }
    client.get("/register/person/")
    for name, given in steps.items():
        answer = client.post(f"/register/person/{name}/", given)
        assert answer.status_code == 302, f"{name}: {answer.content.decode()}"
    answer = client.post("/register/person/code/", {"code": code_sent_to(demo.mobile(n)), "consent": "on"})
    assert answer.status_code == 302, answer.content.decode()
    return Account.objects.get(login_key=login_name)


@pytest.mark.parametrize("forget", [False, True])
def test_a_closed_person_registers_again(forget: bool, db: None) -> None:
    """In the same browser, with the same number and phone; the history keeps whose it was, unless all was to be forgotten."""
    client = Client()
    first = registers(client, "hanxu", 3)
    if forget:
        desk = demo.organisation("operator", "平台运营中心")
        demo.mandate(demo.person("operator1", "秦安澜", 200), desk, "operator.reviewer")
        where = client.post("/me/requests/", {"kind": "delete", "words": "不用了"}).headers["Location"]
        operator = Client()
        operator.force_login(Account.objects.get(login_name="operator1"))
        assert operator.post(where, {"transition": "answer", "note": "已办"}).status_code == 302
        client.post("/sign-in/out/")
    else:
        assert client.post("/me/close/", {"password": "Shanhai-2026!"}).headers["Location"] == "/me/closed/"
    again = registers(client, "hanxu" if forget else "hanxu_2", 3)
    assert again.pk != first.pk
    assert Person.objects.get(account=again).doc_number == demo.resident_id(3)
    assert Person.objects.get(account=first).doc_number == ""
    assert FormerDocument.objects.filter(account=first).exists() != forget


def test_a_closed_unit_registers_again(db: None) -> None:
    desk = demo.organisation("operator", "平台运营中心")
    demo.mandate(demo.person("operator1", "秦安澜", 200), desk, "operator.reviewer")
    unit = demo.unit("qingshi", "青石研究院", 9)
    before, after, operator = Client(), Client(), Client()
    before.force_login(unit.account)  # type: ignore[arg-type]
    operator.force_login(Account.objects.get(login_name="operator1"))
    where = before.post("/me/requests/", {"kind": "close_unit", "words": "撤销了"}).headers["Location"]
    assert operator.post(where, {"transition": "answer", "note": "已办"}).status_code == 302
    given = {"name": "青石研究院", "uscc": unit.uscc, "unit_kind": "institution", "province": "330000", "address": "路"}
    after.get("/register/unit/")
    answer = after.post("/register/unit/unit/", given)
    assert answer.status_code == 302, answer.content.decode()
