"""Every role × every route, by real requests on the demonstration data.

`python -m waizhuan generate-docs` is not asked: the table is what the requests answered, so it is written by the test
itself when `WRITE_DOCS=1` is set, and compared otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.test import Client

from waizhuan.identity.api import Account
from waizhuan.kernel.access import routes, screen_of

#: role → login name of the demonstration account that holds just this role; None: a stranger
READERS: dict[str, str | None] = {
    "stranger": None,
    "natural person": "hanxu",
    "unit account": "yunxi",
    "unit.admin": "chenzhiwei",
    "projects.lead": "linwangshu",
    "department.clerk": "xizhou_clerk1",
    "department.head": "xizhou_head",
    "ministry.clerk": "ministry_clerk",
    "ministry.head": "ministry_head",
    "operator.reviewer": "operator1",
    "operator.senior": "operator2",
    "operator.system": "sysadmin",
    "operator.security": "security",
    "operator.auditor": "auditor",
}
#: Answers that a route may give at all. Anything else, above all a 5xx, is a fault.
SOUND = {200, 302, 400, 401, 403, 404, 405, 409, 410, 413, 422, 429}


@dataclass(frozen=True, slots=True)
class Cell:
    may: bool  # what the access rule says
    status: int  # what the request was answered


def address(path: str) -> str:
    """A path with its parameters filled in: numbers of rows that do not exist, words that mean nothing."""
    filled = re.sub(r"<int:[^>]+>", "987654321", path)
    return "/" + re.sub(r"<[^>]+>", "none", filled)


def matrix() -> dict[str, dict[str, Cell]]:
    """screen id → reader → cell, for every route that can be asked with GET; a POST-only route is posted to, empty."""
    table: dict[str, dict[str, Cell]] = {}
    for reader, login_name in READERS.items():
        client = Client(raise_request_exception=True)
        if login_name:
            client.force_login(Account.objects.get(login_key=login_name))
        actor = _actor(client)
        for path, pattern in routes():
            screen = screen_of(pattern)
            if screen.id in ("sign_in.out",):
                continue
            url = address(path)
            answer = client.get(url) if "GET" in screen.methods else client.post(url)
            table.setdefault(screen.id, {})[reader] = Cell(bool(screen.access(actor)), answer.status_code)
            if screen.id.startswith(("sign_in.", "organisations.switch", "openid.leave")) and login_name:
                client.force_login(Account.objects.get(login_key=login_name))
    return table


def _actor(client: Client):  # type: ignore[no-untyped-def]
    return client.get("/").wsgi_request.actor


def page(table: dict[str, dict[str, Cell]]) -> str:
    """The table as Markdown: ● may open, · may not (a stranger is sent to sign in, anybody else sees a 404)."""
    lines = [
        "# Who may open which screen",
        "",
        "Written by `tests/architecture/test_access_matrix.py` from real requests. ● may open · · may not: a stranger is",
        "sent to sign in, anybody else finds no such page. What one sees on a screen is decided row by row besides.",
        "",
        "| screen | " + " | ".join(READERS) + " |",
        "|---|" + ":-:|" * len(READERS),
    ]
    for screen in sorted(table):
        cells = " | ".join("●" if table[screen][r].may else "·" for r in READERS)
        lines.append(f"| `{screen}` | {cells} |")
    return "\n".join(lines) + "\n"
