"""Looking up without JavaScript, and the pieces that htmx asks for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.kernel.actor import the_system
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.legacy import matching
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.projects.linking import links
from waizhuan.projects.linking.rules import HAND_OVER
from waizhuan.projects.linking.tests.conftest import old_account
from waizhuan.projects.lookup import jobs
from waizhuan.projects.lookup.models import Export
from waizhuan.projects.lookup.rules import KINDS
from waizhuan.shared.refdata.masks import mask_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    world.application("approved", 3)
    return world


@pytest.mark.parametrize("screen", ["lookup.projects", "lookup.units", "lookup.experts", "lookup.exports"])
def test_leads_and_strangers_have_no_such_page(ready: World, screen: str) -> None:
    for who in ("lead", "nobody"):
        assert ready.client(who).get(reverse(screen)).status_code == 404
    assert ready.client("clerk").get(reverse(screen)).status_code == 200


def test_found_narrowed_and_nothing_found(ready: World) -> None:
    client = ready.client("minister")
    page = client.get(reverse("lookup.projects"), {"q": "抗旱"}).content.decode()
    assert "抗旱小麦分子育种" in page
    assert "没有符合这些条件的" in client.get(reverse("lookup.projects"), {"q": "没有"}).content.decode()
    page = client.get(reverse("lookup.experts")).content.decode()
    assert mask_number("P7000030") in page
    assert "P7000030" not in page
    part = client.get(reverse("lookup.projects"), {"q": "抗旱"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "抗旱小麦分子育种" in part


def test_saved_conditions_are_one_click(ready: World) -> None:
    client = ready.client("clerk")
    save = reverse("lookup.save", args=["projects"]) + "?state=approved"
    assert client.post(save, {"name": ""}).status_code == 422
    assert "state=approved" in client.post(save, {"name": "批准的"})["Location"]
    page = client.get(reverse("lookup.projects")).content.decode()
    assert "批准的" in page
    assert "?state=approved" in page


def test_asked_twice_made_once_fetched(ready: World) -> None:
    client = ready.client("minister")
    ask = reverse("lookup.export", args=["experts"])
    refused = client.post(ask, {"personal": "on", "purpose": ""})
    assert refused.status_code == 422
    assert 'href="#id_purpose"' in refused.content.decode()
    assert client.post(ask, {}).status_code == 302
    assert client.post(ask, {}).status_code == 422
    assert Export.objects.count() == 1
    waiting = client.get(reverse("lookup.exports")).content.decode()
    assert "排队中" in waiting
    assert 'data-label="行数">—<' in waiting
    jobs.make_exports()
    assert "可以下载" in client.get(reverse("lookup.exports")).content.decode()
    address = reverse("lookup.download", args=[Export.objects.get().pk])
    answer = client.get(address)
    assert answer.content.startswith(b"PK")
    assert answer["Content-Disposition"].startswith("attachment")
    assert ready.client("minister_clerk").get(address).status_code == 404
    assert client.get(reverse("lookup.download", args=[10**25])).status_code == 404


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_sent_is_no_fault(ready: World, value: str) -> None:
    client = ready.client("minister")
    for kind in KINDS:
        given = {"q": value, "year": value, "category": value, "state": value, "page": value}
        assert client.get(reverse(f"lookup.{kind}"), given).status_code in (200, 422)
        assert client.get(reverse(f"lookup.{kind}"), {"q": value}).status_code in (200, 422)
        assert client.post(reverse("lookup.save", args=[kind]), {"name": value}).status_code in (302, 422)
    assert client.post(reverse("lookup.export", args=["units"]), {"personal": value, "purpose": value}).status_code in (
        302,
        422,
    )
    assert client.get(reverse("lookup.save", args=["nonsense"])).status_code == 404
    assert client.post(reverse("lookup.forget", args=[10**25]), {"kind": value}).status_code < 500


@pytest.mark.parametrize("kind", KINDS)
def test_one_character_is_not_looked_for(ready: World, kind: str) -> None:
    """It would be looked for in a million rows: the field says so, also while somebody types."""
    client, url, said = ready.client("minister"), reverse(f"lookup.{kind}"), "请至少写两个字"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url, {"q": "龘"})
        part = client.get(url, {"q": "龘"}, headers={"HX-Request": "true"}).content.decode()
    assert page.status_code == 422
    assert page.content.decode().count(said) >= 1
    assert (said in part, [q for q in asked.captured_queries if "龘" in q["sql"]]) == (True, [])
    assert said not in client.get(url, {"q": "龘龘"}).content.decode()


@pytest.mark.parametrize("who", ["admin", "clerk", "minister"])
def test_it_costs_the_same_with_1_and_30_rows(ready: World, who: str) -> None:
    client, row = ready.client(who), Application.objects.get()
    counts = []
    for rows in (1, 30):
        for n in range(Application.objects.count(), rows):
            row.pk, row.number, row.token, row.project_number, row.rank = None, f"SB-{n}", f"t{n}", f"G-{n}", None
            row.save(force_insert=True)
        for kind in KINDS:
            client.get(reverse(f"lookup.{kind}"))
            with CaptureQueriesContext(connection) as seen:
                assert (
                    client.get(reverse(f"lookup.{kind}"), {"q": "en"} if kind == "experts" else {}).status_code == 200
                )
            counts.append(len(seen))
    assert counts[3] <= counts[0] + 1
    assert max(counts) <= 12


def test_a_wrong_link_is_offered_to_whoever_may_undo_it(world: World) -> None:
    world.profile()
    unit = LegacyUnit.objects.create(key="#1", code="u", name=world.unit.name, name_key=world.unit.name_key, digest="x")
    matching.match_units([unit.pk])
    old = old_account("A", unit, projects=1)
    links.link(actor=the_system(), old_id=old.pk, account_id=world.people["lead"].pk, how=HAND_OVER)
    province = demo.person("province", "孙清和", 555)
    demo.mandate(province, world.offices["江海省外国专家局"], "department.clerk")
    above = Client()
    above.force_login(province)
    way = reverse("linking.unlink", args=[old.pk])
    for client, may in ((world.client("clerk"), True), (world.client("admin"), True), (above, False)):
        page = client.get(reverse("lookup.old")).content.decode()
        assert "A-0" in page
        assert (way in page) is may
        assert client.get(way).status_code == (200 if may else 404)
