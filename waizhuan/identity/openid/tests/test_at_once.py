"""What happens to the account, to the system or to what it may see counts at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from waizhuan.identity import consents, demo
from waizhuan.identity.models import Account, Mandate, Organisation, Person
from waizhuan.identity.openid import actions, grants, rules
from waizhuan.identity.openid.models import Consent, Grant, LogoutNotice
from waizhuan.identity.openid.tests.conftest import (
    FORM,
    System,
    actor,
    browser_of,
    claims_of,
    ended,
    error,
    system,
)
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- what happens to the account counts at once


def lock(account: Account) -> None:
    not_me.lock(account)


def close(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(closed_at=clock.now())


def switch_off(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


@pytest.mark.parametrize("what", [lock, close, switch_off])
def test_an_account_that_is_over_is_over_everywhere(person: Account, browser: Browser, labs: System, what: Any) -> None:
    code, tokens = labs.code(browser), labs.tokens(browser)
    what(person)
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert error(labs.redeem(code)) == "invalid_grant"


def test_a_mandate_that_is_withdrawn_ends_what_was_done_in_its_name(
    person: Account, unit: Organisation, browser: Browser, labs: System
) -> None:
    demo.mandate(person, unit, "projects.lead")
    tokens = labs.tokens(browser)
    Mandate.objects.filter(account=person).update(withdrawn_at=clock.now())
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert ended() == ["mandate"]


def test_withdrawing_by_the_units_page_ends_it_at_once(
    person: Account, unit: Organisation, browser: Browser, labs: System
) -> None:
    for role in ("projects.lead", "unit.admin"):
        demo.mandate(person, unit, role)
    mandate, other = Mandate.objects.filter(account=person).order_by("pk")
    labs.tokens(browser)
    assert unit.account is not None
    admin = browser_of(unit.account)
    admin.post(reverse("delegation.withdraw", args=[mandate.pk]), {"why": "x"})
    assert ended() == []  # still acts for the unit
    admin.post(reverse("delegation.withdraw", args=[other.pk]), {"why": "x"})
    assert ended() == ["mandate"]


def test_another_person_holds_the_account(browser: Browser, labs: System, person: Account) -> None:
    """By a correction of name and number: the systems that the former one let in are not theirs."""
    tokens = labs.tokens(browser)
    consents.corrected(person.pk, ("林望舒", "1"), ("林望舒", "2"))  # one of both: a typing error
    assert ended() == []
    consents.corrected(person.pk, ("林望舒", "1"), ("韩叙", "2"))
    assert ended() == ["account"]
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_a_system_that_is_switched_off(browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser)
    actions.disable(actor=the_system(), pk=labs.row.pk, reason="x")
    assert error(labs.refresh(tokens["refresh_token"]), 401) == "invalid_client"
    assert labs.userinfo(tokens["access_token"]).status_code == 401
    actions.enable(actor=the_system(), pk=labs.row.pk, reason="x")
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"


# ---------------------------------------------------------------- what changes while somebody is signed in


def changed(labs: System, **values: Any) -> None:
    actions.change(actor=the_system(), pk=labs.row.pk, version=labs.row.version, data={**FORM, **values})
    labs.row.refresh_from_db()


def test_a_system_that_may_see_less_sees_less_at_once(browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser)
    assert "phone_number" in labs.userinfo(tokens["access_token"]).json()  # type: ignore[attr-defined]
    changed(labs, scopes=["profile"])
    for token in (tokens["access_token"], labs.refresh(tokens["refresh_token"]).json()["access_token"]):  # type: ignore[attr-defined]
        seen = labs.userinfo(token).json()  # type: ignore[attr-defined]
        assert not {"phone_number", "organisation", "roles"} & set(seen)
        assert seen["name"]


def test_what_was_asked_for_on_entering_is_asked_for_on_refreshing(
    person: Account, browser: Browser, unit: Organisation
) -> None:
    labs = system(needs=["real_name"])
    tokens = labs.refresh(labs.tokens(browser)["refresh_token"]).json()  # type: ignore[attr-defined]
    Person.objects.filter(account=person).update(real_name="failed")
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert ended() == ["needs"]
    assert labs.userinfo(tokens["access_token"]).status_code == 401


@pytest.mark.parametrize("now", [{"subject": "public"}, {"redirect_uris": ["https://elsewhere.example.org/callback"]}])
def test_a_sign_in_has_one_subject_to_its_end(browser: Browser, labs: System, now: dict[str, Any]) -> None:
    """Where the numbers of all people change, everybody comes in anew, and the system hears of the ones that it knows."""
    changed(labs, logout_uri="https://labs.example.org/bye-bye")
    tokens = labs.tokens(browser)
    changed(labs, logout_uri="https://labs.example.org/bye-bye", name="别的名字")
    assert ended() == []
    changed(labs, logout_uri="https://labs.example.org/bye-bye", **now)
    assert ended() == ["client"]
    assert LogoutNotice.objects.get().subject == claims_of(tokens["id_token"])["sub"]
    assert error(labs.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert labs.userinfo(tokens["access_token"]).status_code == 401


def test_no_code_after_the_consent_was_taken_back_in_the_same_moment(
    person: Account, browser: Browser, labs: System
) -> None:
    labs.tokens(browser)
    asked = rules.read({k: [v] for k, v in labs.ask().items()}, labs.row.scopes)
    assert isinstance(asked, rules.Asked)
    begin = partial(grants.begin, actor(person), labs.row, asked, device=None, auth_time=1)
    assert begin()
    Consent.objects.update(scopes=["openid"])
    assert begin() == "", "nor for more than what was allowed"
    Consent.objects.update(scopes=list(rules.SCOPES), withdrawn_at=clock.now())
    assert begin() == ""
    assert Grant.objects.count() == 2
