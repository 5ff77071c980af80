"""The unit's and the lead's pages, as a browser without JavaScript sees them."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.projects.applications.demo import TITLES
from waizhuan.projects.applications.kinds import SECTIONS
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import HOSTILE, World, picture

pytestmark = pytest.mark.django_db
LIST = "applications.list"
MOST = 12


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


def section(application: Application, name: str, screen: str = "applications.section") -> str:
    return reverse(screen, args=[application.pk, name])


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("who", ["admin", "lead", "clerk", "minister_clerk"])
def test_the_list_costs_the_same_with_1_and_30_rows(ready: World, who: str) -> None:
    ready.application("recommend")
    client, path = ready.client(who), reverse(LIST)
    one = queries(client, path)
    first = Application.objects.get()
    for n in range(30):
        first.pk, first.number, first.token, first.title = None, f"SB-{n}", f"t{n}", f"{TITLES[n % 16]} {n}"
        first.save(force_insert=True)
    assert queries(client, path) <= one + 1 <= MOST
    assert 'rel="next"' in client.get(path).content.decode()


def test_whoever_reads_the_application_opens_its_attachments(ready: World) -> None:
    application = ready.application("recommend")
    document = application.attachments.earliest("id").document
    province = ready.bureau.parent
    assert province is not None
    ready.people["province"] = demo.person("province", "许青禾", 195)
    demo.mandate(ready.people["province"], province, "department.clerk")
    for who in ("admin", "lead", "clerk", "province"):
        assert ready.client(who).get(reverse("applications.case", args=[application.pk])).status_code == 200
        assert ready.client(who).get(reverse("documents.view", args=[document.pk])).status_code == 200
    for who in ("other_admin", "other_clerk", "nobody"):
        assert ready.client(who).get(reverse("documents.view", args=[document.pk])).status_code == 404


@pytest.mark.parametrize("name", [*SECTIONS, "submit"])
def test_the_pages_of_the_form_cost_the_same_with_1_and_30_experts(ready: World, name: str) -> None:
    from waizhuan.projects.applications.demo import fill

    made = ready.application("draft")
    fill(made, ready.actor("lead"), 0, experts=1)
    client = ready.client("lead")
    path = section(made, name) if name != "submit" else reverse("applications.submit", args=[made.pk])
    one = queries(client, path)
    fill(made, ready.actor("lead"), 0, experts=29)
    assert queries(client, path) <= one <= MOST


@pytest.mark.parametrize(
    "screen", ["applications.case", "applications.submit", "applications.submitted", "applications.pdf"]
)
def test_other_units_data_is_not_there(ready: World, screen: str) -> None:
    made = ready.application("draft")
    for who in ("other_admin", "other_lead", "lead2", "clerk", "minister", "nobody"):
        assert ready.client(who).get(reverse(screen, args=[made.pk])).status_code == 404, who
    assert ready.client("lead").get(reverse(screen, args=[10**25])).status_code == 404


@pytest.mark.parametrize("name", SECTIONS)
def test_other_units_forms_are_not_there(ready: World, name: str) -> None:
    made = ready.application("draft")
    for who in ("other_admin", "lead2", "clerk", "nobody"):
        assert ready.client(who).get(section(made, name)).status_code == 404
        assert ready.client(who).post(section(made, name), {"title": "x"}).status_code == 404
        assert (
            ready.client(who).post(section(made, name, "applications.autosave"), {"touched": "title"}).status_code
            == 404
        )
    assert ready.client("lead").get(section(made, "nonsense")).status_code == 404


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_typed_is_kept_and_no_fault(ready: World, value: str) -> None:
    made = ready.application("draft")
    client = ready.client("lead")
    for name in ("basic", "performance", "funding"):
        fields = [n for n in _names(client, section(made, name)) if n not in ("csrfmiddlewaretoken", "do")]
        answer = client.post(section(made, name), {**dict.fromkeys(fields, value), "base": "999", "do": "save"})
        assert answer.status_code in (302, 409), name
        assert client.get(section(made, name) + "?check=1").status_code == 200
        assert (
            client.post(section(made, name, "applications.autosave"), {"base": value, "touched": value}).status_code
            == 200
        )
        assert client.post(section(made, name), {"do": value, "base": value}).status_code < 500
    for verb in ("upload", "detach", "remove", "put-back", "add-visit"):
        assert client.post(section(made, "experts"), {"do": f"{verb}:{value}"}).status_code < 500, verb
    assert client.get(reverse("applications.submit", args=[made.pk])).status_code == 200
    assert client.get(reverse("applications.pdf", args=[made.pk])).status_code == 200
    assert client.get(reverse(LIST), {"q": value, "page": value}).status_code == 200


def _names(client: Client, path: str) -> list[str]:
    import re

    return list(dict.fromkeys(re.findall(r'name="([a-z0-9_-]+)"', client.get(path).content.decode().split("<main")[1])))


def test_on_a_phone_each_amount_has_its_name_and_its_limit(ready: World) -> None:
    from waizhuan.projects.applications.demo import fill

    made = ready.application("draft")
    fill(made, ready.actor("lead"), 0, experts=1)
    page = ready.client("lead").get(section(made, "funding")).content.decode()
    cells = re.findall(r'<label class="wz-cell-label"[^>]*>([^<]+)(?:<small>至多 ([\d,]+)</small>)?</label>', page)
    assert [bool(limit) for _, limit in cells[:5]] == [True, True, True, True, False], (
        "the rest has no limit of its own"
    )
    assert cells[0][0] == "国际旅费"
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.findall(r'wz-cell-label" aria-hidden="true">([^<]+)<', foot) == [*(name for name, _ in cells[:5]), "合计"]


def test_what_cannot_be_read_stays_on_the_screen(ready: World) -> None:
    made = ready.application("draft")
    client = ready.client("lead")
    client.post(section(made, "basic"), {"starts_on": "übermorgen", "contact_phone": "12", "base": "999", "do": "save"})
    page = client.get(section(made, "basic")).content.decode()
    assert 'value="übermorgen"' in page
    assert "没有这一天" in page
    assert "这不是电话号码" in page


def test_an_expired_session_loses_nothing_without_scripts(ready: World) -> None:
    """The form goes off, meets the sign-in page, and is there again afterwards; once, and only on its own page."""
    made = ready.application("draft")
    client = Client()
    answer = client.post(section(made, "basic"), {"summary": "过期后写的 𠮷", "base": "1", "do": "next"})
    assert answer.status_code == 302
    assert section(made, "basic") in answer["Location"].replace("%2F", "/")
    client.force_login(ready.people["lead"])
    assert "过期后写的" not in client.get(section(made, "performance")).content.decode()
    assert "过期后写的 𠮷" in client.get(section(made, "basic")).content.decode()
    assert made.sections.get(name="basic").version > 1


def test_what_a_stranger_left_is_nobodys_without_the_right(ready: World) -> None:
    made = ready.application("draft")
    client = Client()
    client.post(section(made, "basic"), {"summary": "外人写的", "base": "1"})
    client.force_login(ready.people["other_admin"])
    assert client.get(section(made, "basic")).status_code == 404


def test_autosave_says_when_what_and_what_others_wrote(ready: World) -> None:
    made = ready.application("draft")
    save = section(made, "basic", "applications.autosave")
    base = str(made.sections.get(name="basic").version)
    ready.client("admin").post(save, {"contact_name": "甲", "touched": "contact_name", "base": base})
    told = ready.client("lead").post(save, {"ends_on": "x", "touched": "ends_on", "base": base}).json()
    assert told["theirs"]["contact_name"] == "甲"
    assert "没有这一天" in told["errors"]["ends_on"]
    assert told["at"][2] == ":"
    assert told["marks"]["basic"]["shape"] == "bad"
    told = ready.client("lead").post(save, {"contact_name": "乙", "touched": "contact_name", "base": base}).json()
    assert told["clashes"] == [{"name": "contact_name", "theirs": "甲"}]


def test_autosave_after_handing_in_says_so(ready: World) -> None:
    made = ready.application("unit_confirm")
    answer = ready.client("lead").post(
        section(made, "basic", "applications.autosave"), {"title": "x", "touched": "title"}
    )
    assert answer.status_code == 409
    assert "已经提交" in answer.json()["reason"]


def test_a_file_goes_up_at_once_and_a_bad_one_says_why(ready: World) -> None:
    made = ready.application("draft")
    client = ready.client("lead")
    client.post(section(made, "attachments"), {"do": "upload:cv", "file-cv": picture("简历 𠮷.png")})
    assert "简历 𠮷.png" in client.get(section(made, "attachments")).content.decode()
    for upload in (None, SimpleUploadedFile("x.png", b"this is no picture")):
        answer = client.post(
            section(made, "attachments"), {"do": "upload:cv"} | ({"file-cv": upload} if upload else {})
        )
        assert answer.status_code == 422
        assert "处要改" in answer.content.decode()


def test_all_that_is_missing_each_with_its_link(ready: World) -> None:
    made = ready.application("empty")
    client = ready.client("lead")
    page = client.get(reverse("applications.submit", args=[made.pk])).content.decode()
    for name in ("area", "starts_on", "summary"):
        assert f"{section(made, 'basic')}?check=1#id_{name}" in page
    assert "还没有上传：合作协议或邀请函" in page
    assert (
        client.post(reverse("applications.submit", args=[made.pk]), {"version": str(made.version)}).status_code == 422
    )


def test_handing_in_twice_hands_in_once(ready: World) -> None:
    from waizhuan.projects.applications.demo import fill

    made = ready.application("draft")
    fill(made, ready.actor("lead"), 0)
    made.refresh_from_db()
    client, path = ready.client("lead"), reverse("applications.submit", args=[made.pk])
    for _ in range(2):
        answer = client.post(path, {"version": str(made.version)})
        assert answer["Location"] == reverse("applications.submitted", args=[made.pk])
    assert "云溪理工大学" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("value", HOSTILE)
def test_beginning_one_survives_anything(ready: World, value: str) -> None:
    good = {"token": "t" * 32, "call": str(ready.call.pk), "title": "题目", "lead": str(ready.people["lead"].pk)}
    client = ready.client("admin")
    for name in good:
        assert client.post(reverse("applications.new"), good | {name: value}).status_code in (200, 302, 422), name


# ---------------------------------------------------------------- the empty list (F4)


def test_a_lead_without_projects_reads_why_and_asks_f4(ready: World) -> None:
    client = ready.client("lead")
    page = client.get(reverse(LIST)).content.decode()
    assert "还没有把项目分配给您" in page
    for fine in ("您已经通过实名认证", "云溪理工大学已经授权您", "单位信息已经审核通过"):
        assert fine in page
    assert page.count("btn-primary") == 1
    assert client.post(reverse("assignment.ask")).status_code == 302
    page = client.get(reverse(LIST)).content.decode()
    assert "已经请过单位" in page
    assert "今天已经请过单位" in page


def test_a_person_without_a_unit_reads_what_is_missing_f4(ready: World) -> None:
    page = ready.client("nobody").get(reverse(LIST)).content.decode()
    assert "还没有单位授权您办理" in page
    assert reverse("delegation.ask") in page


def test_a_lead_is_not_sent_where_only_administrators_go(world: World) -> None:
    page = world.client("lead").get(reverse(LIST)).content.decode()
    assert "还没有填写单位信息" in page
    assert reverse("entry.profile") not in page.split("<main")[1]


def test_one_character_is_not_looked_for(ready: World) -> None:
    """It would be looked for in every project there is: the field says so, and the list stays as it is."""
    ready.application("approved", 0)
    client, said = ready.client("minister"), "请至少写两个字"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse(LIST), {"q": "龘"}).content.decode()
    assert said in page
    assert not [q for q in asked.captured_queries if "龘" in q["sql"]]
    assert said not in client.get(reverse(LIST), {"q": "龘龘"}).content.decode()
