"""A password that was typed beside a wrong captcha: it was not judged, so it is not lost (G1).

It comes back to the page sealed, in a hidden field, and opens for a few minutes. Neither the page nor the browser's
history holds a password that anybody could read.
"""

from __future__ import annotations

import json

from waizhuan.kernel import clock, crypto
from waizhuan.kernel.crypto import CannotOpen

SEAL = "sign_in.kept"
SECONDS = 300
LONGEST = 2000  # of the sealed text


def seal(password: str) -> str:
    """An empty password stays empty."""
    return crypto.seal(json.dumps([int(clock.now().timestamp()), password]), SEAL) if password else ""


def unseal(sealed: str) -> str:
    """The password; "" where it is too old, altered, or never was one."""
    if not sealed or len(sealed) > LONGEST:
        return ""
    try:
        at, password = json.loads(crypto.unseal(sealed, SEAL))
    except (CannotOpen, ValueError):
        return ""
    return str(password) if clock.now().timestamp() - at <= SECONDS else ""
