"""The public tree, and the ministry's pages about it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.kernel import clock
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.departments import queries
from waizhuan.projects.departments.models import DepartmentChange

pytestmark = pytest.mark.django_db
LIST = "/departments/"


def typed(**changes: str) -> dict[str, str]:
    given = {
        "name": "汐州市科学技术局", "division": "330100", "public_phone": "12345", "public_hours": "工作日",
        "address": "", "effective_on": clock.today().isoformat(), "reason": "文号", "seen": "0",
    }  # fmt: skip
    return given | changes


def test_everybody_reads_the_tree_by_kinds(world: World, client: Client) -> None:
    page = client.get(LIST).content.decode()
    for text in (
        "省级",
        "副省级城市",
        "兵团",
        "部委与中央单位",
        "汐州市外国专家局",
        "工作日 9:00 – 17:30",
        "0500-88001201",
    ):
        assert text in page
    assert "新设归口单位" not in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ({"q": "澄湖"}, "澄湖市外国专家局", "汐州市外国专家局"),
        ({"q": "450100"}, "南浦市外国专家局", "江海省外国专家局"),
        ({"q": "88001201"}, "汐州市外国专家局", "澄湖市外国专家局"),
        ({"kind": "central"}, "教育部国际合作与交流司", "江海省外国专家局"),
        ({"q": "没有这个"}, "没有符合的归口单位", "江海省外国专家局"),
    ],
)
def test_the_tree_is_looked_through(world: World, client: Client, query: dict[str, str], there: str, gone: str) -> None:
    page = client.get(LIST, query).content.decode()
    assert there in page
    assert gone not in page


def test_the_tree_as_it_was_on_a_day(world: World, client: Client) -> None:
    minister = world.client("minister")
    minister.post(f"/departments/{world.bureau.pk}/edit/", typed())
    yesterday = clock.today() - dt.timedelta(days=1)
    assert "汐州市科学技术局" in client.get(LIST).content.decode()
    page = client.get(LIST, {"on": yesterday.isoformat()}).content.decode()
    assert "汐州市外国专家局" in page
    assert "汐州市科学技术局" not in page


def test_what_is_planned_is_not_public_before_its_day(world: World, client: Client) -> None:
    """Neither in the tree of a day to come nor in the department's history; nor what was planned and failed."""
    minister, coming = world.client("minister"), clock.today() + dt.timedelta(days=10)
    url, names = f"/departments/{world.bureau.pk}/", ("还没有公布的新名称", "没有成的新名称")
    for name in names:
        seen = str(queries.newest_change(world.bureau.pk))
        minister.post(url + "edit/", typed(name=name, effective_on=coming.isoformat(), seen=seen))
    DepartmentChange.objects.filter(values__name=names[1]).update(state="failed")
    there = minister.get(LIST, {"on": coming.isoformat()})
    assert (there.status_code, names[0] in there.content.decode()) == (200, True)
    history = minister.get(url).content.decode()
    assert all(name in history for name in names)
    for who in (client, world.client("head"), world.client("admin")):
        answer = who.get(LIST, {"on": coming.isoformat()})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "只能看今天和以前的归口单位" in page
        assert "汐州市外国专家局" in page  # today's
        assert names[0] not in page
        history = who.get(url).content.decode()
        assert not any(name in history for name in names)


def test_four_hundred_departments_cost_as_many_queries_as_ten(world: World, client: Client) -> None:
    def cost(path: str, who: Client) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert who.get(path).status_code == 200
        return len(asked)

    minister = world.client("minister")
    paths = [LIST, LIST + "?q=市", LIST + "?on=2020-01-01", f"/departments/{world.bureau.pk}/"]
    before = [cost(p, who) for p in paths for who in (client, minister)]
    root = world.offices["江海省外国专家局"]
    for n in range(400):
        demo.organisation("department", f"第{n}市外国专家局", tier="city", division="330100", parent=root)
    after = [cost(p, who) for p in paths for who in (client, minister)]
    assert after == before
    assert max(after) <= 12


def test_the_ministry_changes_a_department_and_its_history_is_shown(world: World, client: Client) -> None:
    minister, url = world.client("minister"), f"/departments/{world.bureau.pk}/"
    assert "改名称" in minister.get(url).content.decode()
    answer = minister.post(url + "edit/", typed(reason="外专发〔2026〕12号"), follow=True).content.decode()
    for text in ("汐州市科学技术局", "汐州市外国专家局", "外专发〔2026〕12号", "已生效"):
        assert text in answer
    public = client.get(url).content.decode()
    assert "汐州市外国专家局" in public
    assert demo.person_name(11) not in public  # whoever typed it
    assert "改名称" not in public


def test_a_new_department_is_offered_at_once(world: World) -> None:
    minister = world.client("minister")
    given = typed(
        name="新河市外国专家局", division="330300", tier="city", parent=str(world.offices["江海省外国专家局"].pk)
    )
    answer = minister.post("/departments/new/", given, follow=True)
    assert answer.status_code == 200
    assert "新河市外国专家局" in world.client("admin").get("/unit/department/", {
        "kind": "city", "root": str(world.offices["江海省外国专家局"].pk)}).content.decode()  # fmt: skip


def test_a_planned_change_is_listed_and_dropped(world: World) -> None:
    minister = world.client("minister")
    later = (clock.today() + dt.timedelta(days=9)).isoformat()
    minister.post(f"/departments/{world.bureau.pk}/edit/", typed(effective_on=later))
    page = minister.get("/departments/changes/").content.decode()
    assert "到日子生效" in page
    change = DepartmentChange.objects.get()
    assert "已取消" in minister.post("/departments/changes/", {"drop": str(change.pk)}, follow=True).content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(world: World) -> None:
    answer = world.client("minister").post("/departments/new/", typed(name="", reason="", tier="", address="路 1 号"))
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in ("请填写单位全称", "请填写依据的文号", "请选择类别", "路 1 号"):
        assert text in page


@pytest.mark.parametrize("who", ["minister_clerk", "head", "admin", "lead"])
@pytest.mark.parametrize("path", ["new/", "changes/", "1/edit/"])
def test_nobody_else_finds_the_ministrys_pages(world: World, who: str, path: str) -> None:
    assert world.client(who).get("/departments/" + path).status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_a_page(world: World, client: Client, text: str) -> None:
    minister, url = world.client("minister"), f"/departments/{world.bureau.pk}/edit/"
    for name in ("name", "division", "public_phone", "address", "effective_on", "reason", "seen"):
        assert minister.post(url, typed(**{name: text})).status_code in (302, 422)
    for name in ("tier", "parent"):
        assert minister.post("/departments/new/", typed(**{name: text})).status_code in (302, 422)
    for name in ("q", "kind", "on"):
        assert client.get(LIST, {name: text}).status_code in (200, 422)
    assert minister.post("/departments/changes/", {"drop": text}).status_code == 404
