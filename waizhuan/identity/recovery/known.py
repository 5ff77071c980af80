"""What the reader has typed on the way, carried from one way back to the next: sealed, in the browser's own session."""

from __future__ import annotations

import json

from django.http import HttpRequest

from waizhuan.kernel import crypto
from waizhuan.kernel.crypto import CannotOpen

KEY = "recovery_known"
SEAL = "recovery.known"


def recall(request: HttpRequest) -> dict[str, str]:
    """Everything carried so far; nothing where a key has been taken out of use meanwhile."""
    sealed = request.session.get(KEY)
    try:
        found: dict[str, str] = json.loads(crypto.unseal(sealed, SEAL)) if sealed else {}
    except CannotOpen:
        return {}
    return found


def keep(request: HttpRequest, **given: str) -> None:
    """Add to it. Empty values forget nothing."""
    known = recall(request) | {name: value for name, value in given.items() if value}
    request.session[KEY] = crypto.seal(json.dumps(known, ensure_ascii=False), SEAL)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
