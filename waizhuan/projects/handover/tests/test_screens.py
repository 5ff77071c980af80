from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate, Person
from waizhuan.kernel import clock
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.handover import actions
from waizhuan.projects.handover.models import HandOver
from waizhuan.projects.handover.tests.test_actions import B_NUMBER, asked_for, handed_in
from waizhuan.shared.flow.api import WorkItem


def typed(world: World, **more: str) -> dict[str, str]:
    given = {"leaver": str(world.people["head"].pk), "name": "韩叙", "sought": B_NUMBER, "why": ""}
    return {**given, "effective_on": clock.today().isoformat(), **more}


def test_asking_leads_to_the_papers_and_the_letter(world: World) -> None:
    client = world.client("head")
    answer = client.post("/hand-over/new/", typed(world))
    row = HandOver.objects.get()
    assert answer["Location"] == f"/hand-over/{row.pk}/"
    assert "盖章的公函" in client.get(answer["Location"]).content.decode()
    letter = client.get(f"/hand-over/{row.pk}/letter.pdf")
    assert letter.content.startswith(b"%PDF")
    missing = client.post(f"/hand-over/{row.pk}/", {"submit": "1", "version": "0"})
    assert missing.status_code == 422
    assert "请上传：接任人证件正面" in missing.content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_makes_a_500(world: World, text: str) -> None:
    client = world.client("head")
    for name in ("name", "sought", "effective_on", "leaver", "why"):
        assert client.post("/hand-over/new/", typed(world, **{name: text})).status_code in (302, 422)
    assert client.get("/hand-over/new/", {"organisation": text}).status_code == 200
    assert world.client("minister").get("/hand-over/new/", {"organisation": text}).status_code == 404


@pytest.mark.parametrize("who", ["other_clerk", "other_admin", "lead"])
def test_others_find_nothing(world: World, who: str) -> None:
    row = handed_in(world)
    for path in ("", "review/", "letter.pdf"):
        assert world.client(who).get(f"/hand-over/{row.pk}/{path}").status_code == 404
    document = row.documents.first()
    assert document is not None
    assert world.client(who).get(f"/documents/{document.document_id}/").status_code == 404


def test_the_ministry_confirms_and_the_predecessor_loses_it_on_the_next_request(world: World) -> None:
    row = handed_in(world)
    before = world.client("head")  # a session that goes on
    assert before.get("/hand-over/").status_code == 200
    ministry = world.client("minister")
    assert "韩叙" in ministry.get(f"/hand-over/{row.pk}/review/").content.decode()
    posted = {"transition": "confirm", "version": str(row.version), "note": ""}
    assert ministry.post(f"/hand-over/{row.pk}/review/", posted).status_code == 302
    assert before.get("/hand-over/").status_code == 404
    assert world.client("nobody").get("/hand-over/").status_code == 200
    again = ministry.post(f"/hand-over/{row.pk}/review/", posted)
    assert again.status_code in (302, 409)
    assert HandOver.objects.get().state == "done"


@pytest.mark.parametrize("count", [1, 30])
def test_the_report_costs_the_same_with_one_row_and_thirty(
    world: World, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    empty = demo.organisation("department", "没有人的外国专家局", tier="province", division="990000")
    WorkItem.objects.bulk_create(
        WorkItem(
            process="handover.handover",
            subject_id=1000 + n,
            state="ministry",
            title=f"事项{n}",
            organisation=empty,
            role="department.head",
            due_at=clock.now(),
        )
        for n in range(count)
    )
    client = world.client("minister")
    with django_assert_max_num_queries(8):
        body = client.get("/hand-over/stuck/").content.decode()
    assert body.count("指定接任人") == min(count, 20)
    assert f"?organisation={empty.pk}" in body


def test_the_case_page_costs_a_fixed_number(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row, client = asked_for(world), world.client("head")
    with django_assert_max_num_queries(12):
        assert client.get(f"/hand-over/{row.pk}/").status_code == 200


NOBODY, MEND = "现在没有这样一位", "/authorisation/new/"


def test_a_ministry_with_one_administrator_reads_that_a_second_one_is_needed(world: World) -> None:
    """Before it begins, while the papers are collected and where it waits; with the button. Then there is a second one."""
    client, department = world.client("minister"), world.client("head")
    new = f"/hand-over/new/?organisation={world.bureau.pk}"
    assert NOBODY in client.get(new).content.decode()
    answer = client.post(new, typed(world))
    row = HandOver.objects.get()
    paths = [answer["Location"], f"/hand-over/{row.pk}/review/"]
    HandOver.objects.filter(pk=row.pk).update(state="ministry")
    for path in paths:
        page = client.get(path).content.decode()
        assert NOBODY in page
        assert f'href="{MEND}"' in page
    assert NOBODY not in department.get(paths[0]).content.decode(), "a department cannot mend it"
    second = demo.person("minister2", "秦司长", 191)
    demo.mandate(second, world.ministry, "ministry.head")
    for path in (new, *paths):
        assert NOBODY not in client.get(path).content.decode()
    HandOver.objects.filter(pk=row.pk).update(leaver=second)
    assert NOBODY in client.get(paths[0]).content.decode(), "whom it is about does not confirm it"
    HandOver.objects.filter(pk=row.pk).update(state="withdrawn")
    assert NOBODY not in client.get(paths[0]).content.decode()


def test_a_department_that_asks_has_one_who_confirms(world: World) -> None:
    row, client = handed_in(world), world.client("minister")
    assert NOBODY not in client.get(f"/hand-over/{row.pk}/review/").content.decode()
    assert NOBODY not in world.client("head").get("/hand-over/new/").content.decode()


def test_another_account_of_the_same_person_is_no_second_administrator(world: World) -> None:
    client, minister = world.client("minister"), world.people["minister"]
    second = demo.person("minister2", "秦司长", 191)
    demo.mandate(second, world.ministry, "ministry.head")
    new = f"/hand-over/new/?organisation={world.bureau.pk}"
    assert NOBODY not in client.get(new).content.decode()
    apps.get_model("realname.FormerDocument").keep(minister.person, account_id=second.pk)
    assert NOBODY in client.get(new).content.decode()


STUCK, SHOW = "/hand-over/stuck/", "/departments/{}/"


def without_mandates(world: World, *roles: str) -> None:
    """Nobody holds these posts any more."""
    Mandate.objects.filter(role__in=roles).update(withdrawn_at=clock.now())


def test_the_ministry_gives_a_department_without_anybody_its_administrator(world: World) -> None:
    """The work lies with the clerks, whom nobody there can authorise: the button begins the hand-over, and it goes through."""
    world.profile()
    world.application("recommend")
    without_mandates(world, "department.head", "department.clerk")
    client, new = world.client("minister"), f"/hand-over/new/?organisation={world.bureau.pk}"
    page = client.get(STUCK).content.decode()
    assert f'href="{new}"' in page
    assert "请这个单位的管理员给人授权" not in page
    answer = client.post(new, typed(world, leaver=""))
    assert answer["Location"] == f"/hand-over/{HandOver.objects.get().pk}/"


def test_where_a_department_has_its_administrator_they_authorise_the_clerk(world: World) -> None:
    world.profile()
    world.application("recommend")
    without_mandates(world, "department.clerk")
    page = world.client("minister").get(STUCK).content.decode()
    assert "请这个单位的管理员给人授权" in page
    assert "指定接任人" not in page
    assert 'href="/authorisation/new/"' in world.client("head").get(STUCK).content.decode()


def test_who_cannot_appoint_reads_who_does(world: World) -> None:
    """The department above has no button for the one below, and the ministry's clerks have none at all."""
    world.profile()
    world.application("recommend")
    above = world.bureau.parent
    assert above is not None
    province = demo.person("province", "骆厅长", 192)
    demo.mandate(province, above, "department.head")
    world.people["province"] = province
    Mandate.objects.filter(organisation=world.bureau).update(withdrawn_at=clock.now())
    for who in ("province", "minister_clerk"):
        page = world.client(who).get(STUCK).content.decode()
        assert "这个单位没有管理员，由外国专家服务司指定" in page, who
        assert "指定接任人" not in page, who


def test_the_page_of_a_department_leads_to_its_hand_over_for_the_ministry_alone(world: World) -> None:
    """Also where nothing is stuck: founded a moment ago, or its administrator cannot be reached."""
    show, new = SHOW.format(world.bureau.pk), f"/hand-over/new/?organisation={world.bureau.pk}"
    ministry = world.client("minister")
    assert f'href="{new}"' in ministry.get(show).content.decode()
    assert world.people["head"].person.name in ministry.get(new).content.decode()
    assert "/departments/" in ministry.get("/hand-over/new/", follow=True).content.decode()
    for who in ("minister_clerk", "head", "admin"):
        assert "/hand-over/new/?" not in world.client(who).get(show).content.decode(), who


LEFT = "授权已经收回或到期"


def test_what_lies_with_a_lead_who_left_is_listed_with_the_button_that_mends_it(world: World) -> None:
    """Withdrawn, run out, or the account closed; the unit alone sees its draft. Once another leads it, it is gone."""
    row, client = world.application(), world.client("admin")
    assert LEFT not in client.get(STUCK).content.decode()
    held = Mandate.objects.filter(account=world.people["lead"])
    for lost in ({"withdrawn_at": clock.now()}, {"withdrawn_at": None, "valid_until": clock.now()}):
        held.update(**lost)
        page = client.get(STUCK).content.decode()
        assert LEFT in page
        assert row.title in page
    button = f"/assignment/?lead=lapsed&amp;q={row.number}"
    assert f'href="{button}"' in page
    for who in ("minister", "head", "other_admin"):
        assert row.title not in world.client(who).get(STUCK).content.decode(), who
    there = button.replace("&amp;", "&")
    assert row.title in client.get(there).content.decode()
    client.post(there, {"project": f"{row.pk}:{row.lead_id}", "lead": str(world.people["lead2"].pk)})
    assert LEFT not in client.get(STUCK).content.decode()
    assert row.title not in client.get(there).content.decode()


def test_the_department_and_the_ministry_see_what_was_sent_back_to_a_lead_who_left(world: World) -> None:
    world.profile()
    row = world.application("more")
    without_mandates(world, "projects.lead")
    for who in ("head", "minister"):
        page = world.client(who).get(STUCK).content.decode()
        assert row.title in page, who
        assert "请单位换一位负责人" in page, who
        assert "换负责人</a>" not in page, who


def test_the_report_costs_the_same_with_one_lead_who_left_and_thirty(world: World) -> None:
    row, client, counts = world.application(), world.client("admin"), []
    without_mandates(world, "projects.lead")
    item = WorkItem.objects.get(process="applications.application", subject_id=row.pk, closed_at=None)
    for rows in (1, 30):
        for n in range(1, rows):
            lead = demo.person(f"left{n}", "离任者", 6000 + n)
            row.pk, row.number, row.token, row.lead = None, f"SB-{n}", f"t{n}", lead
            row.save(force_insert=True)
            item.pk, item.subject_id, item.account = None, row.pk, lead
            item.save(force_insert=True)
        client.get(STUCK)
        with CaptureQueriesContext(connection) as found:
            body = client.get(STUCK).content.decode()
        assert body.count(LEFT) == min(rows, 20)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 9


def test_after_one_that_came_to_nothing_one_begins_again(world: World) -> None:
    row = handed_in(world, clock.today() + dt.timedelta(days=1))
    address = f"/hand-over/{row.pk}/"
    head, again = world.client("head"), f"/hand-over/new/?again={row.pk}&amp;organisation={world.bureau.pk}"
    assert "?again=" not in head.get(address).content.decode()  # it is under way
    actions.decide(actor=world.actor("minister"), row=row, name="confirm", note="", version=None)
    Person.objects.filter(account=world.people["nobody"]).update(real_name="failed")
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        actions.execute_due()
    assert again in head.get(address).content.decode()
    form = head.get(again.replace("&amp;", "&")).content.decode()
    assert "轮岗" in form
    assert "韩叙" not in form  # they could not receive it
    answer = head.post("/hand-over/new/", {**typed(world), "name": "王清越", "sought": demo.resident_id(110)})
    assert answer.status_code in (302, 422)
    for who in ("minister", "head"):
        assert again in world.client(who).get(address).content.decode()
        assert world.client(who).get(again.replace("&amp;", "&")).status_code == 200
    assert "?again=" not in world.client("minister_clerk").get(address).content.decode()
    # of another department nothing is shown
    other = world.client("other_clerk").get(again.replace("&amp;", "&")).content.decode()
    assert "轮岗" not in other


@pytest.mark.parametrize("name", ["decline", "withdraw"])
def test_begun_again_the_successors_name_stands_there_already(world: World, name: str) -> None:
    row = handed_in(world)
    asker, way = ("minister", "decline") if name == "decline" else ("clerk", "withdraw")
    actions.decide(actor=world.actor(asker), row=row, name=way, note="公函不清楚", version=None)
    form = world.client("clerk").get(f"/hand-over/new/?again={row.pk}").content.decode()
    assert 'value="韩叙"' in form
    assert B_NUMBER not in form


def test_the_only_administrator_of_a_unit_is_told_the_way_out(world: World) -> None:
    """C2: nobody passes their own post on; a second administrator is authorised first."""
    note, button = "您是唯一的单位管理员", 'href="/authorisation/new/"'
    page = world.client("admin").get("/hand-over/new/").content.decode()
    assert note not in page  # there are two
    Mandate.objects.filter(account=world.people["admin2"]).update(withdrawn_at=clock.now())
    page = world.client("admin").get("/hand-over/new/").content.decode()
    assert (note in page, button in page) == (True, True)
    given = typed(world, leaver=str(world.people["admin"].pk))
    refused = world.client("admin").post("/hand-over/new/", given)
    assert refused.status_code == 422
    assert refused.content.decode().count(note) >= 2
    assert not HandOver.objects.exists()


def test_a_unit_that_withdrew_begins_again_but_not_whoever_leaves(world: World) -> None:
    row = asked_for(world, who="admin2", leaver="admin")
    actions.decide(actor=world.actor("admin2"), row=row, name="withdraw", note="", version=None)
    address = f"/hand-over/{row.pk}/"
    assert "?again=" in world.client("admin2").get(address).content.decode()
    assert "?again=" not in world.client("admin").get(address).content.decode()
