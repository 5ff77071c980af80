"""Whoever was the main agent is out: password, sessions, second factors, browsers, codes, links, other systems (G3)."""

from __future__ import annotations

import datetime as dt
import re
import secrets

import pyotp
import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.contact_change import actions as contacts
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.openid.models import Client as System
from waizhuan.identity.openid.models import Consent, Grant
from waizhuan.identity.organisations import agent
from waizhuan.identity.realname import changes
from waizhuan.identity.realname.actions import Document, Registered
from waizhuan.identity.realname.models import Case
from waizhuan.identity.second_factor.models import Authenticator, RecoveryCode
from waizhuan.identity.sign_in.models import PasswordLink
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.notify import api as notify
from waizhuan.shared.notify.models import MailboxMessage, Message
from waizhuan.shared.notify.outbox import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "+8613900000009"
GIVEN = {
    "agent_name": "沈听雨",
    "agent_doc_type": "resident_id",
    "agent_doc_country": "CHN",
    "agent_doc_number": demo.resident_id(720),
    "phone": NEW,
}
FRESH = "Yunhai-3026!"


@pytest.fixture(autouse=True)
def no_limits(settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = settings.CAPTCHA_ON = False


@pytest.fixture
def unit(db: None) -> Organisation:
    made = demo.unit("yunxi", "云溪理工大学", 1000)
    account = account_of(made)
    account.email, account.email_verified_at = "old-agent@example.org", clock.now()
    account.save()
    return made


def account_of(unit: Organisation) -> Account:
    return Account.objects.get(organisation=unit)


def sent_to(where: str) -> list[str]:
    deliver_due()
    return [m.body for m in MailboxMessage.objects.order_by("-id") if m.destination == where]


def link_in(texts: list[str], to: str) -> str:
    found = re.search(rf"https?://[^/\s]+({to}[\w:=.-]+/)", "\n".join(texts))
    assert found is not None, f"no link to {to}: {texts}"
    return found.group(1)


def signs_in(login_name: str, password: str) -> tuple[Client, int, str]:
    client = Client()
    answer = client.post("/sign-in/", {"login_name": login_name, "password": password})
    return client, answer.status_code, answer.content.decode()


def change(unit: Organisation) -> None:
    account = account_of(unit)
    agent.change(Actor(account_id=account.pk, kind="legal"), account, GIVEN)


def test_a_change_of_the_unit_that_the_old_agent_asked_for_is_over(unit: Organisation) -> None:
    rep = Document(unit.rep_name, unit.rep_doc_type, unit.rep_doc_number, unit.rep_doc_country)
    asker = Actor(account_id=unit.account_id, kind="legal")
    given = Registered("云溪科技大学", demo.credit_code(4321), rep, unit.unit_kind, unit.division, unit.address)
    case = changes.ask(asker, given)
    assert case.state == "upload"
    change(unit)
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    unit.refresh_from_db()
    assert (unit.name, unit.real_name, unit.agent_name) == ("云溪理工大学", "passed", "沈听雨")


def test_the_old_password_and_every_session_are_over(unit: Organisation) -> None:
    elsewhere, status, _ = signs_in("yunxi", demo.PASSWORD)
    assert status == 302
    change(unit)
    assert elsewhere.get("/me/").headers["Location"].startswith("/sign-in/")
    _, status, page = signs_in("yunxi", demo.PASSWORD)
    assert status == 422
    assert "登录名或密码不对" in page
    assert "/recovery/" in page, "and the way on"


def test_the_new_agent_sets_a_password_once(unit: Organisation) -> None:
    change(unit)
    texts = sent_to(NEW)
    link = link_in(texts, "/sign-in/link/")
    assert demo.PASSWORD not in "".join(texts)
    client = Client()
    assert "yunxi" in client.get(link).content.decode()
    assert client.post(link, {"password": "yunxi", "password2": "x"}).status_code == 422
    answer = client.post(link, {"password": FRESH, "password2": FRESH})
    assert answer.headers["Location"] == "/real-name/", "the new agent is verified next"
    assert client.get("/me/").status_code == 200
    assert Client().post(link, {"password": "Other-3026!", "password2": "Other-3026!"}).status_code == 410
    assert signs_in("yunxi", FRESH)[1] == 302


def test_both_are_told_and_it_is_on_record(unit: Organisation) -> None:
    admin = demo.person("chenzhiwei", "陈知微", 1)
    demo.mandate(admin, unit, "unit.admin")
    old = account_of(unit).phone
    change(unit)
    told = sent_to(old) + sent_to("old-agent@example.org")
    assert len([t for t in told if "沈**" in t and "/appeals/" in t]) == 2
    assert Message.objects.filter(account=admin, template="organisations.agent_changed").exists()
    assert AuditEntry.objects.filter(verb="organisations.agent_changed").count() == 1


def test_what_the_old_agent_holds_is_void(unit: Organisation) -> None:
    account = account_of(unit)
    Authenticator.objects.create(account=account, secret=pyotp.random_base32(), confirmed_at=clock.now())
    RecoveryCode.objects.create(account=account, fingerprint=secrets.token_hex(32))
    system = System.objects.create(client_id="abc", name="甲", name_en="A", purpose="p", purpose_en="p", owner="o")
    Consent.objects.create(account=account, client=system, scopes=["openid"])
    later = clock.now() + dt.timedelta(hours=1)
    grant = Grant.objects.create(account=account, client=system, sid="s", auth_time=0, expires_at=later)
    notify.codes.issue("recovery", "old-agent@example.org", "email")
    code = re.findall(r"\d{6}", sent_to("old-agent@example.org")[0])[0]
    change(unit)
    assert not Authenticator.objects.filter(account=account).exists()
    assert not RecoveryCode.objects.filter(account=account).exists()
    grant.refresh_from_db()
    assert grant.ended_at
    assert Consent.objects.get().withdrawn_at
    assert not notify.codes.check("recovery", "old-agent@example.org", code).ok
    # nor does a new code go to the old agent's e-mail address
    before = len(sent_to("old-agent@example.org"))
    asked = Client().post("/recovery/reset/", {"login_name": "yunxi", "channel": "email"})
    assert asked.status_code == 302
    assert len(sent_to("old-agent@example.org")) == before


def test_links_in_the_old_agent_s_messages_are_void(unit: Organisation) -> None:
    client, _, _ = signs_in("yunxi", demo.PASSWORD)
    old = account_of(unit).phone
    client.post("/contact/email/", {"email": "x@example.org", "password": demo.PASSWORD})
    code = re.findall(r"\d{6}", sent_to("x@example.org")[0])[0]
    client.post("/contact/code/", {"code": code})
    client.post("/sign-in/password/", {"old": demo.PASSWORD, "password": FRESH, "password2": FRESH})
    undo, lock = link_in(sent_to(old), "/contact/undo/"), link_in(sent_to(old), "/sign-in/not-me/")
    change(unit)
    stranger = Client()
    stranger.post(undo)
    stranger.post(lock)
    account = account_of(unit)
    assert account.phone == NEW
    assert account.email == ""
    assert account.locked_at is None


def test_the_old_agent_s_browser_is_a_stranger_s(unit: Organisation) -> None:
    from django.test import RequestFactory

    from waizhuan.identity.sign_in import sessions

    client, _, _ = signs_in("yunxi", demo.PASSWORD)
    request = RequestFactory().get("/")
    request.COOKIES = {k: m.value for k, m in client.cookies.items()}
    assert sessions.is_known(request, account_of(unit))
    change(unit)
    assert not sessions.is_known(request, account_of(unit))


def test_a_link_that_ran_out_leads_to_the_new_phone(unit: Organisation) -> None:
    change(unit)
    link = link_in(sent_to(NEW), "/sign-in/link/")
    PasswordLink.objects.update(expires_at=clock.now())
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "/recovery/reset/" in answer.content.decode()
    client = Client()
    client.post("/recovery/reset/", {"login_name": "yunxi", "channel": "sms"})
    code = re.findall(r"验证码 (\d{6})", "\n".join(sent_to(NEW)))[0]
    client.post("/recovery/code/", {"code": code})
    assert client.post("/recovery/password/", {"password": FRESH, "password2": FRESH}).status_code == 302
    assert signs_in("yunxi", FRESH)[1] == 302


# ---------------------------------------------------------------- who confirms for the old agent


def without_contacts(unit: Organisation) -> Account:
    account = account_of(unit)
    account.phone, account.phone_verified_at, account.email, account.email_verified_at = "", None, "", None
    account.save()
    return account


def later(days: int) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


def test_a_phone_that_the_password_alone_added_confirms_nothing_for_a_month(unit: Organisation) -> None:
    account = without_contacts(unit)
    contacts.change(account, "sms", "+8613911119999")
    account.refresh_from_db()
    assert agent.old_side(account) == ("email", "")
    assert "30 天内" in str(agent.may_change(account).reason)
    client, _, _ = signs_in("yunxi", demo.PASSWORD)
    page = client.get("/organisations/agent/").content.decode()
    assert "30 天内才加上或改过" in page
    assert "/appeals/new/unit/" in page
    with clock.frozen(later(31)):
        assert agent.old_side(account) == ("sms", "+8613911119999")
        assert agent.may_change(account).ok


def test_what_the_account_had_before_still_confirms(unit: Organisation) -> None:
    """A number in place of the old one counts as added; the address on file is the holder's."""
    account = account_of(unit)
    contacts.change(account, "sms", "+8613911119999")
    account.refresh_from_db()
    assert agent.old_side(account) == ("email", "old-agent@example.org")
    contacts.change(account, "email", "thief@example.org")
    account.refresh_from_db()
    assert agent.old_side(account) == ("email", "")


def test_the_phone_of_a_new_agent_counts_at_once(unit: Organisation) -> None:
    """Both sides confirmed it."""
    contacts.change(account_of(unit), "email", "new@example.org")
    change(unit)
    assert agent.old_side(account_of(unit)) == ("sms", NEW)
