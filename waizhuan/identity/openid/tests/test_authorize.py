"""The authorization endpoint: whom it sends where, and what it never does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import SECOND_FACTOR
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.openid import actions, grants, rules
from waizhuan.identity.openid.models import Client, Consent, Grant
from waizhuan.identity.openid.tests.conftest import (
    System,
    actor,
    address,
    audited,
    browser_of,
    claims_of,
    system,
    told,
)
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system

pytestmark = pytest.mark.django_db
AUTHORIZE = "openid.authorize"


# ---------------------------------------------------------------- never a redirect


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"client_id": ""}, "没有写明是哪个系统"),
        ({"client_id": "nobody"}, "没有登记"),
        ({"client_id": "x" * 5000}, "没有登记"),
        ({"client_id": "a\x00b"}, "没有登记"),
        ({"redirect_uri": ""}, "回跳地址"),
        ({"redirect_uri": "https://labs.example.org/callback/"}, "回跳地址"),
        ({"redirect_uri": "https://labs.example.org/callback?x"}, "回跳地址"),
        ({"redirect_uri": "https://labs.example.org.evil.example/callback"}, "回跳地址"),
        ({"redirect_uri": "HTTPS://labs.example.org/callback"}, "回跳地址"),
        ({"redirect_uri": "https://邪恶.example/"}, "回跳地址"),
    ],
)
def test_who_is_not_known_gets_a_page(browser: Browser, labs: System, changed: dict[str, str], says: str) -> None:
    answer = browser.get(reverse(AUTHORIZE), labs.ask(**changed))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert 'href="http' not in answer.content.decode()


def test_another_systems_redirect_address_is_not_followed(browser: Browser, labs: System) -> None:
    other = system(name="乙", redirect_uris=["https://other.example.org/cb"])
    answer = browser.get(reverse(AUTHORIZE), labs.ask(redirect_uri=other.row.redirect_uris[0]))
    assert answer.status_code == 400


def test_two_redirect_addresses_are_not_followed(browser: Browser, labs: System) -> None:
    url = address(AUTHORIZE, labs.ask()) + "&redirect_uri=https://evil.example/"
    assert browser.get(url).status_code == 400


def test_a_system_that_is_switched_off_gets_a_page(browser: Browser, labs: System) -> None:
    actions.disable(actor=the_system(), pk=labs.row.pk, reason="test")
    answer = browser.get(reverse(AUTHORIZE), labs.ask())
    assert answer.status_code == 400
    assert "停用" in answer.content.decode()


# ---------------------------------------------------------------- errors by redirect


def test_errors_go_back_with_state_and_issuer(browser: Browser, labs: System) -> None:
    answer = told(browser.get(reverse(AUTHORIZE), labs.ask(code_challenge_method="plain")))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "s t&ate"
    assert answer["iss"] == "http://127.0.0.1:8000"
    assert "code" not in answer


def test_the_query_of_a_redirect_address_stays(browser: Browser) -> None:
    labs = system(redirect_uris=["https://labs.example.org/cb?tenant=7"])
    answer = browser.get(reverse(AUTHORIZE), labs.ask(response_type="token"))
    assert answer["Location"].startswith("https://labs.example.org/cb?tenant=7&error=unsupported_response_type")


@pytest.mark.parametrize("state", ["买买提·吐尔逊", "𠮷", "<script>", "' OR 1=1 --", "a\r\nSet-Cookie: x=1"])
def test_a_state_comes_back_as_it_came(browser: Browser, labs: System, state: str) -> None:
    answer = browser.get(reverse(AUTHORIZE), labs.ask(state=state, scope="nothing"))
    assert told(answer)["state"] == state
    assert "Set-Cookie" not in answer.headers or "x=1" not in answer["Set-Cookie"]


# ---------------------------------------------------------------- signing in, consent


def test_a_stranger_signs_in_first_and_comes_back(person: Account, labs: System) -> None:
    browser = Browser()
    answer = browser.get(reverse(AUTHORIZE), labs.ask())
    assert urlsplit(answer["Location"]).path == reverse("sign_in.start")
    target = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    door = browser.post(
        reverse("sign_in.start"), {"login_name": "chenzhiwei", "password": demo.PASSWORD, "next": target}
    )
    # not straight to the system: a redirect of a form counts for form-action, which names only ourselves
    assert urlsplit(door["Location"]).path == reverse("openid.resume")
    page = browser.get(door["Location"]).content.decode()
    assert 'http-equiv="refresh"' in page
    assert browser.get(door["Location"].replace("resume/", "authorize")).status_code == 200  # asks for consent


def test_consent_is_asked_once_and_names_the_systems_origin(browser: Browser, labs: System) -> None:
    asked = browser.get(reverse(AUTHORIZE), labs.ask())
    text = asked.content.decode()
    assert "让“实验室预约”知道您是谁" in text
    assert "手机号" in text
    assert "form-action 'self' https://labs.example.org;" in asked["Content-Security-Policy"]
    assert "code" in told(browser.post(address("openid.consent", labs.ask()), {"answer": "allow"}))
    assert "code" in told(browser.get(reverse(AUTHORIZE), labs.ask()))  # remembered
    assert browser.get(reverse(AUTHORIZE), labs.ask(prompt="consent")).status_code == 200  # asked for
    assert Consent.objects.count() == 1
    assert audited().count("openid.consent_given") == 1
    assert audited().count("openid.entered") == 2


def test_more_scopes_are_asked_for_again(browser: Browser, labs: System) -> None:
    labs.code(browser, scope="openid profile")
    assert "code" in told(browser.get(reverse(AUTHORIZE), labs.ask(scope="openid")))
    assert browser.get(reverse(AUTHORIZE), labs.ask(scope="openid profile phone")).status_code == 200
    labs.code(browser, scope="openid profile phone")
    assert Consent.objects.get().scopes == ["openid", "profile", "phone"]


def test_consent_to_one_system_is_not_consent_to_another(browser: Browser, labs: System) -> None:
    labs.code(browser)
    other = system(name="乙")
    assert browser.get(reverse(AUTHORIZE), other.ask()).status_code == 200


def test_refusing_goes_back_without_a_code(browser: Browser, labs: System) -> None:
    for answer in ("deny", "", "x"):
        found = told(browser.post(address("openid.consent", labs.ask()), {"answer": answer}))
        assert found["error"] == "access_denied"
    assert Grant.objects.count() == 0


def test_another_site_cannot_agree_for_the_person(person: Account, labs: System) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post(address("openid.consent", labs.ask()), {"answer": "allow"}).status_code == 403
    assert Grant.objects.count() == 0


def test_a_request_by_post_changes_nothing(labs: System) -> None:
    browser = Browser(enforce_csrf_checks=True)
    answer = browser.post(reverse(AUTHORIZE), labs.ask())
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse(AUTHORIZE) + "?client_id=")


# ---------------------------------------------------------------- prompt and max_age


def test_prompt_none_never_asks(person: Account, browser: Browser, labs: System) -> None:
    def silent(who: Browser, of: System = labs, **changed: str) -> dict[str, str]:
        return told(who.get(reverse(AUTHORIZE), of.ask(prompt="none", **changed)))

    assert silent(Browser())["error"] == "login_required"
    assert silent(browser)["error"] == "consent_required"
    labs.code(browser)
    assert "code" in silent(browser)
    with clock.frozen(clock.now() + dt.timedelta(minutes=5)):
        assert silent(browser, max_age="60")["error"] == "login_required"
        assert "code" in silent(browser, max_age="600")
    strict = system(name="丙", needs=["organisation"])
    assert silent(browser, strict)["error"] == "interaction_required"


def test_prompt_login_wants_the_password_again(browser: Browser, labs: System) -> None:
    labs.code(browser)
    with clock.frozen(clock.now() + dt.timedelta(minutes=5)):
        asked = labs.ask(prompt="login")
        answer = browser.get(reverse(AUTHORIZE), asked)
        assert urlsplit(answer["Location"]).path == reverse("openid.again")
        again = answer["Location"]
        assert browser.get(again).status_code == 200
        wrong = browser.post(again, {"password": "wrong"})
        assert wrong.status_code == 422
        assert "密码不对" in wrong.content.decode()
        right = browser.post(again, {"password": demo.PASSWORD})
        code = told(browser.get(right["Location"]))["code"]
        claims = claims_of(labs.redeem(code).json()["id_token"])  # type: ignore[attr-defined]
        assert claims["auth_time"] == int(clock.now().timestamp())
        # having typed it for that request is nothing to the next one
        answer = browser.get(reverse(AUTHORIZE), labs.ask(prompt="login", state="another"))
        assert urlsplit(answer["Location"]).path == reverse("openid.again")


def test_a_forged_or_old_mark_counts_for_nothing(browser: Browser, labs: System) -> None:
    from waizhuan.identity.openid.requests import marked

    labs.code(browser)
    url = address(AUTHORIZE, labs.ask(prompt="select_account"))
    query = urlsplit(url).query
    assert "code" in told(browser.get(f"{reverse(AUTHORIZE)}?{marked(query, account=True)}"))
    altered = marked(query, account=True).rpartition("asked=")[2][:-2] + "zz"
    for mark in ("", "x", altered, "%00", "%F0%A0%AE%B7"):
        answer = browser.get(f"{url}&asked={mark}")
        assert urlsplit(answer["Location"]).path == reverse("openid.account")
    other = marked(query + "&x=1", account=True).rpartition("asked=")[2]
    assert urlsplit(browser.get(f"{url}&asked={other}")["Location"]).path == reverse("openid.account")


def test_the_account_can_be_changed(browser: Browser, labs: System) -> None:
    answer = browser.get(reverse(AUTHORIZE), labs.ask(prompt="select_account"))
    page = browser.get(answer["Location"])
    assert "陈知微" in page.content.decode()
    out = browser.post(answer["Location"])
    assert urlsplit(out["Location"]).path == reverse("sign_in.start")
    assert "_auth_user_id" not in browser.session


def test_signing_in_for_a_request_answers_prompt_login(person: Account, labs: System) -> None:
    browser = Browser()
    answer = browser.get(reverse(AUTHORIZE), labs.ask(prompt="login select_account"))
    target = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    door = {"login_name": "chenzhiwei", "password": demo.PASSWORD, "next": target}
    back = browser.post(reverse("sign_in.start"), door)["Location"]
    assert "知道您是谁" in browser.get(back.replace("resume/", "authorize")).content.decode()


def test_a_hint_of_somebody_else(person: Account, browser: Browser, labs: System) -> None:
    token = labs.tokens(browser)["id_token"]
    assert "code" in told(browser.get(reverse(AUTHORIZE), labs.ask(prompt="none", id_token_hint=token)))
    other = browser_of(demo.person("hanxu", "韩叙", 3))
    labs.code(other)
    for hint in (token, "x.y.z", token[:-4] + "AAAA"):
        found = told(other.get(reverse(AUTHORIZE), labs.ask(prompt="none", id_token_hint=hint)))
        assert found["error"] == "login_required"


def test_login_hint_does_nothing(labs: System) -> None:
    for hint in ("chenzhiwei", "<script>alert(1)</script>"):
        answer = Browser().get(reverse(AUTHORIZE), labs.ask(login_hint=hint))
        page = Browser().get(answer["Location"]).content.decode()
        assert "<script>alert" not in page


# ---------------------------------------------------------------- what is missing


def test_what_is_missing_comes_before_consent(unit: Organisation, browser: Browser, person: Account) -> None:
    strict = system(needs=["real_name", "organisation"])
    answer = browser.get(reverse(AUTHORIZE), strict.ask())
    assert answer["Location"] == reverse("services.enter", args=[strict.row.client_id])
    page = browser.get(answer["Location"]).content.decode()
    assert "还没有单位授权您" in page
    assert reverse("delegation.ask") in page
    assert reverse("realname.status") not in page
    demo.mandate(person, unit, "unit.admin")
    assert browser.get(reverse(AUTHORIZE), strict.ask()).status_code == 200
    assert browser.get(reverse("services.enter", args=[strict.row.client_id]))["Location"] == strict.row.entry_uri


def test_a_second_factor_is_told_and_can_be_required(browser: Browser, labs: System) -> None:
    claims = claims_of(labs.tokens(browser)["id_token"])
    assert (claims["acr"], "amr" in claims) == (rules.ONE_FACTOR, False)
    strict = system(name="丁", needs=["second_factor"])
    assert browser.get(reverse(AUTHORIZE), strict.ask())["Location"].startswith("/services/")
    session = browser.session
    session[SECOND_FACTOR] = clock.now().isoformat()
    session.save()
    claims = claims_of(strict.tokens(browser)["id_token"])
    assert (claims["acr"], claims["amr"]) == (rules.TWO_FACTORS, ["mfa"])


# ---------------------------------------------------------------- what a person allowed


def test_a_person_takes_a_consent_back(person: Account, browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser)
    page = browser.get(reverse("openid.systems")).content.decode()
    assert "实验室预约" in page
    consent = Consent.objects.get()
    url = reverse("openid.withdraw", args=[consent.pk])
    assert browser.get(url).status_code == 200
    assert browser.post(url)["Location"] == reverse("openid.systems")
    assert browser.post(url)["Location"] == reverse("openid.systems")  # twice is once
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert labs.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"  # type: ignore[attr-defined]
    assert audited().count("openid.consent_withdrawn") == 1
    assert "还没有系统用您的平台账号" in browser.get(reverse("openid.systems")).content.decode()
    assert browser.get(reverse(AUTHORIZE), labs.ask()).status_code == 200


def test_nobody_takes_back_another_persons_consent(browser: Browser, labs: System) -> None:
    labs.code(browser)
    other = browser_of(demo.person("hanxu", "韩叙", 3))
    for url in (
        reverse("openid.withdraw", args=[Consent.objects.get().pk]),
        "/openid/systems/98765432198765/withdraw/",
    ):
        assert other.get(url).status_code == 404
        assert other.post(url).status_code == 404
    assert Consent.objects.get().withdrawn_at is None


def test_the_page_costs_the_same_with_one_and_with_thirty(
    browser: Browser,
    person: Account,
    labs: System,
    django_assert_max_num_queries: Any,
) -> None:
    for n in range(30):
        row = Client.objects.create(
            client_id=f"c{n}", name=f"系统{n}", name_en="x", purpose="x", purpose_en="x", owner="x"
        )
        grants.allow(actor(person), row, ["openid", "profile"])
    with django_assert_max_num_queries(8):
        assert browser.get(reverse("openid.systems")).status_code == 200
    with django_assert_max_num_queries(12):
        assert browser.get(reverse("services.catalogue")).status_code == 200


def test_entering_costs_few_queries(browser: Browser, labs: System, django_assert_max_num_queries: Any) -> None:
    labs.code(browser)
    with django_assert_max_num_queries(14):
        browser.get(reverse(AUTHORIZE), labs.ask())
