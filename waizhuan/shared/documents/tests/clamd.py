"""A server of the tests' own that speaks clamd's INSTREAM over a real socket."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

#: what the server takes for malware (EICAR's test file would alarm the scanner of whoever works on this)
BAD = b"this is malware"
LONGEST = 300_000
Use = Callable[[str], None]


class Clamd(socketserver.BaseRequestHandler):
    """`nINSTREAM` and the other commands are not spoken: the product asks one thing."""

    def handle(self) -> None:
        try:
            assert self._exactly(10) == b"zINSTREAM\0"
            data = b""
            while size := int.from_bytes(self._exactly(4), "big"):
                data += self._exactly(size)
                if len(data) > LONGEST:  # as StreamMaxLength: it says so and hangs up
                    self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
        except EOFError:
            return
        self.request.sendall(b"stream: Test.Malware-1 FOUND\0" if BAD in data else b"stream: OK\0")

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.request.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data


class Broken(socketserver.BaseRequestHandler):
    """Takes the file and hangs up, or answers what nobody understands."""

    answer = b""

    def handle(self) -> None:
        self.request.recv(1 << 20)
        self.request.sendall(self.answer)


class Strange(Broken):
    answer = b"stream: OK and then some\0"


@contextlib.contextmanager
def listening(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def over_tcp(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server, listening(server):
        yield f"127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def use(settings: Any) -> Use:
    def scanner_is(where: str) -> None:
        settings.ENV = {**settings.ENV, "CLAMD": where}

    return scanner_is
