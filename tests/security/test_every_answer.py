"""Every route × every role: the headers that guard a page, hostile query strings, redirects that lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from tests.architecture.access_matrix import READERS, SOUND, address
from tests.security.crawl import NEVER, client_of, walk
from waizhuan.kernel.access import routes, screen_of

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[2] / "waizhuan"
HOSTILE = [
    "' OR 1=1--",
    '"; DROP TABLE identity_account;--',
    "1' UNION SELECT NULL--",
    "\x00",
    "9" * 40,
    "-1",
    "𠮷%_\\",
]
ELSEWHERE = [
    "//evil.example/",
    "https://evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https:///evil.example",
]


def names_asked_for() -> set[str]:
    """Every name that the source reads from a query string, and every field of a form."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"GET(?:\.get|\.getlist)?[(\[]\"(\w+)\"", text))
        found |= set(re.findall(r"\"(\w+)\" in request\.GET", text))
        if path.name.endswith("forms.py"):
            found |= set(re.findall(r"^    (\w+) = ", text, re.MULTILINE))
    return found


def gets() -> list[str]:
    return [address(path) for path, p in routes() if "GET" in screen_of(p).methods and screen_of(p).id not in NEVER]


def guarded(answer: HttpResponseBase) -> list[str]:
    """What is missing."""
    policy = answer.get("Content-Security-Policy", "")
    wrong = []
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
        wrong.append("Content-Security-Policy")
    if not re.search(r"frame-ancestors '(none|self)'|sandbox", policy):
        wrong.append("frame-ancestors")
    if answer.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        wrong.append("X-Frame-Options")
    if answer.get("X-Content-Type-Options") != "nosniff":
        wrong.append("X-Content-Type-Options")
    if answer.get("Referrer-Policy") != "same-origin":
        wrong.append("Referrer-Policy")
    if answer.get("Cross-Origin-Opener-Policy") != "same-origin":
        wrong.append("Cross-Origin-Opener-Policy")
    if "no-store" not in answer.get("Cache-Control", ""):
        wrong.append("Cache-Control")
    return wrong


def readers() -> Iterator[tuple[str, Client]]:
    """Between them they may open every screen there is (but for what is one clerk's alone)."""
    for role in (
        "stranger",
        "natural person",
        "unit.admin",
        "department.head",
        "ministry.head",
        "operator.reviewer",
        "operator.system",
        "operator.auditor",
    ):
        yield role, client_of(READERS[role])


def test_every_answer_is_guarded(world: None) -> None:
    public = {
        "sign_in.captcha",
        "sign_in.common_passwords",
        "openid.discovery",
        "openid.keys",
    }  # nothing of anybody: may be kept
    wrong = {}
    for role, client in readers():
        actor = client.get("/").wsgi_request.actor
        for path, pattern in routes():
            screen = screen_of(pattern)
            may = (
                role in ("stranger", "natural person") or screen.access(actor).ok
            )  # a page that is not there: two will do
            if screen.id in NEVER | public or not may:
                continue
            url = address(path)
            answer = client.get(url) if "GET" in screen.methods else client.post(url)
            missing = guarded(answer)
            if missing:
                wrong[role, screen.id] = missing
    assert wrong == {}


def test_no_query_string_breaks_a_page(world: None) -> None:
    names = names_asked_for()
    assert len(names) > 40
    wrong = {}
    for role in ("stranger", "unit.admin", "department.head", "operator.reviewer", "operator.auditor"):
        client = client_of(READERS[role])
        pages = {page.at.split("?")[0] for page in walk(client, each=1)}
        for url in [*gets(), *pages]:
            for text in HOSTILE[:1] if url not in pages else HOSTILE:
                status = client.get(url, dict.fromkeys(names, text)).status_code
                if status not in SOUND:
                    wrong[role, url, text] = status
    assert wrong == {}


def test_no_page_leads_to_another_site(world: None) -> None:
    wrong = set()
    for role in ("stranger", "unit.admin"):
        client = client_of(READERS[role])
        for url in gets():
            for target in ELSEWHERE[:2]:
                answer = client.get(url, {"next": target, "back": target, "return": target, "url": target})
                place = urlsplit(answer.get("Location", "").replace("\\", "/"))
                if place.netloc or place.scheme or answer.get("Location", "").startswith("//"):
                    wrong.add((url, target, answer["Location"]))
    assert wrong == set()


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_and_switching_lead_only_within(world: None, target: str) -> None:
    from waizhuan.identity import demo

    answer = Client().post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD, "next": target})
    assert answer["Location"] == "/"
    assert Client().post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_a_foreign_host_is_refused_and_never_written_into_a_link(world: None) -> None:
    for host in ("evil.example", "testserver.evil.example", "127.0.0.1:80@evil.example"):
        answer = Client(HTTP_HOST=host).get("/")
        assert answer.status_code == 400
        assert b"evil.example" not in answer.content
    assert b"evil.example" not in Client(HTTP_X_FORWARDED_HOST="evil.example").get("/").content
