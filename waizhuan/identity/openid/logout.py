"""Back-channel logout: each system whose sign-in ended hears of it, signed, at least once, further and further apart."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import transaction

from waizhuan.identity.openid import keys, rules
from waizhuan.identity.openid.models import LogoutNotice
from waizhuan.kernel import clock

log = logging.getLogger("waizhuan.openid")
TIMEOUT = httpx.Timeout(3.0, connect=2.0)
LEASE = dt.timedelta(seconds=30)
FIRST_PAUSE, LONGEST_PAUSE, ATTEMPTS = 5, 3600, 14  # seconds, seconds, about four hours
EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS_GOOD = 120


#: Altogether: the limits above count from one byte to the next, and a system that sends one now and then would hold up all
#: the others.
WHOLE_SECONDS = 5.0
TYPE = "logout+jwt"


class NotTold(Exception):
    """It did not arrive."""


def logout_token(notice: LogoutNotice) -> str:
    """Made when it is sent: it is good for two minutes, a repetition may come hours later (2.4 of the specification)."""
    return keys.sign(
        {
            "aud": notice.client.client_id,
            "sub": notice.subject,
            "sid": notice.sid,
            "jti": secrets.token_urlsafe(16),
            "events": {EVENT: {}},
        },
        seconds=SECONDS_GOOD,
        typ=TYPE,
    )


def resolved(uri: str) -> tuple[str, str]:
    """The address to connect to, by number, and the host's name. In production every number behind the name must be of
    the open internet; the connection goes to the number that was looked at, so a name that changes its mind meanwhile
    leads nowhere else (SSRF, DNS rebinding). Raises NotTold."""
    verdict = rules.address(uri, strict=settings.PRODUCTION)
    if not verdict.ok:
        raise NotTold("address not allowed")
    parts = urlsplit(uri)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise NotTold("the host is not found") from error
    if settings.PRODUCTION and not all(rules.is_public_ip(ip) for ip in found):
        raise NotTold("the host is not a public one")
    ip = sorted(found)[0]
    numeric = f"[{ip}]" if ":" in ip else ip
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{numeric}:{port}{parts.path or '/'}{query}", parts.netloc


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Hang up after so long. What is yielded is told by the HTTP client what it does, and sees the line by that."""
    lines: list[socket.socket] = []

    def watch(event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            lines.append(info["return_value"].get_extra_info("socket").dup())  # TLS takes the first one away

    def hang_up() -> None:
        for line in lines:
            with contextlib.suppress(OSError):  # the other side was faster
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        timer.join()
        for line in lines:
            line.close()


def send(uri: str, token: str) -> None:
    """POST the logout token. Redirects are not followed, the answer's body is not read. Raises NotTold."""
    target, netloc = resolved(uri)
    host = urlsplit(uri).hostname or ""
    try:
        with (
            _at_most(WHOLE_SECONDS) as watched,
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                target,
                data={"logout_token": token},
                headers={"Host": netloc},
                extensions={"sni_hostname": host, "trace": watched},
            ) as answer,
        ):
            if not answer.is_success:
                raise NotTold(f"HTTP {answer.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotTold(type(error).__name__) from error


def _claim() -> LogoutNotice | None:
    """Take one notice that is due for the time of an attempt, so that nobody else sends it meanwhile."""
    now = clock.now()
    with transaction.atomic():
        row = (
            LogoutNotice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("client")
            .filter(delivered_at=None, dead_at=None, next_at__lte=now)
            .order_by("next_at")
            .first()
        )
        if row is not None:
            row.attempts += 1
            row.next_at = now + LEASE
            row.save(update_fields=["attempts", "next_at"])
    return row


def deliver_due(seconds: float = 5.0) -> int:
    """Tell whoever is to be told, for so many seconds at most; how many heard."""
    until, told = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        row = _claim()
        if row is None:
            break
        try:
            send(row.client.logout_uri, logout_token(row))
        except NotTold as error:
            _failed(row, str(error))
        else:
            row.delivered_at, row.last_error = clock.now(), ""
            row.save(update_fields=["delivered_at", "last_error"])
            told += 1
    return told


def _failed(row: LogoutNotice, why: str) -> None:
    row.last_error = why[:200]
    if row.attempts >= ATTEMPTS:
        row.dead_at = clock.now()
        log.error("a system was not told of a logout", extra={"notice": row.pk, "why": row.last_error})
    else:
        pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        row.next_at = clock.now() + dt.timedelta(seconds=pause)
    row.save(update_fields=["last_error", "dead_at", "next_at"])
