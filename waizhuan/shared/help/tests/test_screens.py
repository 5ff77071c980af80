from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from waizhuan.shared.conftest import MakePerson

pytestmark = pytest.mark.django_db


def test_the_home_page_lists_every_answer(client: Client) -> None:
    page = client.get("/help/").content.decode()
    for id in ("A1", "D7", "E12", "G5"):
        assert f'href="/help/{id}/"' in page


def test_searching_needs_no_script(client: Client) -> None:
    page = client.get("/help/", {"q": "证件号码已被注册"}).content.decode()
    assert 'href="/help/B1/"' in page
    assert 'href="/help/G5/"' not in page


@pytest.mark.parametrize("query", ["", "zzzzqqq", "\x00", "<script>alert(1)</script>", "x" * 5000, "𠮷"])
def test_any_query_is_answered(client: Client, query: str) -> None:
    page = client.get("/help/", {"q": query})
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_an_article_speaks_the_readers_language(client: Client) -> None:
    assert "证件号码已被注册" in client.get("/help/B1/").content.decode()
    client.cookies["language"] = "en"
    assert "already registered" in client.get("/help/b1/").content.decode()


def test_the_pages_of_the_footer(client: Client) -> None:
    for name in ("accessibility", "privacy", "feedback"):
        assert client.get(f"/help/{name}/").status_code == 200


@pytest.mark.parametrize("code", ["Z9", "no-such", "a.b", "%00", "x" * 300])
def test_what_is_no_article(client: Client, code: str) -> None:
    assert client.get(f"/help/{code}/").status_code == 404


def test_a_button_that_the_reader_may_not_press_says_why(client: Client, make_person: MakePerson) -> None:
    stranger = client.get("/help/A1/").content.decode()
    assert "why-not" not in stranger
    client.force_login(make_person("chenzhiwei", "陈知微"))
    assert client.get("/help/A1/").status_code == 200


def test_articles_cost_no_query(client: Client, django_assert_num_queries: Callable[[int], Any]) -> None:
    client.get("/help/B1/")
    with django_assert_num_queries(0):
        client.get("/help/B1/")
        client.get("/help/", {"q": "密码"})


def test_an_article_shows_the_page_that_it_is_about(client: Client) -> None:
    page = client.get("/help/F1/").content.decode()
    assert re.search(
        r'<img src="/static/help/pictures/F1\.zh[^"]*\.webp" width="960" height="600" loading="lazy" alt="“', page
    )
    assert "<img" not in client.get("/help/privacy/").content.decode()
