"""For whom one acts; changing the main agent takes both phones (G3)."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock, crypto
from waizhuan.shared.notify.models import MailboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "+8613900000009"
AGENT = {
    "agent_name": "沈听雨",
    "agent_doc_type": "resident_id",
    "agent_doc_number": demo.resident_id(720),
    "phone": NEW,
    "password": demo.PASSWORD,
}


@pytest.fixture(autouse=True)
def no_limits(settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = False


def signed_in(login_name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login_name": login_name, "password": demo.PASSWORD})
    return client


def code_to(phone: str) -> str:
    message = next((m for m in MailboxMessage.objects.order_by("-id") if m.destination == phone), None)
    found = re.search(r"\d{6}", message.body if message else "")
    assert found is not None, f"no code for {phone}"
    return found.group()


@pytest.fixture
def unit(db: None) -> Organisation:
    return demo.unit("yunxi", "云溪理工大学", 1000)


def agent_of(unit: Organisation) -> str:
    unit.refresh_from_db()
    return unit.agent_name


def test_both_phones_confirm(unit: Organisation) -> None:
    assert unit.account is not None
    before, old = unit.agent_name, unit.account.phone
    client = signed_in("yunxi")
    page = client.get("/organisations/agent/").content.decode()
    assert page.index("新的主代办人姓名") < page.index("新的主代办人证件类型") < page.index("新的主代办人手机号")
    assert client.post("/organisations/agent/", {**AGENT, "password": "wrong"}).status_code == 422
    assert client.post("/organisations/agent/", AGENT).status_code == 302
    assert client.post("/organisations/agent/codes/", {"old": "000000", "new": code_to(NEW)}).status_code == 422
    assert agent_of(unit) == before, "one phone is not enough"
    done = client.post("/organisations/agent/codes/", {"old": code_to(old)})
    assert done.headers["Location"] == "/organisations/agent/done/"
    assert "主代办人换好了" in client.get("/organisations/agent/done/").content.decode()
    assert agent_of(unit) == "沈听雨"
    assert unit.agent_real_name == "not_started", "the new one is verified anew"
    assert Account.objects.get(login_name="yunxi").phone == NEW


def without_phone(unit: Organisation, **more: object) -> str:
    """Its account has no phone; where its codes go instead."""
    account = unit.account
    assert account is not None
    account.phone, account.phone_verified_at = "", None
    for name, value in more.items():
        setattr(account, name, value)
    account.save()
    return str(account.email)


def test_without_a_phone_the_verified_address_confirms(unit: Organisation) -> None:
    old = without_phone(unit, email="agent@example.org", email_verified_at=clock.now())
    before = agent_of(unit)
    client = signed_in("yunxi")
    client.post("/organisations/agent/", AGENT)
    page = client.get("/organisations/agent/codes/").content.decode()
    assert "a***@example.org" in page
    assert page.index("发到原来邮箱的验证码") < page.index("发到新手机的验证码")
    assert "请填写“发到原来邮箱的验证码”" in client.post("/organisations/agent/codes/", {"new": "1"}).content.decode()
    assert client.post("/organisations/agent/codes/", {"old": "000000", "new": code_to(NEW)}).status_code == 422
    assert agent_of(unit) == before
    client.post("/organisations/agent/codes/", {"old": code_to(old)})
    assert agent_of(unit) == "沈听雨"


@pytest.mark.parametrize("email", ["", "never-proved@example.org"])
def test_where_nothing_can_confirm_evidence_does(unit: Organisation, email: str) -> None:
    """Not the password alone."""
    without_phone(unit, email=email, email_verified_at=None)
    before = agent_of(unit)
    client = signed_in("yunxi")
    page = client.get("/organisations/agent/").content.decode()
    assert "没有办法确认是原来的主代办人同意的" in page
    assert 'href="/appeals/new/unit/"' in page
    assert 'name="password"' not in page
    assert client.post("/organisations/agent/", AGENT).status_code == 422
    assert not MailboxMessage.objects.exists()
    session = client.session  # as if it had been begun before the contacts went
    session["new_agent"] = crypto.seal(json.dumps(AGENT), "organisations.new_agent")
    session.save()
    answer = client.post("/organisations/agent/codes/", {"new": "123456"})
    assert answer.headers["Location"] == "/organisations/agent/"
    assert agent_of(unit) == before


def test_a_code_that_was_not_sent_is_not_said_to_have_arrived(unit: Organisation, settings) -> None:  # type: ignore[no-untyped-def]
    client = signed_in("yunxi")
    settings.RATE_LIMITS_ON = True
    client.post("/organisations/agent/", AGENT)
    assert "没有发出去" not in client.get("/organisations/agent/codes/").content.decode()
    client.post("/organisations/agent/", {**AGENT, "phone": "+8613900000010"})
    page = client.get("/organisations/agent/codes/").content.decode()
    assert page.count("没有发出去") == 1, "only the old one was asked for a moment ago"
    assert "验证码刚发过" in page
    client.post("/organisations/agent/codes/", {"again": "1"})
    page = client.get("/organisations/agent/codes/").content.decode()
    assert page.count("没有发出去") == 2
    assert "没有发出去" not in client.get("/organisations/agent/codes/").content.decode(), "it was read"


def test_the_second_page_alone_does_nothing(unit: Organisation) -> None:
    client = signed_in("yunxi")
    answer = client.post("/organisations/agent/codes/", {"old": "123456", "new": "123456"})
    assert answer.headers["Location"] == "/organisations/agent/"


def test_one_acts_only_for_who_gave_a_mandate(unit: Organisation) -> None:
    other = demo.unit("songling", "松岭农业科学院", 1001)
    third = demo.unit("chenghu", "澄湖生物研究所", 1002)
    person = demo.person("chenzhiwei", "陈知微", 1)
    demo.mandate(person, unit, "unit.admin")
    demo.mandate(person, other, "projects.lead")
    client = signed_in("chenzhiwei")
    assert client.post("/organisations/switch/", {"organisation": str(third.pk)}).status_code == 200
    assert client.get("/authorisation/").status_code == 404, "nobody is acted for yet"
    client.post("/organisations/switch/", {"organisation": str(unit.pk)})
    assert client.get("/authorisation/").status_code == 200
    client.post("/organisations/switch/", {"organisation": str(other.pk)})
    assert client.get("/authorisation/").status_code == 404, "a lead there"
    for nonsense in ("", "x", "-1", "9" * 40, "\x00"):
        assert client.post("/organisations/switch/", {"organisation": nonsense}).status_code == 200
