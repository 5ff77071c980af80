"""Uploaded files pass a malware scanner before they are kept: ClamAV's daemon, where the installation has one.

The protocol is clamd's INSTREAM (man clamd): `zINSTREAM\\0`, pieces of the content, each after its length in four bytes
(big-endian), a piece of length nought; the answer is `stream: OK`, `stream: <name> FOUND` or `… ERROR`.
Whatever is not a clear "OK" keeps the file out: the uploader has it still and can try again.
"""

from __future__ import annotations

import logging
import socket

from django.conf import settings

from waizhuan.kernel.errors import Unavailable
from waizhuan.kernel.words import say

log = logging.getLogger("waizhuan.documents")
SECONDS = 20
PIECE = 64 * 1024
ANSWER_AT_MOST = 4096


def finding(data: bytes) -> str:
    """The name of the malware that is in it; "" where there is none, or no scanner is configured. Raises Unavailable."""
    where = settings.ENV["CLAMD"]
    if not where:
        return ""
    try:
        answer = _asked(where, data)
    except OSError as error:
        log.exception("the malware scanner does not answer")
        raise _unavailable() from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200]
    log.error("the malware scanner could not judge a file", extra={"answer": answer[:200]})
    raise _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable(say("文件检查暂时没有应答，文件没有收下，请过一会儿再传"))


def _asked(where: str, data: bytes) -> str:
    with _connected(where) as clamd:
        try:
            clamd.sendall(b"zINSTREAM\0")
            for begin in range(0, len(data), PIECE):
                piece = data[begin : begin + PIECE]
                clamd.sendall(len(piece).to_bytes(4, "big") + piece)
            clamd.sendall(bytes(4))
        except BrokenPipeError:
            pass  # it stopped listening (too large for its StreamMaxLength) and has said so
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER_AT_MOST:
            part = clamd.recv(1024)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(SECONDS)
        try:
            clamd.connect(where)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
