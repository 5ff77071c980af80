"""A wrong link is undone with a reason, and does not come back by itself; nobody gives themselves an old account."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.linking import actions, links, rules
from waizhuan.projects.linking.process import CLAIM
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify.models import Message


def linked(place: Place, how: str = rules.NUMBER) -> LegacyAccount:
    person = place.lead.person
    old = old_account("A", place.old_unit, projects=2, doc_key=person.doc_key, doc_number=person.doc_number)
    assert actions.link_certain(place.lead.pk) == 1
    old.refresh_from_db()
    assert old.linked_how == how
    return old


def test_a_wrong_link_is_undone_and_does_not_come_back(place: Place) -> None:
    old = linked(place)
    admin = acting(place.admin, place.unit)
    assert place.lead.aliases.exists()
    with pytest.raises(Refused):
        links.unlink(actor=admin, old_id=old.pk, why=" ")
    links.unlink(actor=admin, old_id=old.pk, why="登记错了人")
    links.unlink(actor=admin, old_id=old.pk, why="登记错了人")  # pressed twice
    old.refresh_from_db()
    assert (old.account_id, old.linked_how) == (None, "")
    assert list(LegacyProject.objects.order_by().values_list("lead_id", flat=True).distinct()) == [None]
    assert not place.lead.aliases.exists()
    assert Message.objects.filter(account=place.lead, template="linking.unlinked").count() == 1
    assert actions.link_certain(place.lead.pk) == 0
    assert actions.link_newcomers() == 0
    links.link(actor=admin, old_id=old.pk, account_id=place.lead.pk, how=rules.HAND_OVER)  # the unit may say otherwise
    old.refresh_from_db()
    assert old.account_id == place.lead.pk


def test_projects_that_moved_on_stay_where_they_are(place: Place) -> None:
    old = linked(place)
    LegacyProject.objects.filter(number="A-0").update(moved=True)
    links.unlink(actor=acting(place.admin, place.unit), old_id=old.pk, why="x")
    assert dict(LegacyProject.objects.values_list("number", "lead_id")) == {"A-0": place.lead.pk, "A-1": None}


def test_the_unit_its_department_and_the_ministry_may_and_nobody_else(place: Place) -> None:
    old = linked(place)
    bureau = demo.organisation("department", "汐州市外国专家局", tier="city")
    UnitProfile.objects.create(unit=place.unit, department=bureau, state="approved", asker_organisation=place.unit)
    other = make_place("songling", "松岭农业科学院", 1001, 50)
    foreign = demo.organisation("department", "澄湖市外国专家局", tier="city")

    def of(at: Organisation, role: str, n: int) -> bool:
        somebody = demo.person(f"somebody{n}", "某人", 800 + n)
        demo.mandate(somebody, at, role)
        return links.may_unlink(acting(somebody, at), old)

    assert of(bureau, "department.clerk", 1)
    assert of(demo.organisation("ministry", "外国专家服务司"), "ministry.clerk", 2)
    assert not of(foreign, "department.clerk", 3)
    assert not links.may_unlink(acting(other.admin, other.unit), old)
    assert not links.may_unlink(acting(place.lead, place.unit), old)
    with pytest.raises(Hidden):
        links.unlink(actor=acting(other.admin, other.unit), old_id=old.pk, why="x")


def test_nobody_hands_an_old_account_to_themselves_nor_as_the_unit(place: Place) -> None:
    old = old_account("A", place.old_unit, projects=1)
    demo.mandate(place.admin, place.unit, "projects.lead")
    with pytest.raises(Refused, match="不能移交给自己"):
        actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=place.admin.pk)
    person = place.lead.person
    place.unit.agent_doc_type, place.unit.agent_doc_number = person.doc_type, person.doc_number
    place.unit.save()
    assert place.unit.account is not None
    with pytest.raises(Refused, match="不能移交给自己"):
        actions.hand_over(actor=acting(place.unit.account), old_id=old.pk, person=place.lead.pk)
    actions.hand_over(actor=acting(place.admin, place.unit), old_id=old.pk, person=place.lead.pk)


def test_nobody_takes_back_their_own_link_nor_as_the_unit(place: Place) -> None:
    old = linked(place)
    demo.mandate(place.lead, place.unit, "unit.admin")
    with pytest.raises(Refused):
        links.unlink(actor=acting(place.lead, place.unit), old_id=old.pk, why="x")
    person = place.lead.person
    place.unit.agent_doc_type, place.unit.agent_doc_number = person.doc_type, person.doc_number
    place.unit.save()
    assert place.unit.account is not None
    with pytest.raises(Refused):
        links.unlink(actor=acting(place.unit.account), old_id=old.pk, why="x")
    old.refresh_from_db()
    assert old.account_id == place.lead.pk


def test_ones_own_claim_is_not_confirmed_through_the_units_account(place: Place) -> None:
    old_account("A", place.old_unit, projects=1)
    claim = actions.claim(actor=acting(place.lead, place.unit), login="A", words="我用过")
    person = place.lead.person
    place.unit.agent_doc_type, place.unit.agent_doc_number = person.doc_type, person.doc_number
    place.unit.save()
    assert place.unit.account is not None
    with pytest.raises(Hidden):
        perform(CLAIM, claim, "confirm", acting(place.unit.account))
    assert perform(CLAIM, claim, "confirm", acting(place.admin, place.unit)).state == "linked"


def test_a_number_that_an_import_corrected_meanwhile_links_nobody(place: Place) -> None:
    person = place.lead.person
    old = old_account("A", place.old_unit, doc_key=person.doc_key, doc_number=person.doc_number)
    LegacyAccount.objects.filter(pk=old.pk).update(doc_index="another")
    with pytest.raises(Refused):
        links.link(actor=acting(place.admin, place.unit), old_id=old.pk, account_id=place.lead.pk, how=rules.NUMBER)


def test_the_page(place: Place) -> None:
    from django.test import Client

    old = linked(place)
    client = Client()
    client.force_login(place.admin)
    assert f"/old-accounts/{old.pk}/unlink/" in client.get("/old-accounts/administrators/").content.decode()
    where = f"/old-accounts/{old.pk}/unlink/"
    assert "证件号码相同" in client.get(where).content.decode()
    assert client.post(where, {"why": "\x00"}).status_code == 422
    assert client.post(where, {"why": "登记错了人"}).status_code == 302
    assert client.get(where).status_code == 302
    stranger = Client()
    stranger.force_login(demo.person("stranger", "外人", 900))
    assert stranger.get(where).status_code == 404
