"""Where one request ends and the next begins, the server decides as HTTP says: nobody hides a second one in the first (ASVS 4.2.1).
The server is the one of `serve`, with an application that tells what it was asked."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.services import free_port, until

APPLICATION = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    said = f"{environ['PATH_INFO']}={body.decode()};".encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, found = tmp_path_factory.mktemp("framing"), free_port()
    (folder / "framed.py").write_text(APPLICATION, encoding="utf-8")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(found), "framed:application"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        until(lambda: asked(found, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "the server", 30)
        yield found
        server.terminate()


def asked(port: int, sent: bytes) -> str:
    """All that comes back until the server has no more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(sent)
        link.settimeout(1)
        got = b""
        try:
            while part := link.recv(65536):
                got += part
        except TimeoutError:
            pass
    return got.decode("latin-1")


def test_chunks_count_where_a_length_is_given_too(port: int) -> None:
    """RFC 9112, 6.3: the length is ignored, or the request refused; never the other way round."""
    body = b"0\r\n\r\n"
    answer = asked(
        port,
        b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%s%s"
        % (len(body) + len(HIDDEN), body, HIDDEN),
    )
    assert "/one=GET" not in answer
    assert answer.startswith("HTTP/1.1 400") or "/one=;" in answer


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5, 6",
        b"Content-Length: +5",
        b"Content-Length: 0x5",
        b"Transfer-Encoding: identity, gzip",
        b"Transfer-Encoding: chunked\x0b",
        b"Transfer-Encoding : chunked",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(port: int, headers: bytes) -> None:
    answer = asked(
        port, b"POST /one HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n\r\n" + b"5\r\nhello\r\n0\r\n\r\n" + HIDDEN
    )
    assert "HTTP/1.1 200" not in answer, answer


def test_a_header_over_several_lines_is_no_second_header(port: int) -> None:
    answer = asked(port, b"GET /one HTTP/1.1\r\nHost: a\r\nX: 1\r\n Content-Length: 50\r\n\r\n" + HIDDEN)
    assert answer.startswith("HTTP/1.1 400") or "/hidden=;" in answer


def test_two_requests_of_one_connection_are_two(port: int) -> None:
    answer = asked(port, b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + HIDDEN)
    assert "/one=hello;" in answer
    assert "/hidden=;" in answer
