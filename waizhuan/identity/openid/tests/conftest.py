"""A person, a registered system, and the system's side of the conversation."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.openid import actions, keys
from waizhuan.identity.openid.models import Client, Grant
from waizhuan.kernel.actor import the_system

VERIFIER = "v" * 20 + "0123456789abcdefghijklmn"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "https://labs.example.org/callback"
FORM: dict[str, Any] = {
    "name": "实验室预约",
    "name_en": "Laboratory booking",
    "purpose": "预约大型仪器",
    "purpose_en": "Book large instruments",
    "owner": "云溪理工大学",
    "kind": "web",
    "entry_uri": "https://labs.example.org/login",
    "redirect_uris": [CALLBACK],
    "post_logout_uris": ["https://labs.example.org/bye"],
    "logout_uri": "",
    "scopes": ["profile", "phone", "organisation"],
    "services": ["platform"],
    "needs": [],
    "subject": "pairwise",
}


@dataclass
class System:
    """A registered system with its secret, as its own server knows them."""

    row: Client
    secret: str
    browser: Browser = field(default_factory=Browser)

    def ask(self, **changed: str) -> dict[str, str]:
        """The parameters of an authorization request; "" leaves one out."""
        params = {
            "client_id": self.row.client_id,
            "redirect_uri": self.row.redirect_uris[0],
            "response_type": "code",
            "scope": "openid profile phone organisation",
            "state": "s t&ate",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changed,
        }
        return {k: v for k, v in params.items() if v}

    def post(self, name: str, data: dict[str, str], *, secret: str | None = None, **headers: str) -> HttpResponse:
        secret = self.secret if secret is None else secret
        if secret:
            pair = base64.b64encode(f"{self.row.client_id}:{secret}".encode()).decode()
            headers.setdefault("authorization", f"Basic {pair}")
        return Browser(enforce_csrf_checks=True).post(reverse(name), data, headers=headers)  # type: ignore[return-value]

    def redeem(self, code: str, **changed: str) -> HttpResponse:
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.row.redirect_uris[0],
            "code_verifier": VERIFIER,
            **changed,
        }
        return self.post("openid.token", {k: v for k, v in data.items() if v})

    def refresh(self, token: str, **changed: str) -> HttpResponse:
        return self.post("openid.token", {"grant_type": "refresh_token", "refresh_token": token, **changed})

    def userinfo(self, token: str) -> HttpResponse:
        return Browser().get(reverse("openid.userinfo"), headers={"authorization": f"Bearer {token}"})  # type: ignore[return-value]

    def code(self, browser: Browser, **changed: str) -> str:
        """Go all the way to a code, agreeing where asked."""
        params = self.ask(**changed)
        answer = browser.get(reverse("openid.authorize"), params)
        if answer.status_code == 200:
            answer = browser.post(address("openid.consent", params), {"answer": "allow"})
        assert answer.status_code == 302, answer.content.decode()
        return told(answer)["code"]

    def tokens(self, browser: Browser, **changed: str) -> dict[str, Any]:
        answer = self.redeem(self.code(browser, **changed))
        assert answer.status_code == 200, answer.content.decode()
        return dict(answer.json())  # type: ignore[attr-defined]


def address(name: str, params: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return f"{reverse(name)}?{urlencode(params)}"


def told(answer: Any) -> dict[str, str]:
    """What a redirect to the system tells it."""
    assert answer.status_code == 302
    return {k: v[0] for k, v in parse_qs(urlsplit(answer["Location"]).query).items()}


def system(**changed: Any) -> System:
    row, secret = actions.register(actor=the_system(), data={**FORM, **changed})
    return System(row, secret)


def browser_of(account: Account) -> Browser:
    """Signed in by the door, so that there is a session that began and can be ended."""
    browser = Browser()
    answer = browser.post(reverse("sign_in.start"), {"login_name": account.login_name, "password": demo.PASSWORD})
    assert answer.status_code == 302
    return browser


def audited() -> list[str]:
    from waizhuan.shared.audit.api import AuditEntry

    return list(AuditEntry.objects.filter(verb__startswith="openid.").order_by("pk").values_list("verb", flat=True))


def error(answer: Any, status: int = 400) -> str:
    assert answer.status_code == status, answer.content
    assert answer["Cache-Control"] == "no-store"
    return str(answer.json()["error"])


def ended() -> list[str]:
    return list(Grant.objects.exclude(ended_at=None).order_by("pk").values_list("ended_why", flat=True))


@pytest.fixture
def labs(db: None) -> System:
    return system()


@pytest.fixture
def person(db: None) -> Account:
    return demo.person("chenzhiwei", "陈知微", 1)


@pytest.fixture
def unit(db: None) -> Organisation:
    return demo.unit("yunxi", "云溪理工大学", 1000)


@pytest.fixture
def browser(person: Account) -> Browser:
    return browser_of(person)


@pytest.fixture
def sysadmin(db: None) -> Account:
    operator = demo.organisation("operator", "平台运营中心", public_phone="400-820-8820")
    made = demo.person("sysadmin", "韩叙", 203)
    demo.mandate(made, operator, "operator.system")
    return made


def claims_of(token: str, *, typ: str = keys.TYPE) -> dict[str, Any]:
    found = keys.read_own(token, typ=typ)
    assert found is not None
    return found


def actor(account: Account) -> Any:
    return actor_of(Account.objects.get(pk=account.pk))
