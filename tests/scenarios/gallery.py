"""The product, which makes each page in the other language as well: `SCENARIOS_GALLERY=1` runs every scenario on it.

Before it answers, it does what is asked for a reader of the other language, in a transaction that is taken back; both pages are
written to `build/gallery/`. So the pages that only a POST reaches, and those of states that pass, are there in both languages;
`python tools/gallery.py` looks at them.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from waizhuan.web.wsgi import application as product

FOLDER = Path(__file__).resolve().parents[2] / "build" / "gallery"
OTHER = {"en": "zh-hans", "zh-hans": "en"}
LANGUAGE = re.compile(r"(?<=language=)(en|zh-hans)")

_ends = BaseDatabaseWrapper.close_if_unusable_or_obsolete


def _ends_outside_alone(connection: BaseDatabaseWrapper) -> None:
    """A request ends with the connection's, where that is old: not so the first of two requests in one transaction."""
    if not connection.in_atomic_block:
        _ends(connection)


BaseDatabaseWrapper.close_if_unusable_or_obsolete = _ends_outside_alone  # type: ignore[method-assign]


class Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    page: bytes

    @property
    def is_page(self) -> bool:
        kind = {k.lower(): v for k, v in self.headers}.get("content-type", "")
        return kind.startswith("text/html") and not self.status.startswith("3")


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """WSGI. Fragments, files and what a script fetches are passed on as they are."""
    is_page = "text/html" in environ.get("HTTP_ACCEPT", "") and not environ.get("HTTP_HX_REQUEST")
    cookie = environ.get("HTTP_COOKIE", "")
    spoken = LANGUAGE.search(cookie)
    if not is_page or not spoken or environ["PATH_INFO"].startswith("/static/"):
        return product(environ, start_response)
    body = environ["wsgi.input"].read()
    other = OTHER[spoken.group()]
    atomic = transaction.atomic()
    atomic._from_testcase = True  # what insists on being the outermost transaction takes this one for none
    with atomic:
        twin = _answer({**environ, "HTTP_COOKIE": LANGUAGE.sub(other, cookie)}, body)
        transaction.set_rollback(True)
    real = _answer(environ, body)
    if real.is_page and twin.is_page:
        FOLDER.mkdir(parents=True, exist_ok=True)
        stamp = f"{time.time_ns()}"
        about = {"path": environ["PATH_INFO"], "method": environ["REQUEST_METHOD"], "status": real.status[:3]}
        (FOLDER / f"{stamp}.{spoken.group()}.html").write_bytes(real.page)
        (FOLDER / f"{stamp}.{other}.html").write_bytes(twin.page)
        (FOLDER / f"{stamp}.json").write_text(json.dumps(about), encoding="utf-8")
    start_response(real.status, real.headers)
    return [real.page]


def _answer(environ: dict[str, Any], body: bytes) -> Answer:
    told: list[Any] = []
    plain = {**environ, "wsgi.input": io.BytesIO(body), "HTTP_ACCEPT_ENCODING": "identity"}
    answer = product(plain, lambda status, headers, *rest: told.extend((status, headers)))
    try:
        return Answer(told[0], told[1], b"".join(answer))
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()
