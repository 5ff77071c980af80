"""Whatever somebody gets wrong, what is said of it has a code that opens a help article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.html import strip_tags

from tests.architecture.access_matrix import READERS
from tests.security.crawl import NEVER, PageForm, client_of, screen_at, walk

pytestmark = pytest.mark.django_db
ERROR = re.compile(r'<p class="wz-error"(?![^>]*\bhidden\b)[^>]*>.*?</p>', re.DOTALL)
SUMMARY = re.compile(r'<div class="wz-problem".*?</div>', re.DOTALL)
CODE = re.compile(r'href="/help/[A-GS]\d{1,3}/"')


def empty(form: PageForm) -> dict[str, object]:
    """Nothing is filled in, and nothing chosen."""
    return {f.name: f.value if f.kind in ("hidden", "submit", "button") else "" for f in form.fields}


def wrong(form: PageForm) -> dict[str, object]:
    """What no field takes: a choice that is not offered, far too much text, a file that is none."""
    text = SimpleUploadedFile("x.exe", b"MZ\x00not a picture", "application/octet-stream")
    kinds: Mapping[str, object] = {"file": text}
    held = ("hidden", "submit", "button")
    return {f.name: f.value if f.kind in held else kinds.get(f.kind, "\x07" + "x" * 400) for f in form.fields}


def without_code(html: str) -> list[str]:
    """The errors of a page, and the summaries of errors, that no code explains."""
    said = [*SUMMARY.findall(html), *ERROR.findall(html)]
    return [re.sub(r"\s+", " ", strip_tags(one)).strip()[:80] for one in said if not CODE.search(one)]


@pytest.mark.parametrize("given", [empty, wrong])
def test_every_error_has_a_code_that_opens_its_article(
    world: None, given: Callable[[PageForm], dict[str, object]]
) -> None:
    bare: dict[str, list[str]] = {}
    said = 0
    for login_key in READERS.values():
        client, sent = client_of(login_key), set()
        for page in list(walk(client, each=1)):
            for form in page.forms:
                names = (form.target.split("?")[0], *sorted(f.name for f in form.fields))
                screen = screen_at(form.target)
                if screen in NEVER or form.method != "post" or names in sent:
                    continue
                sent.add(names)
                with transaction.atomic():
                    answer = client.post(form.target, given(form))
                    transaction.set_rollback(True)
                if answer.status_code == 422:
                    html = answer.content.decode()
                    said += len(ERROR.findall(html)) + len(SUMMARY.findall(html))
                    if found := without_code(html):
                        bare[screen] = found
    assert bare == {}
    assert said > 50, "the walk met hardly any errors"
