"""Pages are compressed where the browser takes it; pictures and what is already small are left alone."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from waizhuan.web.middleware import Compression

pytestmark = pytest.mark.django_db


def test_a_page_is_compressed_for_who_takes_it(client: Client) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert b"</html>" in gzip.decompress(answer.content)
    assert "Content-Encoding" not in client.get("/")


def answer_of(kind: str) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"0" * 5000, content_type=kind)

    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    return Compression(view).process_response(request, view(request))


@pytest.mark.parametrize("kind", ["image/jpeg", "application/pdf", "application/octet-stream"])
def test_pictures_and_files_are_left_alone(kind: str) -> None:
    assert "Content-Encoding" not in answer_of(kind)


def test_equal_pages_differ_in_length() -> None:
    """Random padding hides by how much a page shrank (docs/adr/0004-compressed-pages.md)."""
    assert len({len(answer_of("text/html").content) for _ in range(20)}) > 1
