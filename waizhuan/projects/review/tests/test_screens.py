"""The page on which the unit, the department and the ministry decide."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.projects.applications.models import Application
from waizhuan.projects.calls.models import Call
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.projects.review import queries
from waizhuan.projects.review.jobs import write_letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


def case(made: Application) -> str:
    return reverse("review.case", args=[made.pk])


def test_whom_it_does_not_concern_sees_nothing(ready: World) -> None:
    made = ready.application("recommend")
    for who in ("lead", "other_admin", "other_clerk", "nobody"):
        assert ready.client(who).get(case(made)).status_code == 404, who
        assert ready.client(who).post(case(made), {"transition": "recommend", "version": "3"}).status_code == 404, who
    assert ready.client("clerk").get(reverse("review.case", args=[10**25])).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "minister_clerk"])
def test_what_lies_with_the_unit_is_the_units(ready: World, who: str) -> None:
    assert ready.client(who).get(case(ready.application("unit_confirm"))).status_code == 404


def test_from_the_units_word_to_the_approval(ready: World) -> None:
    made = ready.application("unit_confirm")
    steps = [
        ("admin", "confirm", ""),
        ("head", "recommend", "支持"),
        ("minister_clerk", "pass_check", ""),
        ("minister", "approve", ""),
    ]
    for who, name, note in steps:
        made.refresh_from_db()
        client = ready.client(who)
        page = client.get(case(made)).content.decode()
        assert page.count("btn btn-primary") == 1
        answer = client.post(case(made), {"transition": name, "version": str(made.version), "note": note, "rank": "1"})
        assert answer["Location"] == reverse("review.done", args=[made.pk])
        assert client.get(answer["Location"]).status_code == 200
    write_letters()
    for who in ("lead", "admin", "head", "minister"):
        assert ready.client(who).get(reverse("review.letter", args=[made.pk])).content.startswith(b"%PDF")
    assert ready.client("other_admin").get(reverse("review.letter", args=[made.pk])).status_code == 404


def test_rank_and_opinion_are_asked_for_and_kept(ready: World) -> None:
    made = ready.application("recommend")
    answer = ready.client("head").post(
        case(made), {"transition": "recommend", "version": str(made.version), "rank": "drei", "note": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写推荐名次" in page
    assert "请填写推荐意见" in page
    assert 'value="drei"' in page
    assert "通过时可以不写" not in page
    assert "可以不填" not in page.split('id="decision"')[1].split("</form>")[0]


@pytest.mark.parametrize(
    ("state", "who", "hint"),
    [
        ("unit_confirm", "admin", "“退回修改”、“撤销申报”：要写理由；“确认并上报”：可以不写。写的内容申报人会看到。"),
        ("recommend", "clerk", "推荐时写推荐意见；“退回修改”、“不推荐”：要写理由。写的内容申报人会看到。"),
        ("recommend", "admin", "“撤销申报”：要写理由。写的内容申报人会看到。"),
        (
            "ministry_check",
            "minister_clerk",
            "“请单位补充”、“审查不通过”：要写理由；“审查通过”：可以不写。写的内容申报人会看到。",
        ),
        (
            "decision",
            "minister",
            "“退回形式审查”、“不批准”：要写理由；“批准”：可以不写。写的内容申报人会看到，“退回形式审查”的除外。",
        ),
    ],
)
def test_the_hint_speaks_of_the_buttons_of_the_page(ready: World, state: str, who: str, hint: str) -> None:
    made = ready.application(state)
    page = ready.client(who).get(case(made)).content.decode()
    assert hint in page
    assert page.split('<p class="wz-decide-info">')[1].split("</p>")[0].count("理由") == 0


def test_what_can_no_longer_be_pressed_is_not_in_the_hint(ready: World) -> None:
    made = ready.application("ministry_check")
    Application.objects.filter(pk=made.pk).update(asked_for_more=True)
    assert "“审查不通过”：要写理由" in ready.client("minister_clerk").get(case(made)).content.decode()


def test_what_goes_back_to_the_formal_check_is_not_told_to_the_unit(ready: World) -> None:
    made = ready.application("decision")
    given = {"transition": "return_to_check", "version": str(made.version), "note": "经费表再核一次"}
    done = ready.client("minister").post(case(made), given, follow=True).content.decode()
    assert "申报人已经收到消息" not in done
    assert "经费表再核一次" not in ready.client("admin").get(case(made)).content.decode()
    for who in ("clerk", "minister_clerk"):
        assert "经费表再核一次" in ready.client(who).get(case(made)).content.decode()


def test_the_second_reads_who_decided(ready: World) -> None:
    made = ready.application("recommend")
    given = {"version": str(made.version), "rank": "1", "note": "支持"}
    assert ready.client("clerk").post(case(made), given | {"transition": "recommend"}).status_code == 302
    answer = ready.client("clerk2").post(case(made), given | {"transition": "not_recommend"})
    assert answer.status_code == 409
    assert ready.people["clerk"].person.name in answer.content.decode()


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_sent_is_no_fault(ready: World, value: str) -> None:
    made = ready.application("recommend")
    good = {"transition": "return_by_department", "version": str(made.version), "rank": "1", "note": ""}
    for name in good:
        assert ready.client("head").post(case(made), good | {name: value}).status_code < 500, name


@pytest.mark.parametrize("state", ["unit_confirm", "recommend", "ministry_check", "decision", "approved", "declined"])
def test_what_its_buttons_depend_on_is_read_with_it(ready: World, state: str) -> None:
    """No column that a guard reads is fetched by itself, whoever reads, with and without a lead."""
    made = ready.application(state)
    for who in ("admin", "head", "minister_clerk", "minister"):
        client = ready.client(who)
        for lead in (made.lead_id, None):
            Application.objects.filter(pk=made.pk).update(lead=lead)
            for page in (case(made), case(made) + "done/"):
                with CaptureQueriesContext(connection) as found:
                    client.get(page)
                asked = [q["sql"] for q in found.captured_queries]
                assert sum('FROM "applications_application"' in s for s in asked) <= 1, asked
                assert not [s for s in asked if 'FROM "calls_' in s], asked


def test_ranked_are_those_of_the_department_in_the_call(ready: World) -> None:
    """What is written by hand is what the queryset says: not the case itself, nor what has no rank, nor other offices'."""
    made = ready.application("recommend", 1)
    ranked = [ready.application("ministry_check", n) for n in (2, 3, 4, 5)]
    Application.objects.update(rank=None)
    for n, row in enumerate(ranked):
        Application.objects.filter(pk=row.pk).update(rank=4 - n)
    Application.objects.filter(pk=ranked[3].pk).update(department=ready.offices["江海省外国专家局"])
    Application.objects.filter(pk=ranked[2].pk).update(call=Call.objects.exclude(pk=made.call_id)[0])
    Application.objects.filter(pk=made.pk).update(rank=1)
    rows = Application.objects.filter(call=made.call_id, department=made.department_id, rank__isnull=False)
    wanted = rows.exclude(pk=made.pk).order_by("rank").values_list("rank", "title", "unit__name")
    found = queries.ranked(made)
    assert [(r.rank, r.title, r.unit) for r in found] == list(wanted)
    assert [r.rank for r in found] == [3, 4]
    assert queries.next_free_rank(found) == 5
    assert len(queries.ranked(made, at_most=1)) == 1


def test_it_costs_the_same_with_1_and_30_ranked_before(ready: World) -> None:
    other, made = ready.application("ministry_check", 5), ready.application("recommend", 1)
    client = ready.client("head")
    counts = []
    for rows in (1, 30):
        for n in range(Application.objects.exclude(rank=None).count(), rows):
            other.pk, other.number, other.token, other.rank = None, f"SB-{n}", f"t{n}", 100 + n
            other.save(force_insert=True)
        client.get(case(made))
        with CaptureQueriesContext(connection) as found:
            assert client.get(case(made)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14
