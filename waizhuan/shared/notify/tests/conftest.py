"""People to be told, and a gateway that answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from waizhuan.kernel.words import say
from waizhuan.shared.conftest import MakePerson
from waizhuan.shared.notify import templates_registry


@dataclass
class Gateway:
    """A real HTTP server. `answers`: what it does next: a status, or "hang"; then 200 for ever."""

    url: str = ""
    answers: list[int | str] = field(default_factory=list)
    received: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = state.answers.pop(0) if state.answers else 200
            if answer == "hang":
                state.release.wait(20)
                return
            state.received.append((dict(self.headers), json.loads(body)))
            self.send_response(int(answer))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/send"
    yield state
    state.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def person(make_person: MakePerson) -> Any:
    return make_person("chenzhiwei", "陈知微")


@pytest.fixture
def foreigner(make_person: MakePerson) -> Any:
    return make_person("anna", "Anna Lindqvist", language="en")


@pytest.fixture(autouse=True)
def passed() -> Iterator[str]:
    """A template such as an errand declares. Its sentences are this app's own, which have translations."""
    key = "test.passed"
    templates_registry.template(key, say("您的事项有新进展"), say("{title}（{number}）有新进展，请打开查看。"))
    yield key
    del templates_registry._templates[key]
