"""The catalogue: what is offered, what is missing, and the way in (A4)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.openid.tests.conftest import system

pytestmark = pytest.mark.django_db


def page_of(browser: Client, language: str = "zh-hans") -> str:
    browser.cookies["language"] = language
    return str(browser.get(reverse("services.catalogue")).content.decode())


def test_what_is_missing_stands_below_each_with_its_button() -> None:
    labs = system(needs=["real_name", "organisation"])
    browser = Client()
    browser.force_login(demo.person("hanxu", "韩叙", 3, verified=False))
    page = page_of(browser)
    assert "外国专家项目管理" in page
    assert "实验室预约" in page
    assert "还没有通过实名认证" in page
    assert reverse("realname.status") in page
    assert reverse("delegation.ask") in page
    entered = browser.get(reverse("services.enter", args=[labs.row.client_id]))
    assert entered.status_code == 200
    assert "去实名认证" in entered.content.decode()


def test_it_speaks_english() -> None:
    system(needs=["real_name"])
    browser = Client()
    browser.force_login(demo.person("hanxu", "韩叙", 3, verified=False))
    page = page_of(browser, "en")
    assert "Laboratory booking" in page
    assert "Book large instruments" in page
    assert "实验室预约" not in page
    assert "Not verified yet" in page


def test_nothing_missing_leads_in() -> None:
    labs = system(needs=["real_name"])
    browser = Client()
    browser.force_login(demo.person("hanxu", "韩叙", 3))
    assert browser.get(reverse("services.enter", args=[labs.row.client_id]))["Location"] == labs.row.entry_uri
    assert browser.get(reverse("services.enter", args=["nothing"])).status_code == 404


def test_names_are_text_and_not_markup() -> None:
    system(name="<b>x</b>", purpose="%s {0} {x} %(y)s")
    browser = Client()
    browser.force_login(demo.person("hanxu", "韩叙", 3))
    page = page_of(browser)
    assert "<b>x</b>" not in page
    assert "%s {0} {x} %(y)s" in page
