"""The pages: what is refused, what is lost (nothing), what strangers see (404), how many queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from waizhuan.identity import demo
from waizhuan.projects.entry import demo as entry_demo
from waizhuan.projects.unit_changes import actions
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.projects.unit_changes.tests.conftest import World, picture
from waizhuan.shared.refdata.phones import show_phone

Ask = Callable[..., UnitChange]
QUERIES = 14  # session, actor and shell take six of them
GIVEN = {
    "kind": "city",
    "address": "科技大道 8 号",
    "postcode": "310000",
    "contact_name": "某人",
    "contact_phone": "0571-88881204",
    "contact_email": "office@example.org",
    "field": "海洋工程、材料科学",
    "introduction": "简介",
}


def typed(world: World, **more: str) -> dict[str, str]:
    return {**GIVEN, "root": str(world.province.pk), "city": str(world.city.pk), **more}


def test_the_form_says_at_each_field_what_it_takes(world: World) -> None:
    body = world.client("admin").get("/unit/changes/new/").content.decode()
    for sentence in (
        "填了就生效，不用审核",
        "由归口单位审核",
        "先由归口单位审核，再由外国专家服务司批准",
        "单位改名了",
    ):
        assert sentence in body
    assert not UnitChange.objects.exists()  # looking makes nothing


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(world: World) -> None:
    answer = world.client("admin").post("/unit/changes/new/", typed(world, address="滨江路 9 号", submit="1"))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明为什么要改" in body
    assert '<a href="#file">请上传依据' in body
    assert 'id="file-error"' in body
    assert "滨江路 9 号" in body
    assert UnitChange.objects.get().state == "draft"


def test_handing_in_and_deciding_by_hand(world: World) -> None:
    unit = world.client("admin")
    page = unit.post("/unit/changes/new/", {**typed(world, address="滨江路 9 号", upload="1"), "file": picture()})
    assert page.status_code == 302
    sent = unit.post(page["Location"], typed(world, address="滨江路 9 号", why="搬家", submit="1"))
    change = UnitChange.objects.get()
    assert sent["Location"] == f"/unit/changes/{change.pk}/"
    case = unit.get(sent["Location"]).content.decode()
    assert "汐州市外国专家局" in case
    assert "科技大道 8 号" in case
    assert "同意转出" not in case  # no department changes
    assert "报外国专家服务司批准" not in case
    review = world.client("city").get(f"/unit/changes/{change.pk}/review/").content.decode()
    assert "滨江路 9 号" in review
    world.client("city").post(
        f"/unit/changes/{change.pk}/review/", {"transition": "agree", "version": change.version, "note": ""}
    )
    assert "已更新" in unit.get(sent["Location"]).content.decode()


def test_who_agrees_to_let_a_unit_go_reads_who_reads_the_reason(world: World, request_for: Ask) -> None:
    change = request_for(department=str(world.province.pk))
    page = world.client("city").get(f"/unit/changes/{change.pk}/review/").content.decode()
    assert (
        "“不同意，请司里决定”、“请单位补充”：要写理由；“同意转出”：可以不写。写的内容申请单位和接着办理的机关会看到。"
        in page
    )
    change = request_for(address="滨江路 9 号")
    page = world.client("city").get(f"/unit/changes/{change.pk}/review/").content.decode()
    assert "“请单位补充”、“不通过”：要写理由；“通过”：可以不写。写的内容申请单位会看到。" in page


def test_an_incomplete_choice_of_department_is_said_at_its_field(world: World) -> None:
    answer = world.client("admin").post("/unit/changes/new/", typed(world, city="", submit="1"))
    assert answer.status_code == 422
    assert "请选完归口单位" in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "O'Brien", "𠮷野家路", "买买提·吐尔逊", "'; drop table--", "a" * 5000, "x\x00y"],
)
def test_nothing_that_is_typed_makes_a_500(world: World, text: str) -> None:
    answer = world.client("admin").post("/unit/changes/new/", typed(world, address=text, why=text, submit="1"))
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("path", ["", "edit/", "review/"])
def test_other_units_and_other_departments_find_nothing(world: World, request_for: Ask, path: str) -> None:
    change = request_for(address="滨江路 9 号")
    other = demo.unit("songling", "松岭农业科学院", 1001)
    stranger = demo.person("stranger", "陌生人", 50)
    demo.mandate(stranger, other, "unit.admin")
    client = Client()
    client.force_login(stranger)
    assert client.get(f"/unit/changes/{change.pk}/{path}").status_code == 404
    assert world.client("province").get(f"/unit/changes/{change.pk}/review/").status_code == 404
    assert client.get(f"/unit/changes/99999999999999999/{path}").status_code == 404


def test_evidence_is_seen_by_who_decides_and_by_nobody_else(world: World, request_for: Ask) -> None:
    document = request_for(address="滨江路 9 号").documents.get().document_id
    assert world.client("city").get(f"/documents/{document}/").status_code == 200
    assert world.client("ministry").get(f"/documents/{document}/").status_code == 200
    assert world.client("province").get(f"/documents/{document}/").status_code == 404


def test_two_decide_at_once_and_the_second_is_told(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    second = demo.person("city2", "孙清和", 60)
    demo.mandate(second, world.city, "department.clerk")
    other = Client()
    other.force_login(second)
    url = f"/unit/changes/{change.pk}/review/"
    posted = {"transition": "agree", "version": change.version, "note": ""}
    assert world.client("city").post(url, posted).status_code == 302
    late = other.post(url, posted)
    assert late.status_code == 409
    assert "已经有人办了" in late.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_with_one_row_and_thirty(
    world: World, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    actor = world.actor("admin")
    for n in range(count):
        change = actions.draft_for(actor)
        actions.save(actor=actor, change=change, given={"postcode": f"32{n:04d}"}, why="")
        actions.submit(actor=actor, change=change, version=None)
    client = world.client("admin")
    with django_assert_max_num_queries(8):
        body = client.get("/unit/changes/").content.decode()
    assert body.count("已更新") == min(count, 20)


def test_the_review_page_costs_a_fixed_number(
    world: World, request_for: Ask, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    change = request_for(address="滨江路 9 号", field="深海", department=str(world.province.pk))
    client = world.client("city")
    with django_assert_max_num_queries(QUERIES):
        assert client.get(f"/unit/changes/{change.pk}/review/").status_code == 200


def test_a_draft_profile_shows_the_way_instead(world: World) -> None:
    other = demo.unit("songling", "松岭农业科学院", 1001)
    admin = demo.person("admin2", "某某", 51)
    demo.mandate(admin, other, "unit.admin")
    entry_demo.profile(other, admin, world.city, world.actor("city"), state="review")
    client = Client()
    client.force_login(admin)
    body = client.get("/unit/changes/new/").content.decode()
    assert "单位信息正在审核" in body
    assert "看审核进度" in body


def seen_in(body: str) -> str:
    return body.split('name="seen" value="')[1].split('"')[0].replace("&#x27;", "'")


def test_two_administrators_do_not_overwrite_each_other(world: World) -> None:
    one, other = world.client("admin"), world.client("admin")
    for browser in (one, other):  # both open the empty form
        assert seen_in(browser.get("/unit/changes/new/").content.decode()) == ""
    first = one.post("/unit/changes/new/", typed(world, address="滨江路 9 号", why="搬家", save="1", seen=""))
    assert first.status_code == 200
    change = UnitChange.objects.get()
    where = f"/unit/changes/{change.pk}/edit/"
    late = other.post("/unit/changes/new/", typed(world, address="滨江路 10 号", save="1", seen=""))
    body = late.content.decode()
    assert late.status_code == 422
    assert "滨江路 10 号" in body, "what was typed is still there"
    assert "滨江路 9 号" in body, "and so is what the other wrote"
    assert change.fields.get(name="address").after == "滨江路 9 号"
    again = other.post(where, typed(world, address="滨江路 10 号", save="1", seen=seen_in(body)))
    assert again.status_code == 200
    assert change.fields.get(name="address").after == "滨江路 10 号"
    stale = one.post(where, typed(world, address="滨江路 9 号", submit="1", seen=seen_in(first.content.decode())))
    assert stale.status_code == 422
    change.refresh_from_db()
    assert change.state == "draft"


def test_reviewers_see_contact_data_masked_until_they_say_what_for(world: World, request_for: Ask) -> None:
    from waizhuan.shared.audit.api import AuditEntry

    change = request_for(address="滨江路 9 号", contact_phone="0571-88881299")
    city = world.client("city")
    url = f"/unit/changes/{change.pk}/review/"
    full = show_phone(change.fields.get(name="contact_phone").after)
    assert full not in city.get(url).content.decode()
    assert city.post(url, {"reveal": "1", "purpose": " "}).status_code == 422
    assert full in city.post(url, {"reveal": "1", "purpose": "电话核实"}).content.decode()
    assert AuditEntry.objects.filter(verb="unit_changes.reveal").count() == 1
    assert full not in city.get(url).content.decode()
