"""Refused access and attempts to get round a control, for the security log (ASVS 16.3.2, 16.3.3).

Each stands in the process log. The audit log has the first of its kind (who, what, on which screen) and then the tenth, the
hundredth … of the hour, so that nobody fills it; where a budget is spent, one last entry says so: the log is never silent
without saying it. Nothing here costs an answer that was given anything but what was asked for, and nothing can take it back.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction
from django.http import HttpRequest

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.refusals import CHOICE, MORE

log = logging.getLogger("waizhuan.refusals")
WINDOW = 3600
#: Entries an hour about one account, or about the strangers of one network: whoever spends them hides nobody else.
AT_MOST = 60
STRANGERS = 600  # about all of them together
ROW = 2**63  # no row has such a number: it was typed
STEPS = {10**n for n in range(10)}


def write_down(request: HttpRequest, noticed: Collection[str]) -> None:
    """Three counters and an entry at most for each that is new; a counter for each that is not."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    match = request.resolver_match
    screen = (match.url_name or "" if match else "") or "none"
    for what in sorted(noticed):
        if what == CHOICE and request.method != "POST":
            continue  # a filter in a bookmark may be an old one
        log.warning("refused", extra={"what": what, "screen": screen, "account": actor.account_id})
        try:
            _in_the_audit_log(request, actor, what, screen)
        except Exception:  # the database, or whoever counts (Redis): the answer is made already
            log.exception("a refusal could not be written down")


def _in_the_audit_log(request: HttpRequest, actor: Actor, what: str, screen: str) -> None:
    network = "" if actor.signed_in else identity.network_of(request)
    who = str(actor.account_id or f"stranger:{network}")
    times = identity.count_try(f"refused:{who}:{what}:{screen}", seconds=WINDOW)
    if times not in STEPS:
        return
    for whose, most in ((who, AT_MOST),) if actor.signed_in else ((who, AT_MOST), ("strangers", STRANGERS)):
        beyond = identity.count_try(f"refused:{whose}", seconds=WINDOW) - most
        if beyond > 1:
            return
        if beyond == 1:
            what = MORE
    match = request.resolver_match
    # numbers of rows alone: what else stands in an address may be the token of a link
    numbers = ", ".join(str(v) for v in (match.kwargs if match else {}).values() if isinstance(v, int) and v < ROW)
    request_id = getattr(request, "request_id", "")
    detail = {"number": numbers, "times": times, "method": request.method, "request": request_id}
    if network:
        detail["network"] = network
    with transaction.atomic():
        publish(Happened(actor, f"refused.{what}", f"web.screen:{screen}", detail))
