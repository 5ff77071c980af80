"""For the tests of errands: what was sent, without waiting for anybody to carry it."""

from __future__ import annotations

import re

from waizhuan.shared.notify.models import MailboxMessage, Outbox


def sent_to(destination: str) -> list[str]:
    """The texts on their way to, or arrived at, this phone or address; the newest first."""
    waiting = [r.body for r in Outbox.objects.filter(delivered_at=None).order_by("-id") if r.destination == destination]
    arrived = [m.body for m in MailboxMessage.objects.order_by("-id") if m.destination == destination]
    return waiting + arrived


def code_sent_to(destination: str) -> str:
    """The newest one-time code for this phone or address."""
    for text in sent_to(destination):
        found = re.search(r"\b\d{6}\b", text)
        if found:
            return found.group()
    raise AssertionError(f"no code was sent to {destination}")
