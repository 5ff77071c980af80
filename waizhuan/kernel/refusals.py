"""What looks like getting round a control, noticed deep inside and written down once the request is answered.

`notice` says it from anywhere below; the middleware that surrounds the request (`watched`) passes it on. Outside of a request
nobody listens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: What is noticed; each has its words in `waizhuan/web/traces.py`.
PAGE, RULE, FORM, CHOICE, LINK = "page", "rule", "form", "choice", "link"
CAPTCHA, THROTTLED, CLIENT = "captcha", "throttled", "client"
MORE = "more"  # instead of an entry: no more are written in this hour

_noticed: ContextVar[set[str] | None] = ContextVar("noticed", default=None)


def notice(what: str) -> None:
    """This request was refused something, and `what` it was."""
    found = _noticed.get()
    if found is not None:
        found.add(what)


@contextmanager
def watched() -> Iterator[set[str]]:
    """All that is noticed until the end of the block."""
    found: set[str] = set()
    token = _noticed.set(found)
    try:
        yield found
    finally:
        _noticed.reset(token)
