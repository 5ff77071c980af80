"""The ministry's pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.api import Account
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy import loading
from waizhuan.projects.legacy.models import Import, LegacyUnit
from waizhuan.projects.legacy.tests import old_system
from waizhuan.projects.legacy.tests.conftest import checked, file
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db
UNITS = old_system.UNIT_HEAD


@pytest.fixture
def browser(head_account: Account) -> Client:
    client = Client()
    client.force_login(head_account)
    session = client.session
    session["second_factor_at"] = "now"
    session.save()
    return client


def test_upload_check_load(browser: Client) -> None:
    sheet = [UNITS, ["D1", "云溪理工大学", "", ""], ["D2", "", "", ""]]
    answer = browser.post(reverse("legacy.imports"), {"kind": "units", "file": file(old_system.as_csv(sheet))})
    made = Import.objects.get()
    url = reverse("legacy.import", args=[made.pk])
    assert answer["Location"] == url
    assert "已处理 0 行，共 2 行" in browser.get(url).content.decode()
    loading.work(made.pk)
    page = browser.get(url).content.decode()
    assert "检查结果" in page
    assert "请填写单位全称" in page
    assert "导入没有问题的行" in page
    assert LegacyUnit.objects.count() == 0
    browser.post(url, {"do": "load"})
    loading.work(made.pk)
    assert "导入结果" in browser.get(url).content.decode()
    assert LegacyUnit.objects.get().name == "云溪理工大学"


def test_where_no_row_is_wrong_all_are_loaded(browser: Client, head: Actor) -> None:
    made = checked(head, "units", old_system.as_csv([UNITS, ["D1", "云溪理工大学", "", ""]]))
    page = browser.get(reverse("legacy.import", args=[made.pk])).content.decode()
    assert "全部导入" in page
    assert "没有问题的行" not in page


def test_htmx_gets_the_progress_and_then_the_page(browser: Client, head: Actor) -> None:
    browser.post(
        reverse("legacy.imports"), {"kind": "units", "file": file(old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))}
    )
    url = reverse("legacy.import", args=[Import.objects.get().pk])
    part = browser.get(url, headers={"HX-Request": "true"})
    assert b"<progress" in part.content
    assert b"<html" not in part.content
    loading.work(Import.objects.get().pk)
    assert browser.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("data", [b"", b"\xff\x81garbage", "姓名\n张三\n".encode(), b"PK\x03\x04"])
def test_what_cannot_be_read_is_said_beside_the_field(browser: Client, data: bytes) -> None:
    answer = browser.post(reverse("legacy.imports"), {"kind": "accounts", "file": file(data)})
    assert answer.status_code == 422
    assert Import.objects.count() == 0
    assert browser.post(reverse("legacy.imports"), {"kind": "nonsense\x00"}).status_code == 422


def test_the_wrong_rows_are_downloaded_and_that_is_on_record(browser: Client, head: Actor) -> None:
    made = checked(head, "units", old_system.as_csv([UNITS, ["D1", "", "", ""]]))
    answer = browser.get(reverse("legacy.problems", args=[made.pk]))
    assert answer.content[:2] == b"PK"
    assert AuditEntry.objects.filter(verb="personal_data.viewed", subject=f"legacy.import:{made.pk}").exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_cost_few_queries(browser: Client, head: Actor, rows: int, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for n in range(rows):
        made = checked(head, "units", old_system.as_csv([UNITS, *[[f"D{n}{i}", "", "", ""] for i in range(rows)]]))
    with django_assert_max_num_queries(12):
        browser.get(reverse("legacy.imports"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("legacy.import", args=[made.pk]))


def test_others_see_no_such_page(head: Actor) -> None:
    made = checked(head, "units", old_system.as_csv([UNITS, ["D1", "甲大学", "", ""]]))
    client = Client()
    client.force_login(demo.person("somebody", "某人", 400))
    for url in (
        reverse("legacy.imports"),
        reverse("legacy.import", args=[made.pk]),
        reverse("legacy.problems", args=[made.pk]),
    ):
        assert client.get(url).status_code == 404
