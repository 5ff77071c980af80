"""Rules of the provider. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from waizhuan.identity.openid import entering, rules
from waizhuan.kernel.actor import ActingFor, Actor

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
GOOD = {
    "client_id": ["c"],
    "redirect_uri": ["https://labs.example.org/cb"],
    "response_type": ["code"],
    "scope": ["openid profile nonsense phone"],
    "code_challenge": [CHALLENGE],
    "code_challenge_method": ["S256"],
}


def objection(**changed: list[str]) -> str:
    found = rules.read({**GOOD, **changed}, ["profile"])
    assert isinstance(found, rules.Objection)
    assert found.description.isascii()
    assert '"' not in found.description
    return found.error


def test_a_good_request_is_read() -> None:
    asked = rules.read({**GOOD, "max_age": ["0"], "prompt": ["login consent"], "acr_values": ["a b"]}, ["profile"])
    assert isinstance(asked, rules.Asked)
    assert asked.scopes == ("openid", "profile")  # unknown and not allowed ones are left out
    assert asked.max_age == 0
    assert asked.prompts == {"login", "consent"}
    assert asked.acr == ("a", "b")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": []}, "invalid_request"),
        ({"response_type": ["token"]}, "unsupported_response_type"),
        ({"response_type": ["code id_token"]}, "unsupported_response_type"),
        ({"response_mode": ["fragment"]}, "invalid_request"),
        ({"scope": ["profile"]}, "invalid_scope"),
        ({"scope": []}, "invalid_scope"),
        ({"code_challenge": []}, "invalid_request"),
        ({"code_challenge": ["short"]}, "invalid_request"),
        ({"code_challenge": [CHALLENGE + "="]}, "invalid_request"),
        ({"code_challenge_method": []}, "invalid_request"),  # the default of RFC 7636 would be plain
        ({"code_challenge_method": ["plain"]}, "invalid_request"),
        ({"prompt": ["none login"]}, "invalid_request"),
        ({"prompt": ["create"]}, "invalid_request"),
        ({"max_age": ["-1"]}, "invalid_request"),
        ({"max_age": ["٣"]}, "invalid_request"),
        ({"max_age": ["9" * 30]}, "invalid_request"),
        ({"request": ["ey"]}, "request_not_supported"),
        ({"request_uri": ["https://x"]}, "request_uri_not_supported"),
        ({"state": ["x" * 2001]}, "invalid_request"),
        ({"nonce": ["x\x00"]}, "invalid_request"),
        ({"scope": ["openid", "openid"]}, "invalid_request"),
        ({"code_challenge": [CHALLENGE, CHALLENGE]}, "invalid_request"),
    ],
)
def test_each_fault_has_its_error(changed: dict[str, list[str]], error: str) -> None:
    assert objection(**changed) == error


# ---------------------------------------------------------------- what comes next

NOW = 1_000_000
IN = rules.Reader(signed_in=True, auth_time=NOW - 100, consented=True)


def step(reader: rules.Reader, **changed: list[str]) -> str:
    asked = rules.read({**GOOD, **changed}, ["profile"])
    assert isinstance(asked, rules.Asked)
    return rules.next_step(asked, reader, NOW)


def test_the_order_of_steps() -> None:
    assert step(rules.Reader(signed_in=False)) == "sign_in"
    assert step(IN) == ""
    assert step(replace(IN, consented=False)) == "consent"
    assert step(replace(IN, missing=True, consented=False)) == "missing"


def test_prompt_login_asks_for_the_password_once() -> None:
    assert step(IN, prompt=["login"]) == "password"
    typed = replace(IN, auth_time=NOW - 5, password_asked=NOW - 5)
    assert step(typed, prompt=["login"]) == ""
    # a mark from before the password was typed is needed: having typed it for something else is not enough
    assert step(replace(IN, auth_time=NOW - 5), prompt=["login"]) == "password"


def test_max_age() -> None:
    assert step(IN, max_age=["100"]) == ""
    assert step(IN, max_age=["99"]) == "password"
    assert step(replace(IN, auth_time=NOW - 3, password_asked=NOW - 3), max_age=["0"]) == ""
    assert step(replace(IN, auth_time=NOW - 300, password_asked=NOW - 300), max_age=["0"]) == "password"


def test_select_account_and_hints() -> None:
    assert step(IN, prompt=["select_account"]) == "account"
    assert step(replace(IN, account_chosen=True), prompt=["select_account"]) == ""
    assert step(replace(IN, meant=False)) == "account"
    assert step(replace(IN, meant=False), prompt=["none"]) == "sign_in"


def test_a_second_factor_is_asked_of_who_has_one() -> None:
    asked = {"acr_values": [rules.TWO_FACTORS]}
    assert step(IN, **asked) == ""  # acr_values is a wish (Core, 3.1.2.1)
    assert step(replace(IN, has_factor=True), **asked) == "factor"
    assert step(replace(IN, has_factor=True, second_factor=True), **asked) == ""


def test_every_step_has_its_silent_error() -> None:
    assert set(rules.SILENT_ERRORS) == {
        "sign_in",
        "new_password",
        "terms",
        "password",
        "account",
        "factor",
        "missing",
        "consent",
    }


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("uri", "development", "production"),
    [
        ("https://labs.example.org/cb", True, True),
        ("https://labs.example.org:8443/cb?x=1", True, True),
        ("http://labs.example.org/cb", False, False),
        ("http://127.0.0.1:5000/cb", True, False),
        ("http://localhost/cb", True, False),
        ("http://[::1]:5000/cb", True, False),
        ("https://10.0.0.8/", True, False),
        ("https://169.254.169.254/latest/meta-data/", True, False),
        ("https://[::ffff:10.0.0.1]/", True, False),
        ("https://[fd00::1]/", True, False),
        ("https://100.64.0.1/", True, False),
        ("https://2130706433/", True, False),
        ("https://printer.local/", True, False),
        ("https://intranet/", True, False),
        ("https://8.8.8.8/", True, True),
        ("https://labs.example.org/cb#x", False, False),
        ("https://labs.example.org/*", False, False),
        ("https://u:p@labs.example.org/", False, False),
        ("https://a;b.example.org/", False, False),
        ("https://实验室.example.org/", False, False),
        ("https://labs.example.org/a b", False, False),
        ("https://labs.example.org\\@evil.example/", False, False),
        ("javascript:alert(1)", False, False),
        ("//labs.example.org/", False, False),
        ("https://[", False, False),
        ("https://x:99999/", False, False),
        ("https://x.example/" + "y" * 500, False, False),
        ("", False, False),
    ],
)
def test_which_addresses_may_be_registered(uri: str, development: bool, production: bool) -> None:
    assert rules.address(uri, strict=False).ok is development
    assert rules.address(uri, strict=True).ok is production


def test_applications_come_back_to_the_own_machine() -> None:
    assert rules.address("http://127.0.0.1:5000/cb", strict=True, loopback=True).ok


def test_pairwise_needs_one_host() -> None:
    assert rules.one_host(["https://a.example/1", "https://a.example:8443/2"]).ok
    assert rules.one_host(["https://a.example/1", "https://b.example/2"]).field == "redirect_uris"


# ---------------------------------------------------------------- what is missing


def test_everything_that_is_missing_is_said_at_once_with_its_button() -> None:
    needs = [code for code, _ in entering.NEEDS]
    nobody = Actor(account_id=1, kind="natural")
    found = entering.missing(nobody, needs)
    assert [v.remedy.screen for v in found if v.remedy] == [
        "realname.status",
        "delegation.ask",
        "second_factor.confirm",
    ]
    several = replace(nobody, verified=True, organisations=(ActingFor(1, "甲", "unit"), ActingFor(2, "乙", "unit")))
    assert [v.remedy.screen for v in entering.missing(several, ["real_name", "organisation"]) if v.remedy] == [
        "organisations.switch"
    ]
    unit = Actor(account_id=1, kind="legal", organisation_id=3, verified=True)
    assert len(entering.missing(unit, ["real_name", "organisation"])) == 1  # the unit itself is not verified
    assert entering.missing(replace(unit, organisation_verified=True), ["real_name", "organisation"]) == []
    assert entering.missing(nobody, []) == []
