"""A second registration by mistake is closed on the way to recovering the first (D3–D5)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.folding import fold
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor, signed_in, submitted
from waizhuan.identity.realname.tests.test_screens import typed_unit
from waizhuan.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_only_what_nothing_rests_on_is_folded() -> None:
    assert rules.may_fold(verified=False, posts=False, work=False).ok
    assert not rules.may_fold(verified=True, posts=False, work=False).ok
    assert not rules.may_fold(verified=False, posts=True, work=False).ok
    assert not rules.may_fold(verified=False, posts=False, work=True).ok


def test_a_person_lets_go_of_number_and_phone(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    case = submitted(person)
    client = signed_in(person)
    response = client.post(reverse("realname.fold"))
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.closed_at is not None
    assert Person.objects.get(account=person).doc_index == ""
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    assert client.get(reverse("realname.status")).status_code == 302  # signed out
    demo.person("again", "陈知微", 1)  # the number and the phone are free


def test_a_unit_lets_go_of_name_and_code(operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000, verified=False)
    assert unit.account is not None
    fold(as_actor(unit.account))
    demo.unit("again", "云溪理工大学", 1000)


def test_a_verified_account_is_not_folded(operator: Organisation) -> None:
    verified = demo.person("verified", "韩叙", 5)
    with pytest.raises(Refused):
        fold(as_actor(verified))
    verified.refresh_from_db()
    assert verified.closed_at is None


def test_an_account_with_a_post_is_not_folded(person: Account, operator: Organisation) -> None:
    demo.mandate(person, operator, "operator.reviewer")
    with pytest.raises(Refused):
        fold(as_actor(person))


def test_what_was_typed_is_carried_into_recovery_d3(person: Account, operator: Organisation) -> None:
    client = signed_in(person)
    typed = {"name": "陈知微\x00", "doc_type": "resident_id", "doc_number": demo.resident_id(77)}
    response = client.post(reverse("realname.fold"), typed)
    assert response["Location"] == reverse("recovery.start") + "?have=number"
    page = client.get(reverse("recovery.name") + "?kind=person").content.decode()
    assert "陈知微" in page
    assert demo.resident_id(77) in page


def test_a_new_name_goes_the_way_of_a_change_of_name_d5(operator: Organisation) -> None:
    demo.unit("yunxi", "云溪理工大学", 1000)
    unit = demo.unit("again", "云溪科技大学", 1001, verified=False)
    client = signed_in(unit.account)  # type: ignore[arg-type]
    page = client.post(reverse("realname.unit"), typed_unit(name="云溪科技大学", uscc=demo.credit_code(1000, "330100")))
    assert page.status_code == 422
    assert "关掉这次注册，按改名找回" in page.content.decode()
    typed = {"name": "云溪科技大学", "uscc": demo.credit_code(1000, "330100"), "way": "rename"}
    response = client.post(reverse("realname.fold"), typed)
    assert response["Location"] == reverse("appeals.details", args=["rename"])
    carried = client.get(response["Location"]).content.decode()
    assert "云溪科技大学" in carried
    assert demo.credit_code(1000, "330100") in carried
