"""The HTTP authority against a real server on this machine: slow, broken, talking nonsense, hanging, coming back."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from waizhuan.identity.realname.authority.answers import UNAVAILABLE, Answer, Result
from waizhuan.identity.realname.authority.breaker import Breaker
from waizhuan.identity.realname.authority.over_http import HttpAuthority

Reply = Callable[["Handler"], None]
PERSON = ("陈知微", "resident_id", "330102199003074826", "CHN")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.seen.append((self.path, dict(self.headers), json.loads(self.rfile.read(length))))  # type: ignore[attr-defined]
        replies: list[Reply] = self.server.replies  # type: ignore[attr-defined]
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def say(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    replies: list[Reply]
    seen: list[tuple[str, dict[str, str], dict[str, str]]]

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that stopped waiting

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.replies, running.seen = [answer({"result": "match"})], []
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def moment() -> list[float]:
    """The time that the breaker reads: the tests let it pass."""
    return [0.0]


@pytest.fixture
def ask(server: Server, moment: list[float]) -> Iterator[Callable[[], Answer]]:
    """Patient, so that a busy machine is not taken for a hanging server."""
    breaker = Breaker(threshold=3, pause=10, time=lambda: moment[0])
    made = HttpAuthority(server.url, "a-token", timeout=10, pause=0.01, breaker=breaker)
    yield lambda: made.check_person(*PERSON)
    made.client.close()


def answer(content: object) -> Reply:
    return lambda handler: handler.say(json.dumps(content).encode())


def status(code: int) -> Reply:
    return lambda handler: handler.say(b"", code)


def hang(handler: Handler) -> None:
    time.sleep(8)


def test_a_match_and_what_is_sent(server: Server, ask: Callable[[], Answer]) -> None:
    assert ask() == Answer(Result.MATCH)
    path, headers, body = server.seen[0]
    assert path == "/v1/persons"
    assert headers["Authorization"] == "Bearer a-token"
    assert len(headers["X-Request-ID"]) == 16
    assert body == {"name": "陈知微", "doc_type": "resident_id", "number": "330102199003074826", "country": "CHN"}


def test_units_are_asked_at_their_own_address(server: Server) -> None:
    server.replies = [answer({"result": "mismatch", "code": "rep"})]
    made = HttpAuthority(server.url, "t", timeout=10)
    assert made.check_unit("云溪理工大学", "12100000MB0812343K", "沈维", "X") == Answer(Result.MISMATCH, "rep")
    assert server.seen[0][0] == "/v1/units"
    made.client.close()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"result": "mismatch", "code": "name"}, Answer(Result.MISMATCH, "name")),
        ({"result": "mismatch", "code": "登记的是张三"}, Answer(Result.MISMATCH, "name")),
        ({"result": "unknown"}, Answer(Result.UNKNOWN, "not_found")),
        ({"result": "unknown", "code": ["x"]}, Answer(Result.UNKNOWN, "not_found")),
    ],
)
def test_only_known_reasons_are_taken_over(
    server: Server, ask: Callable[[], Answer], content: object, expected: Answer
) -> None:
    server.replies = [answer(content)]
    assert ask() == expected


@pytest.mark.parametrize(
    "reply",
    [
        lambda h: h.say(b"<html>maintenance</html>"),
        lambda h: h.say(b'{"result": "perhaps"}'),
        lambda h: h.say(b"[]"),
        lambda h: h.say(b"null"),
        lambda h: h.say(b"\xff\xfe"),
        lambda h: h.say(b"x" * 100_000),
        status(302),
        status(401),
    ],
)
def test_nonsense_is_no_answer_and_is_not_asked_again(server: Server, ask: Callable[[], Answer], reply: Reply) -> None:
    server.replies = [reply]
    assert ask() == UNAVAILABLE
    assert len(server.seen) == 1


def test_a_passing_failure_is_tried_again(server: Server, ask: Callable[[], Answer]) -> None:
    server.replies = [status(500), status(503), answer({"result": "match"})]
    assert ask() == Answer(Result.MATCH)
    assert len(server.seen) == 3
    assert len({headers["X-Request-ID"] for _, headers, _ in server.seen}) == 1


def test_tries_are_bounded(server: Server, ask: Callable[[], Answer]) -> None:
    server.replies = [status(500)]
    assert ask() == UNAVAILABLE
    assert len(server.seen) == 3


def test_a_hanging_server_costs_a_bounded_time(server: Server) -> None:
    server.replies = [hang]
    made = HttpAuthority(server.url, "t", timeout=0.3, pause=0.01)
    began = time.monotonic()
    assert made.check_person(*PERSON) == UNAVAILABLE
    assert time.monotonic() - began < 7  # less than the server takes for one try
    made.client.close()


def test_a_slow_answer_is_still_an_answer(server: Server, ask: Callable[[], Answer]) -> None:
    def slowly(handler: Handler) -> None:
        time.sleep(0.1)
        handler.say(b'{"result": "match"}')

    server.replies = [slowly]
    assert ask() == Answer(Result.MATCH)


def test_nobody_there() -> None:
    made = HttpAuthority("http://127.0.0.1:9", "t", timeout=0.3, pause=0.01)
    assert made.check_person(*PERSON) == UNAVAILABLE
    made.client.close()


def test_the_circuit_opens_and_closes_again(server: Server, ask: Callable[[], Answer], moment: list[float]) -> None:
    server.replies = [status(500)]
    for _ in range(3):
        assert ask() == UNAVAILABLE
    asked = len(server.seen)
    assert ask() == UNAVAILABLE
    assert len(server.seen) == asked  # open: not even asked
    moment[0] += 11
    assert ask() == UNAVAILABLE  # half-open: one trial, which fails
    assert len(server.seen) > asked
    asked = len(server.seen)
    assert ask() == UNAVAILABLE
    assert len(server.seen) == asked
    server.replies = [answer({"result": "match"})]
    moment[0] += 11
    assert ask() == Answer(Result.MATCH)
    assert ask() == Answer(Result.MATCH)


def test_half_open_lets_one_through_at_a_time() -> None:
    moment = [0.0]
    breaker = Breaker(threshold=1, pause=10, time=lambda: moment[0])
    assert breaker.let_through()
    breaker.failed()
    assert breaker.state == "open"
    assert not breaker.let_through()
    moment[0] = 11
    assert breaker.let_through()
    assert breaker.state == "half-open"
    assert not breaker.let_through()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.let_through()


def test_nothing_personal_is_logged(
    server: Server, ask: Callable[[], Answer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="waizhuan")
    server.replies = [status(500), answer({"result": "mismatch"})]
    ask()
    logged = " ".join(str(vars(r)) for r in caplog.records if r.name.startswith("waizhuan"))
    assert "mismatch" in logged
    for private in ("陈知微", PERSON[2], "a-token"):
        assert private not in logged
