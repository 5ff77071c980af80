"""What somebody typed and sent after the session had ended: kept, sealed, until they have signed in again.

A browser with scripts notices before it sends. Without them the form goes off, meets the sign-in page, and what was typed
would be gone. The session of the stranger, whose key changes at sign-in but whose content stays, carries it over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest

from waizhuan.kernel import crypto

NAME = "kept"
#: Characters; whatever is more is not typed by hand, and strangers could fill the table of sessions with it.
AT_MOST = 60_000


def keep(request: HttpRequest) -> None:
    """Remember the fields of this form for the page that it was sent to; one form a browser."""
    fields = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    text = json.dumps({"path": request.path, "fields": fields}, ensure_ascii=False)
    if len(text) <= AT_MOST:
        request.session[NAME] = crypto.seal(text, "kernel.kept")


def take(request: HttpRequest) -> Mapping[str, str] | None:
    """What was kept for this page, once."""
    sealed = request.session.get(NAME)
    if not sealed:
        return None
    kept = json.loads(crypto.unseal(sealed, "kernel.kept"))
    if kept["path"] != request.path:
        return None
    del request.session[NAME]
    fields: Mapping[str, str] = kept["fields"]
    return fields
