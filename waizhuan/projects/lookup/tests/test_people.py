"""Who acts, and who did (F3): found by name, unit, post, number; whose posts are seen by whom; numbers only by their ends."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate, Person
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.lookup import actions, jobs, queries, rules
from waizhuan.projects.lookup.tests.test_actions import cells
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.refdata.masks import mask_number, mask_phone

pytestmark = pytest.mark.django_db
LIST, NUMBER = "/look-up/people/", "/look-up/people/by-number/"


@pytest.fixture
def ready(world: World) -> World:
    """The first unit is the bureau's; the second one is nobody's yet."""
    world.profile()
    Mandate.objects.filter(account=world.people["admin2"]).update(withdrawn_at=clock.now())
    Mandate.objects.filter(account=world.people["lead2"]).update(valid_from=clock.now() + dt.timedelta(days=3))
    return world


def found(world: World, who: str, **given: str) -> set[str]:
    rows = queries.rows("people", world.actor(who), given)
    return {m.account.login_name for m in rows}


OF_UNIT = {"admin", "admin2", "lead", "lead2"}
OF_BUREAU = {"clerk", "clerk2", "head"}


def test_a_unit_sees_its_own_a_department_its_units_the_ministry_all(ready: World) -> None:
    assert found(ready, "admin") == OF_UNIT
    assert found(ready, "clerk") == found(ready, "head") == OF_UNIT | OF_BUREAU, "who holds its own posts, too"
    assert found(ready, "clerk", role="department.head") == {"head"}
    assert found(ready, "other_admin") == {"other_admin", "other_lead"}
    assert found(ready, "other_clerk") == {"other_clerk"}
    everybody = found(ready, "minister")
    assert everybody >= OF_UNIT | {"other_admin", "other_lead", "clerk", "head", "minister"}
    operator = demo.person("op", "陶亦安", 700)
    demo.mandate(operator, demo.organisation("operator", "平台运营"), "operator.reviewer")
    assert found(ready, "minister") == everybody  # nobody looks up those of the platform
    for who in ("lead", "nobody"):
        assert ready.client(who).get(LIST).status_code == ready.client(who).get(NUMBER).status_code == 404


def test_a_draft_of_a_profile_shows_nobody_to_the_department(world: World) -> None:
    world.profile("draft")
    assert found(world, "clerk") == OF_BUREAU


@pytest.mark.parametrize(
    ("given", "who"),
    [
        ({"state": "active"}, {"admin", "lead"}),
        ({"state": "ended"}, {"admin2"}),
        ({"state": "waiting"}, {"lead2"}),
        ({"role": "unit.admin"}, {"admin", "admin2"}),
        ({"role": "unit.admin", "state": "active"}, {"admin"}),
        ({"q": "云溪"}, OF_UNIT),
        ({"q": "青石"}, set()),
    ],
)
def test_conditions_narrow(ready: World, given: dict[str, str], who: set[str]) -> None:
    assert found(ready, "admin", **given) == who


def test_a_post_that_ran_out_has_ended(ready: World) -> None:
    past = clock.now() - dt.timedelta(days=9)
    Mandate.objects.filter(account=ready.people["lead"]).update(valid_from=past, valid_until=clock.now())
    assert found(ready, "admin", state="ended") == {"admin2", "lead"}


@pytest.mark.parametrize("name", ["买买提·吐尔逊", "O'Brien Seán", "𠮷田小春"])
def test_found_as_one_types_from_the_surname(ready: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.mandate(demo.person("somebody", name, 701), ready.unit, "projects.lead")
    demo.mandate(demo.person("elsewhere", name, 702), ready.units["other"], "projects.lead")
    for few in (queries.FEW, 0):  # named one by one, or too many for that
        monkeypatch.setattr(queries, "FEW", few)
        monkeypatch.setattr(queries, "FEW_PEOPLE", few)
        for typed in (name[:2], name.upper()[:4], name):
            assert found(ready, "clerk", q=typed) == {"somebody"}
        assert found(ready, "minister", q=name) == {"somebody", "elsewhere"}


def test_numbers_stand_only_by_their_ends(ready: World) -> None:
    lead = ready.people["lead"]
    page = ready.client("clerk").get(LIST).content.decode()
    assert mask_number(lead.person.doc_number) in page
    assert mask_phone(lead.phone) in page
    assert lead.person.doc_number not in page
    assert lead.phone[-11:] not in page
    assert "其他单位" not in page
    assert ready.people["other_admin"].person.name not in page
    Person.objects.filter(account=lead).update(real_name="not_started")
    assert "没有通过实名认证" in ready.client("clerk").get(LIST).content.decode()


def test_by_number_within_ones_reach_with_a_purpose_and_audited(ready: World) -> None:
    number = ready.people["lead"].person.doc_number
    client = ready.client("clerk")
    refused = client.post(NUMBER, {"number": "", "purpose": "要"})
    assert refused.status_code == 422
    assert 'href="#id_number"' in refused.content.decode()
    assert 'href="#id_purpose"' in refused.content.decode()
    assert not AuditEntry.objects.filter(verb="lookup.number").exists()
    page = client.post(NUMBER, {"number": f" {number} ", "purpose": "核对项目负责人"}).content.decode()
    assert ready.people["lead"].person.name in page
    results = page[page.index("<tbody") :]
    assert (mask_number(number) in results, number in results) == (True, False)
    [entry] = AuditEntry.objects.filter(verb="lookup.number")
    assert entry.detail == {"found": 1, "purpose": "核对项目负责人"}
    assert number not in str(list(AuditEntry.objects.values()))
    viewed = AuditEntry.objects.get(verb="personal_data.viewed")
    assert viewed.subject == f"identity.account:{ready.people['lead'].pk}"
    other = {"number": ready.people["other_lead"].person.doc_number, "purpose": "核对项目负责人"}
    assert "没有用这个证件的人" in client.post(NUMBER, other).content.decode()
    assert AuditEntry.objects.filter(verb="personal_data.viewed").count() == 1
    with pytest.raises(Hidden):
        actions.find_by_number(actor=ready.actor("lead"), number=number, purpose="核对项目负责人")


def test_who_looks_for_hundreds_of_numbers_is_stopped(
    ready: World, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENV = {**settings.ENV, "RATE_LIMITS": "on"}  # type: ignore[attr-defined]
    monkeypatch.setattr(rules, "NUMBERS_AN_HOUR", 2)
    for _ in range(2):
        assert actions.find_by_number(actor=ready.actor("clerk"), number="X", purpose="核对项目负责人") == []
    with pytest.raises(Refused):
        actions.find_by_number(actor=ready.actor("clerk"), number="X", purpose="核对项目负责人")


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_sent_is_no_fault(ready: World, value: str) -> None:
    client = ready.client("minister")
    given = {"q": value, "role": value, "state": value, "page": value}
    assert client.get(LIST, given).status_code in (200, 422)
    assert client.post(NUMBER, {"number": value, "purpose": value}).status_code in (200, 422)


@pytest.mark.parametrize("who", ["admin", "clerk", "minister"])
def test_it_costs_the_same_with_1_and_30_rows(ready: World, who: str) -> None:
    client, counts = ready.client(who), []
    Mandate.objects.filter(organisation=ready.unit).exclude(account=ready.people["admin"]).delete()
    for there in (1, 30):
        for n in range(Mandate.objects.filter(organisation=ready.unit).count(), there):
            demo.mandate(demo.person(f"more{n}", demo.person_name(n), 800 + n), ready.unit, "projects.lead")
        for given in ({}, {"q": "云溪", "state": "active"}):
            client.get(LIST, given)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(LIST, given).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


@pytest.mark.parametrize("personal", [False, True])
def test_the_export_is_masked_unless_a_purpose_is_given(ready: World, personal: bool) -> None:
    lead = ready.people["lead"]
    made = actions.ask_for_export(
        actor=ready.actor("clerk"), kind="people", conditions={}, personal=personal, purpose="年度审计核对"
    )
    jobs.make_exports()
    made, content = actions.fetch(actor=ready.actor("clerk"), id=made.pk)
    text = cells(content)
    assert made.rows_done == 7
    assert (lead.person.doc_number in text) is (lead.phone in text) is personal
    assert {lead.person.name, "项目负责人", "在任", "已结束", "还没有开始"} <= set(text.replace("<", ">").split(">"))


def test_conditions_are_saved_and_come_back(ready: World) -> None:
    client = ready.client("admin")
    assert client.post(reverse("lookup.save", args=["people"]) + "?state=ended", {"name": "以前的"}).status_code == 302
    assert "?state=ended" in client.get(LIST).content.decode()


def test_which_posts_are_offered() -> None:
    def offered(role: str) -> set[str]:
        return {r.code for r in rules.posts_seen(Actor(account_id=1, organisation_id=2, roles=frozenset({role})))}

    assert offered("unit.admin") == {"unit.admin", "projects.lead"}
    assert offered("department.head") == offered("unit.admin") | {"department.clerk", "department.head"}
    assert offered("ministry.clerk") > {"department.head", "ministry.head"}
    assert not any(code.startswith("operator") for code in offered("ministry.head"))


@pytest.mark.parametrize(
    ("begins", "ends", "withdrawn", "term"),
    [(-1, None, None, "active"), (-1, 1, None, "active"), (-2, 0, None, "ended"), (1, None, None, "waiting"),
     (1, 2, -1, "ended"), (-1, None, 0, "ended")],
)  # fmt: skip
def test_terms(begins: int, ends: int | None, withdrawn: int | None, term: str) -> None:
    now = clock.now()

    def at(days: int | None) -> dt.datetime | None:
        return None if days is None else now + dt.timedelta(days=days)

    begin = now + dt.timedelta(days=begins)
    assert rules.term_of(begins=begin, ends=at(ends), withdrawn=at(withdrawn), now=now) == term
