"""Refused access and attempts to get round a control, for the security log (ASVS 16.3.2, 16.3.3).

Each stands in the process log. The audit log has the first of its kind (who, what, on which screen) and then the tenth, the
hundredth … of the hour, so that nobody fills it; strangers share one budget. Nothing here costs an answer that was given
anything but what was asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import DatabaseError, transaction
from django.http import HttpRequest

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.refusals import CHOICE

log = logging.getLogger("waizhuan.refusals")
WINDOW = 3600
AT_MOST = 60  # entries an hour about one account, and about all strangers together
STEPS = {10**n for n in range(10)}


def write_down(request: HttpRequest, noticed: Collection[str]) -> None:
    """At most two statements for each that is new; a counter for each that is not."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    match = request.resolver_match
    screen = (match.url_name or "" if match else "") or "none"
    who = str(actor.account_id or "stranger")
    for what in sorted(noticed):
        if what == CHOICE and request.method != "POST":
            continue  # a filter in a bookmark may be an old one
        log.warning("refused", extra={"what": what, "screen": screen, "account": actor.account_id})
        try:
            _in_the_audit_log(request, actor, what, screen, who)
        except DatabaseError:
            log.exception("a refusal could not be written down")


def _in_the_audit_log(request: HttpRequest, actor: Actor, what: str, screen: str, who: str) -> None:
    times = identity.count_try(f"refused:{who}:{what}:{screen}", seconds=WINDOW)
    if times not in STEPS or identity.count_try(f"refused:{who}", seconds=WINDOW) > AT_MOST:
        return
    match = request.resolver_match
    # numbers alone: what else stands in an address may be the token of a link
    numbers = ", ".join(str(v) for v in (match.kwargs if match else {}).values() if isinstance(v, int))
    request_id = getattr(request, "request_id", "")
    detail = {"number": numbers, "times": times, "method": request.method, "request": request_id}
    if not actor.signed_in:
        detail["network"] = identity.network_of(request)
    with transaction.atomic():
        publish(Happened(actor, f"refused.{what}", f"web.screen:{screen}", detail))
