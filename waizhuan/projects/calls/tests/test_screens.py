"""申报通知: everybody reads them, the ministry's head writes them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.projects.calls.models import BudgetStandard, Call
from waizhuan.projects.conftest import HOSTILE, World
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db


def typed(**changes: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "year": "2031",
        "label_zh": "银发专家计划",
        "label_en": "Senior Experts",
        "opens_on": "2031-01-10",
        "closes_on": "2031-03-01",
        "max_age": "75",
        "age_on": "2031-01-01",
        "min_days": "7",
        "max_days": "90",
        "min_experts": "1",
        "max_total_fen": "300,000",
        "standard": str(BudgetStandard.objects.get().pk),
        "number_pattern": "Y{year}-{serial:04d}",
        "required_attachments": ["agreement"],
        "recommended_by": "any",
        "version": "0",
    }
    return given | changes


def test_written_read_again_published_extended(world: World) -> None:
    head, stranger = world.client("minister"), Client()
    answer = head.post(reverse("calls.new"), typed())
    call = Call.objects.get(label_zh="银发专家计划")
    shown = reverse("calls.show", args=[call.pk])
    assert answer["Location"] == shown
    assert call.max_total_fen == 300_000_00
    assert stranger.get(shown).status_code == 404  # a draft is the ministry's
    for _ in range(2):
        assert head.post(reverse("calls.publish", args=[call.pk])).status_code == 302
    assert AuditEntry.objects.filter(verb="calls.publish").count() == 1
    assert "银发专家计划" in stranger.get(shown).content.decode()
    edit = reverse("calls.edit", args=[call.pk])
    assert head.get(edit)["Location"] == shown  # its terms stand
    words = {"announcement_zh": "延期一周", "announcement_en": "One more week"}
    extend = reverse("calls.extend", args=[call.pk])
    refused = head.post(extend, {"closes_on": "2031-02-01"} | words)
    assert refused.status_code == 422
    assert 'href="#id_closes_on"' in refused.content.decode()
    assert head.post(extend, {"closes_on": "2031-03-08"} | words).status_code == 302
    assert "延期一周" in stranger.get(shown).content.decode()


def test_every_slip_stands_beside_its_field(world: World) -> None:
    answer = world.client("minister").post(
        reverse("calls.new"), typed(closes_on="2031-01-09", age_on="", number_pattern="{serial.__class__}")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for field in ("closes_on", "age_on", "number_pattern"):
        assert f'href="#id_{field}"' in page, field
    assert not Call.objects.filter(year=2031).exists()


def test_a_category_is_there_once_a_year(world: World) -> None:
    head = world.client("minister")
    head.post(reverse("calls.new"), typed())
    answer = head.post(reverse("calls.new"), typed())
    assert answer.status_code == 422
    assert "这一年已经有同名的类别" in answer.content.decode()


def test_two_who_write_one_draft_hear_of_each_other(world: World) -> None:
    head = world.client("minister")
    head.post(reverse("calls.new"), typed())
    edit = reverse("calls.edit", args=[Call.objects.get(year=2031).pk])
    assert head.post(edit, typed(label_en="One", version="1")).status_code == 302
    assert head.post(edit, typed(label_en="Two", version="1")).status_code == 409
    assert Call.objects.get(year=2031).label_en == "One"


@pytest.mark.parametrize("who", ["admin", "lead", "clerk", "head", "minister_clerk", "nobody"])
def test_nobody_else_writes(world: World, who: str) -> None:
    client = world.client(who)
    for screen, args in (("calls.new", []), ("calls.edit", [world.call.pk]), ("calls.extend", [world.call.pk])):
        assert client.get(reverse(screen, args=args)).status_code == 404
    assert client.post(reverse("calls.publish", args=[world.call.pk])).status_code == 404


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_typed_is_no_fault(world: World, value: str) -> None:
    client = world.client("minister")
    for name in typed():
        assert client.post(reverse("calls.new"), typed(**{name: value})).status_code in (200, 302, 422), name
    for name in ("closes_on", "announcement_zh", "announcement_en"):
        good = {"closes_on": "2040-01-01", "announcement_zh": "x", "announcement_en": "x"}
        assert client.post(reverse("calls.extend", args=[world.call.pk]), good | {name: value}).status_code in (
            302,
            422,
        )
    assert client.get(reverse("calls.list"), {"page": value}).status_code == 200


def test_the_list_costs_the_same_with_1_and_30_rows(world: World) -> None:
    Call.objects.exclude(pk=world.call.pk).delete()
    client, call = world.client("admin"), Call.objects.get()
    counts = []
    for rows in (1, 30):
        for n in range(Call.objects.count(), rows):
            call.pk, call.label_zh = None, f"类别 {n}"
            call.save(force_insert=True)
        client.get(reverse("calls.list"))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("calls.list")).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
