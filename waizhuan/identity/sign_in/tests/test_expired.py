"""A password that has expired is good for one thing: choosing a new one (E5)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, LoginAlias
from waizhuan.identity.openid.models import Grant
from waizhuan.identity.openid.tests.conftest import address, system, told
from waizhuan.identity.second_factor import factors
from waizhuan.identity.second_factor.models import Authenticator
from waizhuan.identity.second_factor.tests.conftest import with_app
from waizhuan.identity.second_factor.tests.device import code_of
from waizhuan.identity.sign_in.actions import set_password
from waizhuan.kernel import kept
from waizhuan.kernel.access import routes, screen_of
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db
NEW = "Yunhai-3026!"
CHANGE = "/sign-in/password/"
AUTHORIZE = "openid.authorize"


@pytest.fixture(autouse=True)
def long_ago(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False
    settings.ENV = {**settings.ENV, "PASSWORD_DAYS": 30}


@pytest.fixture
def hanxu() -> Account:
    account = demo.person("hanxu", "韩叙", 5)
    Account.objects.update(password_changed_at="2026-01-01T00:00:00Z")
    return account


@pytest.fixture
def late(client: Client, hanxu: Account) -> Client:
    client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    return client


def led_to(answer) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """Where a redirect leads, and where that page leads to afterwards."""
    parts = urlsplit(answer.headers.get("HX-Redirect") or answer.headers["Location"])
    return parts.path, parse_qs(parts.query).get("next", [""])[0]


def change(client: Client, following: str = "") -> str:
    given = {"old": demo.PASSWORD, "password": NEW, "password2": NEW, "next": following}
    return client.post(CHANGE, given).headers["Location"]


def test_every_screen_leads_to_the_change_form_but_for_leaving_language_and_help(late: Client) -> None:
    declared = {path: screen_of(pattern) for path, pattern in routes() if "<" not in path}
    for path, screen in declared.items():
        if "GET" in screen.methods and not screen.expired:
            assert led_to(late.get("/" + path)) == (CHANGE, "/" + path), screen.id
    every = {screen_of(pattern).id for _, pattern in routes() if screen_of(pattern).expired}
    assert every == {
        *("sign_in.password", "sign_in.common_passwords", "sign_in.out", "sign_in.not_me", "web.language"),
        *(
            "help.home",
            "help.article",
            "help.accessibility",
            "help.privacy",
            "help.feedback",
            "web.healthz",
            "web.readyz",
        ),
        *("openid.authorize", "openid.end_session", "openid.leave", "openid.left"),
    }
    assert late.get("/help/E5/").status_code == 200
    assert late.post("/language/", {"language": "en"}).status_code == 302


def test_the_form_says_why_and_offers_to_leave(late: Client) -> None:
    page = late.get(CHANGE).content.decode()
    assert "密码到期了，请换一个" in page
    assert "不改了" not in page
    assert late.post("/sign-in/out/").headers["Location"] == "/"
    assert late.get("/").status_code == 200


def test_the_new_password_opens_everything_and_leads_back(late: Client) -> None:
    following = change(late, "/messages/?page=2")
    assert 'href="/messages/?page=2"' in late.get(following).content.decode()
    assert late.get("/messages/").status_code == 200
    assert "密码到期了" not in late.get(CHANGE).content.decode()


def test_a_part_of_a_page_makes_the_whole_page_go_there(late: Client) -> None:
    asked = {"HX-Request": "true", "Referer": "http://testserver/messages/?page=2"}
    answer = late.get("/me/", headers=asked)
    assert answer.status_code == 401
    assert led_to(answer) == (CHANGE, "/messages/?page=2")
    assert led_to(late.post("/sign-in/sessions/", headers={"Referer": "http://[broken"})) == (CHANGE, "/")


def test_what_was_typed_is_kept_until_the_password_is_changed(late: Client) -> None:
    at = reverse("applications.section", args=[7, "basics"])  # a screen that keeps
    assert led_to(late.post(at, {"title": "高寒区水稻"})) == (CHANGE, at)
    change(late, at)
    assert kept.NAME in late.session


def test_other_ways_in_ask_for_nothing(client: Client, late: Client, hanxu: Account) -> None:
    """A code proves the phone and not the password; in a browser, too, that was shut in before."""
    late.post("/sign-in/out/")
    phone = "138 0000 0005"
    client.post("/sign-in/code/", {"phone": phone})
    code = code_sent_to("+8613800000005")
    client.post("/sign-in/code/", {"phone": phone, "code": code})
    assert client.get("/messages/").status_code == 200


def test_a_password_that_was_set_elsewhere_lifts_it(late: Client, hanxu: Account) -> None:
    set_password(hanxu, NEW, verb="recovery.reset")
    assert led_to(late.get("/messages/")) == ("/sign-in/", "/messages/"), "that session is over"
    late.post("/sign-in/", {"login_name": "hanxu", "password": NEW})
    assert late.get("/messages/").status_code == 200


CONFIRM = "/second-factor/confirm/"


@pytest.fixture
def both(client: Client, hanxu: Account, settings) -> Client:  # type: ignore[no-untyped-def]
    """A browser in which the expired password of somebody with a second factor was right, who was on the way somewhere."""
    settings.ENV = {**settings.ENV, "PASSWORD_DAYS_SECOND_FACTOR": 30}
    with_app(hanxu)
    client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD, "next": "/messages/?page=2"})
    return client


def test_the_second_factor_comes_first_and_then_the_change_form(both: Client, hanxu: Account) -> None:
    """E5: nobody changes a password by the password alone, where it alone does not sign in."""
    assert led_to(both.get(CHANGE))[0] == "/sign-in/"
    into = both.post(CONFIRM, {"code": code_of(Authenticator.objects.get())})
    assert led_to(into) == (CHANGE, "/messages/?page=2")
    assert led_to(both.get("/me/")) == (CHANGE, "/me/"), "nothing else opens"
    assert led_to(both.get(CONFIRM)) == (CHANGE, CONFIRM)
    following = change(both, "/messages/?page=2")
    assert 'href="/messages/?page=2"' in both.get(following).content.decode()
    assert both.get("/messages/").status_code == 200, "in the same session"
    assert both.session["second_factor_at"], "which is confirmed still"


def test_a_recovery_code_is_a_second_factor_as_the_app(both: Client, hanxu: Account) -> None:
    code = factors.new_codes(hanxu)[0]
    assert led_to(both.post(CONFIRM + "?way=code", {"code": code})) == (CHANGE, "/messages/?page=2")


def test_an_old_login_name_and_an_expired_password_lead_to_the_form_once(
    client: Client, hanxu: Account, both: Client
) -> None:
    """F8 has its page at the next sign-in: the new password is not forgotten over it."""
    LoginAlias.objects.create(account=hanxu, key="hx", shown="HX")
    client.post("/sign-in/", {"login_name": "HX", "password": demo.PASSWORD, "next": "/messages/"})
    assert led_to(client.post(CONFIRM, {"code": code_of(Authenticator.objects.get())})) == (CHANGE, "/messages/")


def test_beside_a_second_factor_nothing_expires_by_default(client: Client, hanxu: Account) -> None:
    """E5."""
    with_app(hanxu)
    client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    assert client.post(CONFIRM, {"code": code_of(Authenticator.objects.get())}).headers["Location"] == "/"
    assert client.get("/messages/").status_code == 200


def test_a_code_and_then_the_app_ask_for_nothing(both: Client, hanxu: Account) -> None:
    phone = "138 0000 0005"
    both.post("/sign-in/code/", {"phone": phone})
    both.post("/sign-in/code/", {"phone": phone, "code": code_sent_to("+8613800000005")})
    assert both.post(CONFIRM, {"code": code_of(Authenticator.objects.get())}).headers["Location"] == "/"
    assert both.get("/messages/").status_code == 200


def test_no_other_system_gets_a_code_meanwhile(late: Client) -> None:
    labs = system()
    quiet = late.get(address(AUTHORIZE, labs.ask(prompt="none")))
    assert told(quiet)["error"] == "interaction_required"
    asked = address(AUTHORIZE, labs.ask())
    path, following = led_to(late.get(asked))
    assert path == CHANGE
    assert following == asked
    late.post(address("openid.consent", labs.ask()), {"answer": "allow"})
    assert not Grant.objects.exists()
    change(late, following)
    late.get(asked)
    assert told(late.post(address("openid.consent", labs.ask()), {"answer": "allow"}))["code"]


def test_it_costs_no_query(late: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(2):  # the session, and who it is
        late.get("/messages/")
