"""Every page has the whole frame: nothing that a screen gives to its template takes the place of what the frame needs."""

from __future__ import annotations

import ast
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from waizhuan.kernel.actor import ANONYMOUS
from waizhuan.web.shell import shell

PRODUCT = Path(__file__).resolve().parents[2]


def test_no_screen_passes_what_the_frame_shows() -> None:
    request = RequestFactory().get("/")
    request.user, request.actor, request.resolver_match = AnonymousUser(), ANONYMOUS, None  # type: ignore[attr-defined]
    taken = set(shell(request)) - {"actor"}
    assert "frame" in taken
    found = [
        f"{path.relative_to(PRODUCT)}:{key.lineno} {key.value}"
        for path in PRODUCT.rglob("*screens.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value in taken
    ]
    assert not found
