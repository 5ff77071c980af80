"""Every code that the product says opens an article in both languages, and every article ends in a way that is open."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.architecture.access_matrix import READERS
from waizhuan.identity.api import Account
from waizhuan.kernel.access import routes, screen_of
from waizhuan.kernel.ui.problems import article_of
from waizhuan.shared.help import library

SOURCE = Path(__file__).resolve().parents[2] / "waizhuan"
ANSWERS = [id for id in library.ids() if id not in library.ABOUT]


def said() -> set[str]:
    """Every code in the source: `no(…, code="E2")`, `refuse(…, "G1")`, and those of the pages for what goes wrong."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                values = [k.value for k in node.keywords if k.arg == "code"]
                if isinstance(node.func, ast.Name) and node.func.id == "refuse":
                    values += node.args[1:2]
                found |= {v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)}
    pages = (SOURCE / "web" / "templates").rglob("*.html")
    found |= {
        code for page in pages for code in re.findall(r"'help.article' '(\w+)'", page.read_text(encoding="utf-8"))
    }
    return {code for code in found if re.fullmatch(r"[A-Z]\d+", code)}


def test_every_code_opens_an_article_in_both_languages() -> None:
    codes = said()
    assert {"B1", "E2", "G1", "G6", "S404"} <= codes
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found = {code: library.article(code) for code in codes}
            wanted = "en" if language == "en" else "zh"
            assert {code for code, a in found.items() if a is None or a.language != wanted} == set()
    assert {code for code in codes if not article_of(code)} == set()


def test_every_errand_has_its_article() -> None:
    """None falls back to the article about everything: an errand's folder and its entry come together."""
    folders = {f.parent.name for part in ("identity", "projects") for f in (SOURCE / part).glob("*/screens.py")}
    assert {"openid", "lookup", "linking", "merges", "unit_changes", "handover"} <= folders
    assert folders - set(library.ERRANDS) == set()
    assert {code for code in library.ERRANDS.values() if library.article(code) is None} == set()


def test_every_screen_has_an_article_for_refusals_without_a_code() -> None:
    for _, pattern in routes():
        code = library.code_for(screen_of(pattern).id)
        assert library.article(code), screen_of(pattern).id


@pytest.fixture(scope="module")
def readers(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, Client]]:  # type: ignore[no-untyped-def]
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        clients = {role: Client() for role in READERS}
        for role, login_key in READERS.items():
            if login_key:
                clients[role].force_login(Account.objects.get(login_key=login_key))
        yield clients
        transaction.set_rollback(True)


def button(page: str) -> str:
    """Where the article's button leads; "" where this reader has none."""
    main = page.split("<main", 1)[-1]
    found = re.search(r'<a class="btn btn-primary" href="([^"]+)"', main)
    return found.group(1) if found else ""


@pytest.mark.django_db
@pytest.mark.parametrize("id", ANSWERS)
def test_the_button_leads_somebody_into_the_flow(readers: dict[str, Client], id: str) -> None:
    """A stranger is led through signing in; whoever has signed in and sees the button gets there."""
    address = reverse("help.article", args=[id])
    stranger = button(readers["stranger"].get(address).content.decode())
    assert stranger, "no button at all"
    assert readers["stranger"].get(stranger, follow=True).status_code == 200
    arrived = []
    for role in ("natural person", "unit account", "department.head", "operator.reviewer"):
        target = button(readers[role].get(address).content.decode())
        if target:
            status = readers[role].get(target, follow=True).status_code
            assert status == 200, f"{role} is led to {target}: {status}"
            arrived.append(role)
    assert arrived, "nobody who has signed in gets there"


@pytest.mark.django_db
def test_every_screen_that_an_article_names_is_there_or_has_a_stand_in() -> None:
    known = {screen_of(p).id for _, p in routes()}
    for id in ANSWERS:
        article = library.article(id)
        assert article
        assert known & set(article.screens), f"{id}: none of {article.screens} exists"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/nothing/", 404, "S404"), ("/language/", 405, "S405"), ("/sign-in/out/", 405, "S405")],
)
def test_error_pages_show_their_code(client: Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert f"/help/{code}/" in answer.content.decode()


@pytest.mark.django_db
def test_a_forged_form_and_a_foreign_host_show_their_codes() -> None:
    assert "/help/S403/" in Client(enforce_csrf_checks=True).post("/sign-in/", {}).content.decode()
    assert "/help/S400/" in Client(HTTP_HOST="evil.example").get("/").content.decode()


@pytest.mark.django_db
def test_a_refusal_in_a_form_shows_its_code_beside_it(client: Client) -> None:
    page = client.post("/sign-in/", {"login_name": "nobody", "password": "x"}).content.decode()
    assert '<a class="wz-why" href="/help/E2/">' in page
    assert "E2</a>" in page
