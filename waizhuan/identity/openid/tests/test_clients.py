"""The operator's pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.openid import keys
from waizhuan.identity.openid.models import Client
from waizhuan.identity.openid.tests.conftest import CALLBACK, FORM, System, audited, browser_of, ended, system
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db
TYPED = {**FORM, "redirect_uris": f" {CALLBACK}\n\n{CALLBACK}\nhttps://labs.example.org/two ", "post_logout_uris": ""}


@pytest.fixture
def admin(sysadmin: Account) -> Browser:
    browser = Browser()
    browser.force_login(sysadmin)
    return browser


def register(admin: Browser, *, secure: bool = False, **changed: Any) -> Any:
    return admin.post(reverse("openid.client_new"), {**TYPED, **changed}, secure=secure)


def test_registering_shows_the_secret_once(admin: Browser, browser: Browser) -> None:
    answer = register(admin)
    assert answer.status_code == 302
    row = Client.objects.get()
    assert row.redirect_uris == [CALLBACK, "https://labs.example.org/two"]
    page = admin.get(answer["Location"]).content.decode()
    found = re.search(r'id="client-secret">([\w-]{43})<', page)
    assert found is not None
    assert row.secret_mac not in page
    assert admin.get(answer["Location"])["Location"] == reverse("openid.client", args=[row.pk])  # gone
    made = System(row, found.group(1))
    assert made.userinfo(made.tokens(browser)["access_token"]).status_code == 200
    assert found.group(1) not in str([*AuditEntry.objects.values_list("detail", flat=True)])
    assert "openid.client_registered" in audited()


def test_the_secret_waits_sealed(admin: Browser) -> None:
    answer = register(admin)
    kept = str(dict(admin.session))  # the page shows the secret and forgets it
    found = re.search(r'id="client-secret">([\w-]{43})<', admin.get(answer["Location"]).content.decode())
    assert found is not None
    assert found.group(1) not in kept


def test_an_application_has_no_secret(admin: Browser) -> None:
    answer = register(admin, kind="app", redirect_uris="http://127.0.0.1:5000/cb")
    row = Client.objects.get()
    assert answer["Location"] == reverse("openid.client", args=[row.pk])
    assert row.secret_mac == ""
    assert admin.get(reverse("openid.client_renew", args=[row.pk])).status_code == 404
    assert admin.post(reverse("openid.client_renew", args=[row.pk])).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "请填写“系统名称”"),
        ("name", "x" * 61, "最多 60 个字"),
        ("name", "a\x00b", "控制字符"),
        ("redirect_uris", "", "请填写“回跳地址”"),
        ("redirect_uris", "http://labs.example.org/cb", "要以 https:// 开头"),
        ("redirect_uris", "https://labs.example.org/cb#x", "不能有"),
        ("redirect_uris", "javascript:alert(1)", "不是网址"),
        ("redirect_uris", "https://a.example/\nhttps://b.example/", "同一个主机"),
        ("redirect_uris", "\n".join(f"https://a.example/{n}" for n in range(11)), "最多 10 个地址"),
        ("redirect_uris", "<script>alert(1)</script>", "不是网址"),
        ("entry_uri", "ftp://x", "不是网址"),
        ("logout_uri", "http://labs.example.org/", "要以 https:// 开头"),
        ("scopes", ["everything"], ""),
        ("services", ["everything"], ""),
        ("needs", ["money"], ""),
        ("kind", "robot", ""),
        ("subject", "x", ""),
    ],
)
def test_faults_stand_beside_their_fields(admin: Browser, field: str, value: Any, says: str) -> None:
    answer = register(admin, **{field: value})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert says in text
    assert f'href="#id_{field}' in text
    assert "<script>alert" not in text
    assert 'value="云溪理工大学"' in text  # nothing typed is lost
    assert Client.objects.count() == 0


def test_in_production_only_public_https(admin: Browser, settings: Any) -> None:
    settings.PRODUCTION = True
    for field in ("redirect_uris", "post_logout_uris", "entry_uri", "logout_uri"):
        for uri in ("http://127.0.0.1:8080/", "https://10.0.0.1/", "https://intranet/"):
            assert register(admin, secure=True, **{field: uri}).status_code == 422
    assert register(admin, secure=True).status_code == 302


def test_changing(admin: Browser, browser: Browser) -> None:
    labs = system()
    url = reverse("openid.client_change", args=[labs.row.pk])
    page = admin.get(url).content.decode()
    assert CALLBACK in page
    changed = {**TYPED, "name": "O'Brien 实验室 𠮷", "redirect_uris": "https://new.example.org/cb"}
    assert admin.post(url, {**changed, "version": 1})["Location"] == reverse("openid.client", args=[labs.row.pk])
    assert browser.get(reverse("openid.authorize"), labs.ask()).status_code == 400  # the old address
    labs.row.refresh_from_db()
    assert labs.row.name == "O'Brien 实验室 𠮷"
    assert labs.secret
    assert labs.userinfo(labs.tokens(browser)["access_token"]).status_code == 200  # the secret stays
    late = admin.post(url, {**changed, "name": "late", "version": 1})
    assert late.status_code == 422
    assert "别人刚刚改过" in late.content.decode()
    for version in ("", "x", "9" * 40):
        assert admin.post(url, {**changed, "version": version}).status_code == 422
    labs.row.refresh_from_db()
    assert labs.row.name != "late"


def test_renewing_the_secret(admin: Browser, browser: Browser) -> None:
    labs = system()
    url = reverse("openid.client_renew", args=[labs.row.pk])
    assert admin.get(url).status_code == 200
    answer = admin.post(url)
    page = admin.get(answer["Location"]).content.decode()
    found = re.search(r'id="client-secret">([\w-]{43})<', page)
    assert found is not None
    assert labs.redeem(labs.code(browser)).status_code == 401
    labs.secret = found.group(1)
    assert labs.redeem(labs.code(browser)).status_code == 200
    assert "openid.client_secret_renewed" in audited()


def test_switching_off_and_on(admin: Browser, browser: Browser) -> None:
    labs = system()
    labs.tokens(browser)
    url = reverse("openid.client_act", args=[labs.row.pk])
    assert admin.post(url, {"act": "disable", "reason": " "}).status_code == 422
    assert ended() == []
    for _ in range(2):
        assert admin.post(url, {"act": "disable", "reason": "泄露"}).status_code == 302
    assert ended() == ["client"]
    assert AuditEntry.objects.get(verb="openid.client_disabled").detail == {"reason": "泄露"}
    assert labs.row.client_id not in browser.get(reverse("services.catalogue")).content.decode()
    assert browser.get(reverse("services.enter", args=[labs.row.client_id])).status_code == 404
    assert admin.post(url, {"act": "enable", "reason": "换好密钥"}).status_code == 302
    assert labs.redeem(labs.code(browser)).status_code == 200
    assert admin.post(url, {"act": "sell", "reason": "x"}).status_code == 404


def test_changing_the_signing_key(admin: Browser) -> None:
    before = keys.current().kid
    assert admin.get(reverse("openid.client_keys")).status_code == 200
    assert keys.current().kid == before  # a look changes nothing
    admin.post(reverse("openid.client_keys"))
    assert keys.current().kid != before
    page = admin.get(reverse("openid.clients")).content.decode()
    assert "签名用" in page
    assert "只用来核对" in page


@pytest.mark.parametrize("role", ["operator.reviewer", "operator.security", "operator.auditor", None])
def test_nobody_else_sees_them(role: str | None, sysadmin: Account) -> None:
    labs = system()
    account = demo.person("hanxu", "韩叙", 3)
    if role:
        demo.mandate(account, sysadmin.mandates.get().organisation, role)
    browser = browser_of(account)
    for name in ("client", "client_change", "client_secret", "client_renew"):
        assert browser.get(reverse(f"openid.{name}", args=[labs.row.pk])).status_code == 404
    for name in ("clients", "client_new", "client_keys"):
        assert browser.get(reverse(f"openid.{name}")).status_code == 404
    assert browser.post(reverse("openid.client_act", args=[labs.row.pk]), {"act": "disable"}).status_code == 404
    assert register(browser).status_code == 404


def test_a_system_that_is_not_there(admin: Browser) -> None:
    for name in ("client", "client_change", "client_secret", "client_renew"):
        assert admin.get(reverse(f"openid.{name}", args=[10**17])).status_code == 404


def test_the_list_costs_the_same_with_one_and_with_thirty(admin: Browser, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        system(name=f"系统{n}")
    with django_assert_max_num_queries(8):
        page = admin.get(reverse("openid.clients"))
    assert "下一页" in page.content.decode()
    for cursor in ("x", "W10", "\x00"):
        assert admin.get(reverse("openid.clients"), {"page": cursor}).status_code == 200
