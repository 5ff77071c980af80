"""A unit gives its old projects to its people: one, or many at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.legacy import assigning
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Place:
    made = make_place("yunxi", "云溪理工大学", 1000, 10)
    old_account("A", made.old_unit, projects=4)
    return made


def versions() -> dict[int, int]:
    return dict(LegacyProject.objects.order_by("pk").values_list("pk", "version"))


def leads() -> dict[str, int | None]:
    return dict(LegacyProject.objects.values_list("number", "lead_id"))


def test_many_are_given_and_what_changed_meanwhile_is_left(place: Place) -> None:
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old_account("B", other.old_unit, projects=1)
    second = demo.person("second", "沈第二", 40)
    demo.mandate(second, place.unit, "projects.lead")
    admin, seen = acting(place.admin, place.unit), versions()
    ids = list(seen)
    assigning.assign(actor=admin, project_id=ids[0], lead=second.pk)  # somebody was faster: to somebody else,
    assigning.assign(actor=admin, project_id=ids[1], lead=place.lead.pk)  # and to the same
    given = assigning.assign_many(actor=admin, seen=seen, lead=place.lead.pk)
    assert [p.number for p in given.changed] == ["A-0"]
    assert (len(given.done), given.gone) == (3, 1)  # the other unit's is nothing to this one
    assert leads() == {"A-0": second.pk, "A-1": place.lead.pk, "A-2": place.lead.pk, "A-3": place.lead.pk, "B-0": None}
    told = Message.objects.filter(account=place.lead).order_by("id")
    assert [m.template for m in told] == ["legacy.given", "legacy.given_many"]
    assert "2 个旧项目" in told[1].body
    assigning.assign_many(actor=admin, seen=versions(), lead=None)
    assert set(leads().values()) == {None}
    assert Message.objects.filter(account=place.lead, template="legacy.taken_many").count() == 1


def test_who_may_and_to_whom(place: Place) -> None:
    admin, seen = acting(place.admin, place.unit), versions()
    stranger = demo.person("stranger", "某人", 77)
    demo.mandate(place.admin, place.unit, "projects.lead")
    for lead in (stranger.pk, place.admin.pk, 0):
        with pytest.raises(Refused):
            assigning.assign_many(actor=admin, seen=seen, lead=lead)
    with pytest.raises(Refused):
        assigning.assign_many(actor=admin, seen={}, lead=place.lead.pk)
    with pytest.raises(Refused):
        assigning.assign_many(actor=admin, seen=dict.fromkeys(range(1000), 0), lead=place.lead.pk)
    with pytest.raises(Hidden):
        assigning.assign_many(actor=acting(place.lead, place.unit), seen=seen, lead=place.lead.pk)
    assert set(leads().values()) == {None}


def test_the_page_gives_what_is_ticked(place: Place) -> None:
    client, where = Client(), "/old-system/projects/"
    client.force_login(place.admin)
    seen = versions()
    values = [f"{pk}:{version}" for pk, version in seen.items()]
    assert values[0] in client.get(where).content.decode()
    assert client.post(where, {"project": values}).status_code == 422  # to whom?
    body = client.post(where, {"lead": place.lead.pk}).content.decode()
    assert "请勾选旧项目" in body
    for wrong in (["x"], ["1"], ["9" * 30 + ":1"], [":"], ["1:-1"]):
        assert client.post(where, {"lead": place.lead.pk, "project": wrong}).status_code == 422
    body = client.post(where, {"lead": place.lead.pk, "project": values[:3]}).content.decode()
    assert "3 个旧项目换了负责人" in body
    assert client.post(where, {"lead": place.lead.pk, "project": values[:3]}).status_code == 200  # pressed twice
    assert list(leads().values()).count(place.lead.pk) == 3
    body = client.post(where, {"lead": "unit", "project": values}).content.decode()
    assert "有了变化，没有动" in body
    assert "A-0" in body
    client.force_login(place.lead)
    assert client.post(where, {"lead": "unit", "project": values}).status_code in (404, 422)
    assert list(leads().values()).count(place.lead.pk) == 3
    assert "A-0" in client.get(where, {"q": "旧项目 0"}).content.decode()
    assert "A-0" not in client.get(where, {"q": "旧项目 2"}).content.decode()


def test_a_unit_with_nobody_to_give_to_is_led_to_authorising(place: Place) -> None:
    Mandate.objects.filter(role="projects.lead").delete()
    client = Client()
    client.force_login(place.admin)
    for where in ("/old-system/projects/", f"/old-system/projects/{LegacyProject.objects.all()[0].pk}/assign/"):
        assert "本单位还没有项目负责人，先给人授权" in client.get(where).content.decode()


def test_the_list_costs_the_same_with_one_and_thirty(place: Place) -> None:
    client = Client()
    client.force_login(place.admin)
    LegacyProject.objects.exclude(number="A-0").delete()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/old-system/projects/").status_code == 200
        return len(queries)

    cost()
    one = cost()
    old_account("C", place.old_unit, projects=30)
    assert cost() == one <= 12


def test_old_projects_are_given_one_by_one(place: Place) -> None:
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    project = LegacyProject.objects.get(number="A-0")
    admin = acting(place.admin, place.unit)
    assigning.assign(actor=admin, project_id=project.pk, lead=place.lead.pk)
    assigning.assign(actor=admin, project_id=project.pk, lead=place.lead.pk)
    assert dict(LegacyProject.objects.values_list("number", "lead_id")) == {
        "A-0": place.lead.pk,
        "A-1": None,
        "A-2": None,
        "A-3": None,
    }
    assert Message.objects.filter(account=place.lead, template="legacy.given").count() == 1
    with pytest.raises(Refused):
        assigning.assign(actor=admin, project_id=project.pk, lead=other.lead.pk)
    demo.mandate(place.admin, place.unit, "projects.lead")
    with pytest.raises(Refused, match="不能把旧项目给自己"):
        assigning.assign(actor=admin, project_id=project.pk, lead=place.admin.pk)
    for nobody in (acting(other.admin, other.unit), acting(place.lead, place.unit)):
        with pytest.raises(Hidden):
            assigning.assign(actor=nobody, project_id=project.pk, lead=None)
    client = Client()
    client.force_login(place.admin)
    where = f"/old-system/projects/{project.pk}/assign/"
    assert where in client.get("/old-system/projects/").content.decode()
    assert client.post(where, {"lead": "x"}).status_code == 422
    assert client.post(where, {"lead": "unit"}).status_code == 302
    project.refresh_from_db()
    assert (project.lead_id, project.moved) == (None, True)
    assert Message.objects.filter(account=place.lead, template="legacy.taken").exists()
