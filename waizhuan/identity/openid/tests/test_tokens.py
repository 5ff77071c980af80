"""The token endpoint, userinfo and revocation: what is given, and every way in which it is not."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.openid import actions, grants, keys, rules
from waizhuan.identity.openid.models import Code, Grant, Token
from waizhuan.identity.openid.tests.conftest import (
    VERIFIER,
    System,
    audited,
    browser_of,
    claims_of,
    ended,
    error,
    system,
)
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- what is given


def test_a_code_gives_tokens_that_say_who(person: Account, browser: Browser, labs: System) -> None:
    answer = labs.redeem(labs.code(browser))
    tokens = answer.json()  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "no-store"
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == rules.ACCESS_SECONDS
    assert tokens["scope"] == "openid profile phone organisation"
    claims = claims_of(tokens["id_token"])
    now = int(clock.now().timestamp())
    assert claims["iss"] == keys.issuer()
    assert claims["aud"] == labs.row.client_id
    assert claims["nonce"] == "n-1"
    assert claims["exp"] - claims["iat"] == rules.ID_TOKEN_SECONDS
    assert abs(claims["auth_time"] - now) < 60
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert {"name", "phone_number", "roles"}.isdisjoint(claims)  # personal data stays at the userinfo endpoint
    assert labs.userinfo(tokens["access_token"]).json() == {  # type: ignore[attr-defined]
        "sub": claims["sub"],
        "name": "陈知微",
        "locale": "zh-CN",
        "account_kind": "natural",
        "real_name_status": "passed",
        "phone_number": demo.mobile(1),
        "phone_number_verified": True,
        "organisation": None,
        "roles": [],
    }


def test_nothing_that_was_handed_out_is_stored_in_clear(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    tokens = labs.redeem(code).json()  # type: ignore[attr-defined]
    stored = json.dumps([*Code.objects.values(), *Token.objects.values(), *Grant.objects.values()], default=str)
    for secret in (code, tokens["access_token"], tokens["refresh_token"], labs.secret):
        assert secret not in stored


def test_organisation_and_only_the_roles_that_concern_the_system(
    person: Account, unit: Organisation, browser: Browser, labs: System
) -> None:
    demo.mandate(person, unit, "unit.admin")
    demo.mandate(person, unit, "projects.lead")
    info = labs.userinfo(labs.tokens(browser)["access_token"]).json()  # type: ignore[attr-defined]
    assert info["organisation"] == {
        "name": "云溪理工大学",
        "uscc": demo.credit_code(1000),
        "registered_in": "CHN",
        "registered_as": demo.credit_code(1000),
        "kind": "unit",
        "real_name_status": "passed",
    }
    assert info["roles"] == ["unit.admin"]
    both = system(name="乙", services=["platform", "projects"])
    assert both.userinfo(both.tokens(browser)["access_token"]).json()["roles"] == ["projects.lead", "unit.admin"]  # type: ignore[attr-defined]


def test_a_units_own_account(unit: Organisation, labs: System) -> None:
    assert unit.account is not None
    info = labs.userinfo(labs.tokens(browser_of(unit.account))["access_token"]).json()  # type: ignore[attr-defined]
    assert (info["account_kind"], info["name"], info["organisation"]["name"]) == ("legal", unit.name, unit.name)


def test_fewer_scopes_tell_less(browser: Browser) -> None:
    labs = system(scopes=["profile"])
    tokens = labs.tokens(browser)  # asks for phone and organisation too, which are not its to ask
    assert tokens["scope"] == "openid profile"
    assert set(labs.userinfo(tokens["access_token"]).json()) == {  # type: ignore[attr-defined]
        *("sub", "name", "locale", "account_kind", "real_name_status")
    }


def test_subjects(person: Account, browser: Browser) -> None:
    def sub(of: System) -> str:
        return str(claims_of(of.tokens(browser)["id_token"])["sub"])

    a, same_host = system(), system(name="乙")
    other_host = system(name="丙", redirect_uris=["https://other.example.org/cb"])
    public = [system(name=n, subject="public", redirect_uris=[f"https://{n}.example.org/"]) for n in ("x", "y")]
    assert sub(a) == sub(a) == sub(same_host)
    assert sub(other_host) != sub(a)
    assert sub(public[0]) == sub(public[1]) != sub(a)
    assert str(person.pk) != sub(a)


def test_an_application_without_a_secret(browser: Browser) -> None:
    app = system(kind="app", redirect_uris=["http://127.0.0.1:5000/cb"])
    assert app.secret == ""
    code = app.code(browser)
    assert error(app.redeem(code, client_id="nobody")) == "invalid_client"
    answer = app.redeem(code, client_id=app.row.client_id)
    assert answer.status_code == 200
    assert error(app.redeem(app.code(browser), client_id=app.row.client_id, code_verifier="")) == "invalid_request"


def test_the_secret_may_stand_in_the_body(browser: Browser, labs: System) -> None:
    data = {
        "grant_type": "authorization_code",
        "code": labs.code(browser),
        "redirect_uri": labs.row.redirect_uris[0],
        "code_verifier": VERIFIER,
        "client_id": labs.row.client_id,
        "client_secret": labs.secret,
    }
    assert labs.post("openid.token", data, secret="").status_code == 200


# ---------------------------------------------------------------- attacks on the code


def test_a_code_that_comes_twice_ends_everything(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    tokens = labs.redeem(code).json()  # type: ignore[attr-defined]
    assert error(labs.redeem(code)) == "invalid_grant"
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert ended() == ["replay"]
    assert "openid.code_replayed" in audited()


def test_a_replay_ends_what_was_refreshed_since_too(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    tokens = labs.redeem(code).json()  # type: ignore[attr-defined]
    tokens = labs.refresh(tokens["refresh_token"]).json()  # type: ignore[attr-defined]
    labs.redeem(code)
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("verifier", ["", "w" * 43, VERIFIER[:-1], "短", "x" * 500, VERIFIER + "\x00"])
def test_without_the_verifier_the_code_is_worth_nothing(browser: Browser, labs: System, verifier: str) -> None:
    code = labs.code(browser)
    assert error(labs.redeem(code, code_verifier=verifier)) in ("invalid_grant", "invalid_request")
    if "\x00" not in verifier:  # used up: whoever has it does not get to guess
        assert error(labs.redeem(code)) == "invalid_grant"
    assert Token.objects.count() == 0


def test_pkce_cannot_be_talked_away(browser: Browser, labs: System) -> None:
    """A request without a challenge gets no code, so none can be redeemed without a verifier; and the method is not the
    token request's to choose."""
    from waizhuan.identity.openid.tests.conftest import CHALLENGE, told

    answer = browser.get(reverse("openid.authorize"), labs.ask(code_challenge="", code_challenge_method=""))
    assert told(answer)["error"] == "invalid_request"
    code = labs.code(browser)
    assert error(labs.redeem(code, code_verifier=CHALLENGE, code_challenge_method="plain")) == "invalid_grant"


def test_another_systems_code(browser: Browser, labs: System) -> None:
    other = system(name="乙")
    code = labs.code(browser)
    assert error(other.redeem(code)) == "invalid_grant"
    assert "openid.foreign_code" in audited()
    assert labs.redeem(code).status_code == 200  # a stranger who saw it does not spoil it


@pytest.mark.parametrize("uri", ["", "https://labs.example.org/other", "https://evil.example/"])
def test_another_redirect_address_than_before(browser: Browser, uri: str) -> None:
    labs = system(redirect_uris=["https://labs.example.org/callback", "https://labs.example.org/other"])
    assert error(labs.redeem(labs.code(browser), redirect_uri=uri)) == "invalid_grant"


def test_a_code_lasts_a_minute(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    with clock.frozen(clock.now() + dt.timedelta(seconds=rules.CODE_SECONDS + 1)):
        assert error(labs.redeem(code)) == "invalid_grant"


# ---------------------------------------------------------------- attacks on refreshing


def test_refreshing_rotates(browser: Browser, labs: System) -> None:
    first = labs.tokens(browser)
    with clock.frozen(clock.now() + dt.timedelta(minutes=20)):
        assert labs.userinfo(first["access_token"]).status_code == 401
        second = labs.refresh(first["refresh_token"]).json()  # type: ignore[attr-defined]
        assert second["refresh_token"] != first["refresh_token"]
        assert labs.userinfo(second["access_token"]).status_code == 200
    old, new = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert (new["sub"], new["auth_time"], new["sid"]) == (old["sub"], old["auth_time"], old["sid"])
    assert "nonce" not in new


def test_a_rotated_token_that_comes_back_ends_everything(browser: Browser, labs: System) -> None:
    first = labs.tokens(browser)
    second = labs.refresh(first["refresh_token"]).json()  # type: ignore[attr-defined]
    assert error(labs.refresh(first["refresh_token"])) == "invalid_grant"
    assert labs.userinfo(second["access_token"]).status_code == 401
    assert error(labs.refresh(second["refresh_token"])) == "invalid_grant"
    assert ended() == ["reuse"]
    assert "openid.refresh_reused" in audited()


def test_another_systems_refresh_token(browser: Browser, labs: System) -> None:
    other = system(name="乙")
    tokens = labs.tokens(browser)
    assert error(other.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert "openid.foreign_token" in audited()
    assert labs.refresh(tokens["refresh_token"]).status_code == 200


def test_scopes_only_shrink(browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser, scope="openid profile")
    assert error(labs.refresh(tokens["refresh_token"], scope="openid profile phone")) == "invalid_scope"
    less = labs.refresh(tokens["refresh_token"], scope="openid").json()  # type: ignore[attr-defined]
    assert set(labs.userinfo(less["access_token"]).json()) == {"sub"}  # type: ignore[attr-defined]


def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_read(browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser)
    assert error(labs.refresh(tokens["access_token"])) == "invalid_grant"
    assert labs.userinfo(tokens["refresh_token"]).status_code == 401


def test_refreshing_ends_with_the_working_day(browser: Browser, labs: System) -> None:
    token = labs.tokens(browser)["refresh_token"]
    start = clock.now()
    with clock.frozen(start + dt.timedelta(seconds=rules.GRANT_SECONDS - 60)):
        token = labs.refresh(token).json()["refresh_token"]  # type: ignore[attr-defined]
    with clock.frozen(start + dt.timedelta(seconds=rules.GRANT_SECONDS + 1)):
        assert error(labs.refresh(token)) == "invalid_grant"


# ---------------------------------------------------------------- who asks


def test_a_wrong_secret(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    for secret in ("wrong", labs.secret[:-1], labs.secret + "x", "买买提"):
        answer = labs.post("openid.token", {"grant_type": "authorization_code", "code": code}, secret=secret)
        assert error(answer, 401) == "invalid_client"
    assert error(labs.post("openid.token", {"grant_type": "authorization_code"}, secret=""), 401) == "invalid_client"
    noted = AuditEntry.objects.filter(verb="refused.client")
    assert [e.subject for e in noted] == ["web.screen:openid.token"]
    assert labs.redeem(code).status_code == 200
    assert noted.count() == 1


def test_a_website_does_not_pass_as_an_application(browser: Browser, labs: System) -> None:
    data = {
        "grant_type": "authorization_code",
        "code": labs.code(browser),
        "redirect_uri": labs.row.redirect_uris[0],
        "code_verifier": VERIFIER,
        "client_id": labs.row.client_id,
    }
    assert error(labs.post("openid.token", data, secret=""), 401) == "invalid_client"


def test_a_renewed_secret_replaces_the_old_one(browser: Browser, labs: System) -> None:
    code = labs.code(browser)
    fresh = actions.renew_secret(actor=the_system(), pk=labs.row.pk)
    assert error(labs.redeem(code), 401) == "invalid_client"
    labs.secret = fresh
    assert labs.redeem(code).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic //79", "Basic 8J+Stw==", "Basic Og==", "Bearer x", "x"]
)
def test_broken_headers_are_a_clear_error(labs: System, header: str) -> None:
    answer = Browser().post(reverse("openid.token"), {"grant_type": "refresh_token"}, headers={"authorization": header})
    assert error(answer, 401) == "invalid_client"
    assert Browser().get(reverse("openid.userinfo"), headers={"authorization": header}).status_code == 401


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "实名"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": ""}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "𠮷"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "a\x00"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x" * 100_000}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "' OR 1=1 --"}, "invalid_grant"),
    ],
)
def test_nonsense_is_answered_by_the_protocol(labs: System, data: dict[str, str], expected: str) -> None:
    assert error(labs.post("openid.token", data)) == expected


def test_parameters_stand_in_the_body_each_once(browser: Browser, labs: System) -> None:
    assert Browser().post(reverse("openid.token") + "?client_secret=x", {}).json()["error"] == "invalid_request"
    twice = Browser().post(reverse("openid.token"), {"grant_type": ["refresh_token", "password"]})
    assert twice.json()["error"] == "invalid_request"


def test_no_get_no_cookies_no_other_origin(browser: Browser, labs: System) -> None:
    assert Browser().get(reverse("openid.token")).status_code == 405
    tokens = labs.tokens(browser)
    origin = {"origin": "https://evil.example", "authorization": f"Bearer {tokens['access_token']}"}
    answer = browser.get(reverse("openid.userinfo"), headers=origin)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert browser.get(reverse("openid.userinfo")).status_code == 401  # the session is nothing here


def test_guessing_is_stopped(labs: System, settings: Any) -> None:
    settings.RATE_LIMITS_ON = True
    bad = {"grant_type": "refresh_token", "refresh_token": "x"}
    for _ in range(30):
        assert labs.post("openid.token", bad, secret="wrong").status_code == 401
    limited = labs.post("openid.token", bad, secret="wrong")
    assert limited.status_code == 429
    assert limited["Retry-After"] == "60"
    other = system(name="乙")
    assert other.post("openid.token", bad).status_code == 400  # others are not held up


# ---------------------------------------------------------------- revocation


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_ends_the_grant(browser: Browser, labs: System, kind: str) -> None:
    tokens = labs.tokens(browser)
    for _ in range(2):
        assert labs.post("openid.revoke", {"token": tokens[kind], "token_type_hint": "strange"}).status_code == 200
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert ended() == ["revoked"]


def test_nobody_revokes_for_others(browser: Browser, labs: System) -> None:
    other = system(name="乙")
    tokens = labs.tokens(browser)
    assert error(other.post("openid.revoke", {"token": tokens["refresh_token"]})) == "invalid_grant"
    assert error(labs.post("openid.revoke", {"token": tokens["refresh_token"]}, secret="x"), 401) == "invalid_client"
    assert error(labs.post("openid.revoke", {})) == "invalid_request"
    assert labs.post("openid.revoke", {"token": "nothing"}).status_code == 200
    assert labs.userinfo(tokens["access_token"]).status_code == 200


# ---------------------------------------------------------------- housekeeping


def test_what_ran_out_long_ago_is_forgotten(browser: Browser, labs: System) -> None:
    from waizhuan.identity.openid import jobs

    labs.tokens(browser)
    jobs.forget()
    assert Grant.objects.count() == 1
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        jobs.forget()
    assert (Grant.objects.count(), Token.objects.count(), Code.objects.count()) == (0, 0, 0)


def test_tokens_are_long_and_different() -> None:
    made = {grants.new_token() for _ in range(100)}
    assert len(made) == 100
    assert min(len(t) for t in made) >= 43
