"""Both stores keep, give back and forget; the S3 one over real HTTP, and honestly when the store is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from waizhuan.kernel.errors import Unavailable
from waizhuan.shared.documents import stores


class Bucket(BaseHTTPRequestHandler):
    """As much of the S3 protocol as keeping, fetching and deleting an object needs."""

    kept: dict[str, bytes] = {}

    def do_PUT(self) -> None:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256")
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200)

    def do_GET(self) -> None:
        body = self.kept.get(self.path)
        if body is None:
            self._answer(404, b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')
        else:
            self._answer(200, body)

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self._answer(204)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def s3(settings) -> Iterator[stores.S3]:  # type: ignore[no-untyped-def]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.ENV = {
        **settings.ENV,
        "S3_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "S3_ACCESS_KEY": "a",
        "S3_SECRET_KEY": "s",
    }
    yield stores.S3("bucket", "documents/")
    server.shutdown()
    server.server_close()
    thread.join()


def keeps_and_forgets(store: stores.Store) -> None:
    blob = bytes(range(256)) * 64
    assert store.get("abc") is None
    store.put("abc", blob)
    assert store.get("abc") == blob
    store.put("abc", b"again")
    assert store.get("abc") == b"again"
    store.delete("abc")
    assert store.get("abc") is None
    store.delete("abc")


def test_a_folder(tmp_path: Path) -> None:
    keeps_and_forgets(stores.Folder(tmp_path))
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]  # nothing half-written is left


def test_an_s3_store(s3: stores.S3) -> None:
    keeps_and_forgets(s3)


def test_a_store_that_is_away_is_said_to_be_away(settings) -> None:  # type: ignore[no-untyped-def]
    settings.ENV = {**settings.ENV, "S3_ENDPOINT": "http://127.0.0.1:1", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "s"}
    store = stores.S3("bucket", "")
    with pytest.raises(Unavailable):
        store.put("k", b"x")
    with pytest.raises(Unavailable):
        store.get("k")
    with pytest.raises(Unavailable):
        store.delete("k")


def test_what_lies_there_is_sealed(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ENV = {**settings.ENV, "FILES": str(tmp_path)}
    stores.put("abcd", b"plain words")
    assert b"plain words" not in (tmp_path / "ab" / "abcd").read_bytes()
    assert stores.get("abcd") == b"plain words"
    assert stores.get("nothing") is None
