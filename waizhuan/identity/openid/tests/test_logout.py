"""Leaving: by the platform's own door, by another system's, and how the systems hear of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.openid import actions, jobs, keys, logout, rules
from waizhuan.identity.openid.models import Consent, LogoutNotice
from waizhuan.identity.openid.tests.conftest import System, address, browser_of, claims_of, ended, system
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system

pytestmark = pytest.mark.django_db
BYE = "https://labs.example.org/bye"
END = "openid.end_session"


def inside(browser: Browser) -> bool:
    return browser.get(reverse("my_information.home")).status_code == 200


# ---------------------------------------------------------------- the platform's own door


def test_signing_out_ends_every_system_of_this_session_only(person: Account, labs: System) -> None:
    here, there = browser_of(person), browser_of(person)
    other = system(name="乙")
    tokens = [labs.tokens(here), other.tokens(here), labs.tokens(there)]
    here.post(reverse("sign_in.out"))
    assert ended() == ["signed_out", "signed_out"]
    assert [labs.userinfo(t["access_token"]).status_code for t in tokens] == [401, 401, 200]


def test_ending_the_session_from_elsewhere_ends_the_systems_too(person: Account, labs: System) -> None:
    here, there = browser_of(person), browser_of(person)
    tokens = labs.tokens(there)
    here.post(reverse("sign_in.sessions"), {"device": "others", "password": demo.PASSWORD})
    assert ended() == ["signed_out"]
    assert labs.refresh(tokens["refresh_token"]).status_code == 400


# ---------------------------------------------------------------- RP-initiated


def test_a_system_with_its_own_token_signs_out_at_once(browser: Browser, labs: System) -> None:
    token = labs.tokens(browser)["id_token"]
    asked = {"id_token_hint": token, "post_logout_redirect_uri": BYE, "state": "s&1"}
    answer = browser.get(reverse(END), asked)
    assert answer["Location"] == BYE + "?state=s%261"
    assert not inside(browser)
    assert ended() == ["signed_out"]


def test_a_token_that_ran_out_is_still_a_hint(browser: Browser, labs: System) -> None:
    token = labs.tokens(browser)["id_token"]
    with clock.frozen(clock.now() + dt.timedelta(minutes=30)):
        answer = browser.get(reverse(END), {"id_token_hint": token, "post_logout_redirect_uri": BYE})
    assert answer["Location"] == BYE


def test_without_a_token_the_person_is_asked(browser: Browser, labs: System) -> None:
    asked = {"client_id": labs.row.client_id, "post_logout_redirect_uri": BYE}
    page = browser.get(reverse(END), asked)
    assert page.status_code == 200
    assert "实验室预约" in page.content.decode()
    assert "form-action 'self' https://labs.example.org;" in page["Content-Security-Policy"]
    assert inside(browser)
    assert browser.post(address("openid.leave", asked))["Location"] == BYE
    assert not inside(browser)


def test_no_other_site_signs_anybody_out(person: Account, labs: System) -> None:
    """By GET the person is asked; a POST from elsewhere changes nothing; the answer needs our own page."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.get(reverse(END)).status_code == 200
    assert browser.post(reverse(END), {"client_id": "x"})["Location"].startswith(reverse(END))
    assert browser.post(reverse("openid.leave")).status_code == 403
    assert inside(browser)


def test_another_persons_or_sessions_token_does_not_sign_out(person: Account, browser: Browser, labs: System) -> None:
    other = browser_of(demo.person("hanxu", "韩叙", 3))
    elsewhere = browser_of(person)
    for token in (labs.tokens(other)["id_token"], labs.tokens(elsewhere)["id_token"], "x.y.z"):
        assert browser.get(reverse(END), {"id_token_hint": token}).status_code == 200
        assert inside(browser)


@pytest.mark.parametrize(
    "uri",
    ["https://evil.example/", BYE + "/", BYE + "?x", "//labs.example.org/bye", "javascript:alert(1)", "", "\x00"],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(browser: Browser, labs: System, uri: str) -> None:
    token = labs.tokens(browser)["id_token"]
    answer = browser.get(reverse(END), {"id_token_hint": token, "post_logout_redirect_uri": uri})
    assert answer["Location"] == reverse("openid.left")
    assert browser.get(reverse("openid.left")).status_code == 200


def test_another_systems_address_or_id_counts_for_nothing(browser: Browser, labs: System) -> None:
    other = system(name="乙", post_logout_uris=["https://other.example.org/bye"])
    token = labs.tokens(browser)["id_token"]
    mixed = {"id_token_hint": token, "client_id": other.row.client_id}
    answer = browser.get(reverse(END), {**mixed, "post_logout_redirect_uri": "https://other.example.org/bye"})
    assert answer.status_code == 200  # the person is asked, and goes nowhere
    assert inside(browser)


def test_a_system_that_was_switched_off_is_nobodys_way_out(browser: Browser, labs: System) -> None:
    token = labs.tokens(browser)["id_token"]
    actions.disable(actor=the_system(), pk=labs.row.pk, reason="x")
    asked = {"id_token_hint": token, "client_id": labs.row.client_id, "post_logout_redirect_uri": BYE}
    assert Browser().get(reverse(END), asked)["Location"] == reverse("openid.left")
    assert browser.get(reverse(END), asked).status_code == 200
    assert inside(browser)


def test_a_stranger_leaves_without_being_asked(labs: System) -> None:
    asked = {"client_id": labs.row.client_id, "post_logout_redirect_uri": BYE}
    assert Browser().get(reverse(END), asked)["Location"] == BYE
    assert Browser().get(reverse(END))["Location"] == reverse("openid.left")


# ---------------------------------------------------------------- back-channel


class Listener:
    """Another system's logout address, on this machine."""

    def __init__(self) -> None:
        self.status, self.location = 200, ""
        self.heard: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.heard.append((self.path, dict(self.headers), parse_qs(body)))
                self.send_response(listener.status)
                if listener.location:
                    self.send_header("Location", listener.location)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/logout?tenant=7"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_the_system_hears_who_left(browser: Browser, listener: Listener) -> None:
    labs = system(logout_uri=listener.url)
    known = claims_of(labs.tokens(browser)["id_token"])
    labs.tokens(browser)  # twice in one session is one notice
    browser.post(reverse("sign_in.out"))
    jobs.tell()
    ((path, headers, body),) = listener.heard
    assert path == "/logout?tenant=7"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    told = claims_of(body["logout_token"][0], typ=logout.TYPE)
    assert (told["aud"], told["sub"], told["sid"]) == (labs.row.client_id, known["sub"], known["sid"])
    assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in told
    assert told["exp"] - told["iat"] == 120
    assert told["jti"]
    jobs.tell()
    assert len(listener.heard) == 1
    assert LogoutNotice.objects.get().delivered_at is not None


def test_it_is_told_until_it_hears(browser: Browser, listener: Listener) -> None:
    labs = system(logout_uri=listener.url)
    labs.tokens(browser)
    browser.post(reverse("sign_in.out"))
    listener.status = 503
    moment = clock.now()
    for _ in range(3):
        with clock.frozen(moment):
            jobs.tell()
            jobs.tell()  # not at once again
        moment += dt.timedelta(minutes=2)
    assert len(listener.heard) == 3
    assert LogoutNotice.objects.get().last_error == "HTTP 503"
    listener.status = 200
    with clock.frozen(moment):
        jobs.tell()
    ids = {
        claims["jti"]
        for claims in (claims_of(body["logout_token"][0], typ=logout.TYPE) for _, _, body in listener.heard)
    }
    assert len(ids) == 4  # each try is signed anew: a token is good for two minutes
    assert LogoutNotice.objects.get().delivered_at is not None


def test_it_is_given_up_in_the_end_and_the_operator_sees_it(
    browser: Browser, listener: Listener, sysadmin: Account
) -> None:
    labs = system(logout_uri=listener.url)
    labs.tokens(browser)
    browser.post(reverse("sign_in.out"))
    LogoutNotice.objects.update(attempts=logout.ATTEMPTS - 1)
    listener.status = 500
    jobs.tell()
    notice = LogoutNotice.objects.get()
    assert notice.dead_at is not None
    page = browser_of(sysadmin).get(reverse("openid.client", args=[labs.row.pk])).content.decode()
    assert "没有送到的退出通知" in page


def test_a_redirect_is_not_followed(browser: Browser, listener: Listener) -> None:
    listener.status, listener.location = 302, listener.url
    with pytest.raises(logout.NotTold):
        logout.send(listener.url, "x")
    assert len(listener.heard) == 1


def test_withdrawing_a_consent_is_told_too(browser: Browser, listener: Listener) -> None:
    labs = system(logout_uri=listener.url)
    labs.tokens(browser)
    browser.post(reverse("openid.withdraw", args=[Consent.objects.get().pk]))
    jobs.tell()
    assert len(listener.heard) == 1


def test_a_system_that_is_down_does_not_stop_the_others(browser: Browser, listener: Listener) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    labs, down = system(logout_uri=listener.url), system(name="乙", logout_uri=f"http://127.0.0.1:{port}/")
    down.tokens(browser)
    labs.tokens(browser)
    browser.post(reverse("sign_in.out"))
    jobs.tell()
    assert len(listener.heard) == 1
    assert LogoutNotice.objects.filter(delivered_at=None).get().last_error == "ConnectError"


def test_a_system_that_answers_byte_by_byte_does_not_hold_up_the_others(
    browser: Browser, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pause is too long for the limits of the connection; the whole is."""
    monkeypatch.setattr(logout, "WHOLE_SECONDS", 0.6)
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        line, _ = server.accept()
        with line, contextlib.suppress(OSError):
            line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stop.wait(0.1):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        threading.Timer(10, stop.set).start()
        before = time.monotonic()
        with pytest.raises(logout.NotTold):
            logout.send(f"http://127.0.0.1:{server.getsockname()[1]}/", "x")
        assert time.monotonic() - before < 5
        stop.set()
        thread.join()


@pytest.mark.parametrize("uri", ["https://labs.example.org/", "https://[2606:4700::1111]/"])
def test_public_addresses_are_fine(uri: str) -> None:
    assert rules.address(uri, strict=True).ok


INSIDE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"]
#: what an IPv6 address leads to behind a gateway: NAT64, 6to4
LEADS_INSIDE = ["64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "2002:0a00:0001::1"]


@pytest.mark.parametrize("ip", INSIDE + LEADS_INSIDE)
def test_in_production_a_name_that_leads_inside_is_not_called(
    ip: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name looks public; what it means is asked when it is called, and one inside address among several is enough."""
    settings.PRODUCTION = True
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (ip, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(logout.NotTold, match="public"):
        logout.send("https://labs.example.org/logout", "x")


@pytest.mark.parametrize("uri", ["http://labs.example.org/", "https://127.0.0.1/", "https://printer.local/"])
def test_in_production_only_https_and_public_names(uri: str, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(logout.NotTold, match="not allowed"):
        logout.send(uri, "x")


def test_the_connection_goes_to_the_number_that_was_looked_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRODUCTION = True
    found = [(0, 0, 0, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    target, host = logout.resolved("https://labs.example.org/logout?x=1")
    assert urlsplit(target).hostname == "93.184.216.34"
    assert target.endswith("/logout?x=1")
    assert host == "labs.example.org"


def test_a_logout_token_is_no_id_token(browser: Browser, labs: System) -> None:
    """Its type says so, so that nobody takes one for the other."""
    import base64
    import json

    labs.tokens(browser)
    notice = LogoutNotice.objects.create(client=labs.row, subject="s", sid="x")
    header = logout.logout_token(notice).partition(".")[0]
    decoded = json.loads(base64.urlsafe_b64decode(header + "=="))
    assert decoded["typ"] == "logout+jwt"
    assert decoded["kid"] == keys.current().kid


def test_a_logout_token_signs_nobody_out(person: Account, browser: Browser, labs: System) -> None:
    """It names the session as an ID token does; whoever got hold of one leads nobody out by it."""
    known = claims_of(labs.tokens(browser)["id_token"])
    notice = LogoutNotice.objects.create(client=labs.row, subject=known["sub"], sid=known["sid"])
    page = browser.get(reverse(END), {"id_token_hint": logout.logout_token(notice)})
    assert page.status_code == 200, "the person is asked"
    assert inside(browser)


def test_whoever_withdraws_consent_is_out_of_the_systems_that_were_entered_from_here(
    browser: Browser, person: Account, labs: System
) -> None:
    token = labs.tokens(browser)["access_token"]
    browser.get(reverse("my_information.withdraw", args=["privacy"]))
    assert labs.userinfo(token).status_code == 200  # looking is not withdrawing
    browser.post(reverse("my_information.withdraw", args=["privacy"]))
    assert labs.userinfo(token).status_code == 401
    assert ended() == ["account"]
    assert browser.get(reverse("my_information.home")).status_code == 200
