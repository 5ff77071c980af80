"""Linking old accounts, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Mandate, Person, RealName
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.legacy import matching
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.legacy.queries import visible_to
from waizhuan.projects.linking import actions
from waizhuan.projects.linking.models import Claim
from waizhuan.projects.linking.process import CLAIM
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.flow.api import WorkItem, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def number_of(account: Account) -> dict[str, Any]:
    key = Person.objects.get(account=account).doc_key
    return {"doc_type": "resident_id", "doc_number": key, "doc_key": key}


def signed_in_by(typed: str) -> tuple[int, bool] | None:
    """Whom this name signs in, and whether the page says what the name became."""
    client = Client()
    answer = client.post("/sign-in/", {"login_name": typed, "password": demo.PASSWORD})
    if answer.status_code != 302:
        return None
    return int(client.session["_auth_user_id"]), answer.headers["Location"].startswith("/sign-in/became/")


def test_the_same_verified_number_links_and_brings_the_projects(place: Place) -> None:
    old = old_account("Zhang_3", place.old_unit, projects=3, **number_of(place.lead))
    reader = acting(place.lead, place.unit)
    assert visible_to(reader).count() == 0
    assert actions.link_certain(place.lead.pk) == 1
    assert actions.link_certain(place.lead.pk) == 0
    old.refresh_from_db()
    assert (old.account_id, old.linked_how) == (place.lead.pk, "number")
    assert visible_to(reader).count() == 3
    assert set(LegacyProject.objects.values_list("lead_id", "version")) == {(place.lead.pk, 2)}
    assert AuditEntry.objects.filter(verb="linking.linked").count() == 1
    assert Message.objects.filter(account=place.lead, template="linking.linked").count() >= 1


def test_the_old_login_name_signs_in_and_says_what_it_became(place: Place) -> None:
    """F8: with and without the prefix, in any case."""
    old_account("Zhang_3", place.old_unit, **number_of(place.lead))
    assert signed_in_by("zhang_3") is None
    assert actions.link_newcomers() == 1
    for typed in ("Zhang_3", "ZHANG_3", "WGZJXM_zhang_3"):
        assert signed_in_by(typed) == (place.lead.pk, True)


def test_an_old_name_that_somebody_signs_in_by_stays_theirs(place: Place) -> None:
    other = demo.person("zhang_3", "另一个人", 77)
    old_account("Zhang_3", place.old_unit, **number_of(place.lead))
    actions.link_certain(place.lead.pk)
    assert signed_in_by("zhang_3") == (other.pk, False)
    assert signed_in_by("WGZJXM_zhang_3") == (place.lead.pk, True)


def test_the_plain_name_stays_with_whose_account_has_the_prefix(place: Place) -> None:
    other = demo.person("WGZJXM_zhang_3", "另一个人", 77)
    old_account("Zhang_3", place.old_unit, **number_of(place.lead))
    assert signed_in_by("zhang_3") == (other.pk, True)
    actions.link_certain(place.lead.pk)
    assert signed_in_by("zhang_3") == (other.pk, True)


def test_no_right_follows_from_the_same_login_name(place: Place) -> None:
    """F10."""
    old_account("zhang_3", place.old_unit, projects=2)
    namesake = demo.person("zhang_3", "张三", 78)
    demo.mandate(namesake, place.unit, "projects.lead")
    assert actions.link_certain(namesake.pk) == 0
    assert actions.link_newcomers() == 0
    assert visible_to(acting(namesake, place.unit)).count() == 0
    assert signed_in_by("WGZJXM_zhang_3") is None


def test_the_phone_needs_the_units_authorisation(place: Place) -> None:
    old_account("zhang", place.old_unit, projects=1, phone=place.lead.phone)
    Mandate.objects.filter(account=place.lead).update(withdrawn_at=clock.now())
    assert actions.link_certain(place.lead.pk) == 0
    demo.mandate(place.lead, place.unit, "projects.lead")
    assert actions.link_certain(place.lead.pk) == 1
    assert visible_to(acting(place.lead, place.unit)).count() == 1


def test_a_phone_or_a_number_that_is_not_verified_is_no_evidence(place: Place) -> None:
    old_account("zhang", place.old_unit, phone=place.lead.phone, **number_of(place.lead))
    Person.objects.filter(account=place.lead).update(real_name=RealName.NOT_STARTED)
    assert actions.link_certain(place.lead.pk) == 0
    assert actions.link_newcomers() == 0


def test_another_number_outweighs_the_phone(place: Place) -> None:
    old_account("zhang", place.old_unit, phone=place.lead.phone, **number_of(place.admin))
    assert actions.link_certain(place.lead.pk) == 0


def test_a_link_without_authorisation_shows_nothing_of_the_unit(place: Place) -> None:
    outsider = demo.person("outsider", "外人", 79)
    old_account("zhang", place.old_unit, projects=2, **number_of(outsider))
    assert actions.link_certain(outsider.pk) == 1
    assert visible_to(acting(outsider)).count() == 0
    demo.mandate(outsider, place.unit, "projects.lead")
    assert visible_to(acting(outsider, place.unit)).count() == 2
    Mandate.objects.filter(account=outsider).update(withdrawn_at=clock.now())
    assert visible_to(acting(outsider, place.unit)).count() == 0


# ---------------------------------------------------------------- claims


def test_the_unit_decides_a_claim(place: Place) -> None:
    old = old_account("zhang", place.old_unit, projects=2)
    mine = actions.claim(actor=acting(place.lead, place.unit), login="WGZJXM_ZHANG", words="2015 年用过")
    assert (mine.state, mine.decider, mine.role) == ("review", place.unit, "unit.admin")
    assert WorkItem.objects.get(closed_at=None).organisation == place.unit
    with pytest.raises(Refused):
        actions.claim(actor=acting(place.lead, place.unit), login="zhang", words="又来")
    admin = acting(place.admin, place.unit)
    perform(CLAIM, mine, "ask", admin, note="是哪个项目？")
    perform(CLAIM, mine, "answer", acting(place.lead, place.unit), note="膜材料")
    with pytest.raises(Refused):
        perform(CLAIM, mine, "ask", admin, note="还有呢？")
    perform(CLAIM, mine, "confirm", admin)
    old.refresh_from_db()
    assert (old.account_id, old.linked_how) == (place.lead.pk, "unit")
    assert visible_to(acting(place.lead, place.unit)).count() == 2


def test_who_lost_the_verification_meanwhile_is_not_linked(place: Place) -> None:
    old = old_account("zhang", place.old_unit, projects=1)
    mine = actions.claim(actor=acting(place.lead, place.unit), login="zhang", words="2015 年用过")
    Person.objects.filter(account=place.lead).update(real_name=RealName.NOT_STARTED)
    with pytest.raises(Refused):
        perform(CLAIM, mine, "confirm", acting(place.admin, place.unit))
    old.refresh_from_db()
    assert old.account_id is None


def test_nobody_decides_their_own_claim(place: Place) -> None:
    old_account("zhang", place.old_unit)
    mine = actions.claim(actor=acting(place.admin, place.unit), login="zhang", words="是我")
    with pytest.raises(Hidden):
        perform(CLAIM, mine, "confirm", acting(place.admin, place.unit))
    perform(CLAIM, mine, "confirm", acting(Account.objects.get(login_name="yunxi")))


def test_two_claims_to_one_account(place: Place) -> None:
    old = old_account("zhang", place.old_unit)
    rival = demo.person("rival", "对手", 80)
    first = actions.claim(actor=acting(place.lead, place.unit), login="zhang", words="是我")
    second = actions.claim(actor=acting(rival), login="zhang", words="是我")
    admin = acting(place.admin, place.unit)
    perform(CLAIM, first, "confirm", admin)
    with pytest.raises(Refused):
        perform(CLAIM, second, "confirm", admin)
    second.refresh_from_db()
    assert second.state == "review"
    perform(CLAIM, second, "decline", admin, note="已确认是别人的")
    old.refresh_from_db()
    assert old.account_id == place.lead.pk
    with pytest.raises(Refused):
        actions.claim(actor=acting(rival), login="zhang", words="再来")


def test_without_its_unit_the_department_or_the_ministry_decides(place: Place) -> None:
    ministry = demo.organisation("ministry", "外国专家服务司")
    old_account("zhang", None)
    mine = actions.claim(actor=acting(place.lead, place.unit), login="zhang", words="单位撤销了")
    assert (mine.decider, mine.role) == (ministry, "ministry.clerk")


@pytest.mark.parametrize("login", ["", "nobody", "\x00", "x" * 500, "' OR 1=1 --", "𠮷"])
def test_a_name_that_is_not_there(place: Place, login: str) -> None:
    with pytest.raises(Refused):
        actions.claim(actor=acting(place.lead, place.unit), login=login, words="是我")
    assert Claim.objects.count() == 0


# ---------------------------------------------------------------- hand-over by the unit


def test_the_unit_hands_over_what_an_old_account_held(place: Place) -> None:
    old = old_account("A", place.old_unit, projects=4)
    actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=place.lead.pk)
    actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=place.lead.pk)
    assert visible_to(acting(place.lead, place.unit)).count() == 4
    assert LegacyProject.objects.filter(version=2).count() == 4


@pytest.mark.parametrize("known_before", [True, False])
def test_a_hand_over_reaches_no_other_units_projects(place: Place, known_before: bool) -> None:
    """The old account held projects of two units: each unit gives away its own alone."""
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old = old_account("A", place.old_unit, projects=2)
    theirs = LegacyProject.objects.get(number="A-1")
    LegacyProject.objects.filter(pk=theirs.pk).update(
        unit=other.old_unit, organisation=other.unit if known_before else None
    )
    actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=place.lead.pk)
    matching.own_projects([theirs.pk])
    theirs.refresh_from_db()
    assert (theirs.organisation_id, theirs.lead_id) == (other.unit.pk, None)
    assert LegacyProject.objects.get(number="A-0").lead_id == place.lead.pk


def test_only_ones_own_and_only_to_somebody_authorised(place: Place) -> None:
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old = old_account("A", place.old_unit, projects=1)
    with pytest.raises(Hidden):
        actions.hand_over(actor=acting(other.admin, other.unit), old_id=old.pk, person=other.lead.pk)
    with pytest.raises(Hidden):
        actions.hand_over(actor=acting(place.lead, place.unit), old_id=old.pk, person=place.lead.pk)
    for nobody in (None, 0, other.lead.pk, place.admin.pk):
        with pytest.raises(Refused):
            actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=nobody)
    assert visible_to(acting(other.admin, other.unit)).count() == 0
