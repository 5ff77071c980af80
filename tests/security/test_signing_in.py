"""The door: who has an account is not told, guessing is slowed without locking anybody out, sessions change their key."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.sign_in import actions
from waizhuan.kernel import clock
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.web.tests.test_configuration import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


def try_(name: str, password: str = "Wrong-2026!", client: Client | None = None, **how: str) -> Any:
    return (client or Client(**how)).post("/sign-in/", {"login_name": name, "password": password})  # type: ignore[arg-type]


def said(answer: Any, *typed: str) -> str:
    """The page without what differs by itself: tokens, pictures, the captcha's question, what was typed."""
    page = unescape(answer.content.decode())
    page = re.sub(r"也可以改答：[^<]*", "", page)
    page = re.sub(r'value="[^"]*"|captcha/[^"]*|data-[a-z-]+="[^"]*"|[A-Za-z0-9]{32,}', "", page)
    for text in typed:
        page = page.replace(text, "")
    return page


# ---------------------------------------------------------------- enumeration


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(hanxu: Account) -> None:
    for turn in range(1, 8):  # also with the captcha, and when few tries are left
        known, unknown = try_("hanxu"), try_("nobody_here")
        assert known.status_code == unknown.status_code == 422
        assert said(known, "hanxu") == said(unknown, "nobody_here"), turn


def test_every_failure_costs_one_hash_and_one_entry(hanxu: Account) -> None:
    """Why the time tells nothing: the same work is done, whoever is meant."""
    locked = demo.person("locked", "何嘉树", 4)
    Account.objects.filter(pk=locked.pk).update(locked_at=clock.now())
    for name in ("hanxu", "nobody_here", "locked", "13800000003", "13899999999", "\x00", "x" * 60):
        before = AuditEntry.objects.filter(verb="sign_in.failed").count()
        with patch.object(actions, "check_password", side_effect=check_password) as hashed:
            try_(name)
        assert hashed.call_count == (0 if name == "\x00" else 1), name  # refused at the field, before anybody is meant
        assert AuditEntry.objects.filter(verb="sign_in.failed").count() - before == hashed.call_count


def test_the_dummy_hash_costs_what_a_real_one_does(hanxu: Account) -> None:
    assert actions._nobody().split("$")[:4] == hanxu.password.split("$")[:4]  # algorithm, version, parameters


def test_the_log_of_failures_keeps_nothing_that_was_typed(hanxu: Account) -> None:
    try_("hanxu", "Secret-2026!")
    entry = AuditEntry.objects.get(verb="sign_in.failed")
    assert entry.subject == f"identity.account:{hanxu.pk}"
    assert "Secret" not in str(entry.detail) + entry.account_name


def test_a_code_by_phone_tells_nothing(hanxu: Account) -> None:
    pages = [Client().post("/sign-in/code/", {"phone": phone}) for phone in ("13800000003", "13899999999")]
    assert said(pages[0], "13800000003") == said(pages[1], "13899999999")


# ---------------------------------------------------------------- guessing


def test_guessing_ends_after_ten_tries_and_the_owner_still_gets_in(hanxu: Account, settings: Any) -> None:
    settings.CAPTCHA_ON = False
    owner = Client(REMOTE_ADDR="198.51.100.7")
    assert try_("hanxu", demo.PASSWORD, owner).status_code == 302  # a browser that the account knows
    owner.post("/sign-in/out/")
    for _ in range(10):
        assert try_("hanxu", REMOTE_ADDR="203.0.113.9").status_code == 422
    assert "试得太频繁" in try_("hanxu", demo.PASSWORD, REMOTE_ADDR="203.0.113.9").content.decode()
    assert try_("hanxu", demo.PASSWORD, REMOTE_ADDR="203.0.113.200").status_code == 422  # the neighbourhood
    assert try_("hanxu", demo.PASSWORD, owner).status_code == 302
    assert try_("hanxu", demo.PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 302  # nor from another place
    hanxu.refresh_from_db()
    assert hanxu.locked_at is None


def test_many_names_from_one_place_meet_the_captcha(hanxu: Account) -> None:
    pages = [try_(f"name{n}", REMOTE_ADDR="203.0.113.9").content.decode() for n in range(22)]
    assert "captcha" not in pages[0]
    assert "captcha" in pages[-1]


def test_a_false_forwarded_address_buys_no_new_tries(hanxu: Account, settings: Any) -> None:
    settings.CAPTCHA_ON = False
    for n in range(10):
        try_("hanxu", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=f"10.0.{n}.1")
    last = try_("hanxu", demo.PASSWORD, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert last.status_code == 422


# ---------------------------------------------------------------- sessions


def test_a_session_that_was_foisted_on_somebody_is_worth_nothing(hanxu: Account) -> None:
    thief, victim = Client(), Client()
    thief.get("/sign-in/")
    thief.session["x"] = 1
    planted = "a" * 32
    victim.cookies["session"] = planted
    assert try_("hanxu", demo.PASSWORD, victim).status_code == 302
    assert victim.cookies["session"].value != planted
    thief.cookies["session"] = planted
    assert thief.get("/me/").status_code == 302


def test_the_key_changes_at_every_signing_in_and_the_old_one_is_dead(hanxu: Account) -> None:
    client, old = Client(), Client()
    try_("hanxu", demo.PASSWORD, client)
    first = client.cookies["session"].value
    try_("hanxu", demo.PASSWORD, client)
    assert client.cookies["session"].value != first
    old.cookies["session"] = first
    assert old.get("/me/").status_code == 302


def test_signing_out_ends_it_on_the_server_and_clears_the_browser(hanxu: Account) -> None:
    client, copy = Client(), Client()
    try_("hanxu", demo.PASSWORD, client)
    copy.cookies["session"] = client.cookies["session"].value
    assert "storage" in client.post("/sign-in/out/")["Clear-Site-Data"]
    assert copy.get("/me/").status_code == 302


def test_a_session_ends_after_a_working_day_however_busy_it_is(hanxu: Account) -> None:
    client = Client()
    try_("hanxu", demo.PASSWORD, client)
    with clock.frozen(clock.now() + dt.timedelta(hours=11, minutes=59)):
        assert client.get("/me/").status_code == 200
    with clock.frozen(clock.now() + dt.timedelta(hours=12, minutes=1)):
        assert client.get("/me/").status_code == 302


# ---------------------------------------------------------------- cookies

SHOW = """
import django; django.setup()
from django.conf import settings as s
names = (s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.DEVICE_COOKIE_NAME)
assert all(n.startswith("__Host-") for n in names), names
assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SESSION_COOKIE_HTTPONLY and s.CSRF_COOKIE_HTTPONLY
assert (s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
assert (s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH) == (None, "/")
assert s.SECURE_HSTS_SECONDS >= 31536000 and s.SECURE_HSTS_INCLUDE_SUBDOMAINS and not s.DEBUG
print("fine")
"""


def test_cookies_of_production_are_locked_to_the_host(tmp_path: Any) -> None:
    import os

    kept = {k: v for k, v in os.environ.items() if not k.startswith("WAIZHUAN_")}
    environ = {**kept, **GOOD, "DJANGO_SETTINGS_MODULE": "waizhuan.web.settings"}
    shown = subprocess.run([sys.executable, "-c", SHOW], env=environ, capture_output=True, text=True, check=False)
    assert shown.stdout.strip() == "fine", shown.stderr[-2000:]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(hanxu: Account) -> None:
    client = Client()
    try_("hanxu", demo.PASSWORD, client)
    client.get("/me/")
    client.post("/language/", {"language": "en"})
    assert {"session", "csrf", "device", "language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
