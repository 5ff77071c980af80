"""Everything that leaves: put in within the transaction, taken out by a job, at least once, further and further apart."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Collection

from django.db import transaction

from waizhuan.kernel import clock
from waizhuan.shared.notify import adapters
from waizhuan.shared.notify.adapters import NotDelivered, Parcel
from waizhuan.shared.notify.models import Outbox

log = logging.getLogger("waizhuan.notify")
LEASE = dt.timedelta(seconds=60)
FIRST_PAUSE = 5  # seconds; doubled each time
LONGEST_PAUSE = 3600
ATTEMPTS = 16  # about eight hours
KEPT = dt.timedelta(days=90)


def put(channel: str, destination: str, body: str, *, key: str, subject: str = "", at_once: bool = False) -> Outbox:
    """Send this when the transaction is kept; one `key` is sent once. `at_once`: try as soon as it is kept, without
    waiting for the job."""
    row, fresh = Outbox.objects.get_or_create(
        key=key, defaults={"channel": channel, "destination": destination, "subject": subject, "body": body}
    )
    if at_once and fresh:
        transaction.on_commit(lambda: _try(row.pk), robust=True)
    return row


def _try(pk: int) -> None:
    row = claim(pk)
    if row:
        deliver(row)


def claim(pk: int | None = None, *, besides: Collection[str] = ()) -> Outbox | None:
    """Take one row that is due (this one; none of the channels `besides`) for the time of an attempt, so that nobody
    else sends it meanwhile."""
    now = clock.now()
    with transaction.atomic():
        due = Outbox.objects.select_for_update(skip_locked=True).filter(
            delivered_at=None, dead_at=None, next_at__lte=now
        )
        due = due.exclude(channel__in=besides) if besides else due
        row = (due.filter(pk=pk) if pk else due.order_by("next_at")).first()
        if row is None:
            return None
        row.attempts += 1
        row.next_at = now + LEASE
        row.save(update_fields=["attempts", "next_at"])
    return row


def deliver(row: Outbox) -> bool:
    """Carry a claimed row. Whatever happens is written down; an attempt that is killed is repeated after the lease."""
    parcel = Parcel(row.channel, row.destination, row.subject, row.body, row.key)
    try:
        adapters.adapter_for(row.channel)(parcel)
    except NotDelivered as error:
        _failed(row, error)
        return False
    except Exception as error:  # a row that breaks its adapter must not come back for ever
        log.exception("an adapter broke", extra={"outbox": row.pk, "channel": row.channel})
        _failed(row, NotDelivered(type(error).__name__))
        return False
    Outbox.objects.filter(pk=row.pk).update(delivered_at=clock.now(), body="", subject="", last_error="")
    return True


def _failed(row: Outbox, error: NotDelivered) -> None:
    now = clock.now()
    row.last_error = str(error)[:300]
    if error.for_good or row.attempts >= ATTEMPTS:
        row.dead_at = now
        log.error("a message was given up", extra={"outbox": row.pk, "channel": row.channel, "why": row.last_error})
    else:
        pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        row.next_at = now + dt.timedelta(seconds=pause)
        log.warning("a message waits", extra={"outbox": row.pk, "channel": row.channel, "why": row.last_error})
    row.save(update_fields=["last_error", "dead_at", "next_at"])


def deliver_due(seconds: float = 8.0) -> int:
    """Deliver what is due, for so many seconds at most; how many arrived. A channel that fails once rests until the next
    round: who carries it is down, and the other channels and jobs want their turn."""
    until, arrived, down = time.monotonic() + seconds, 0, set[str]()
    while time.monotonic() < until:
        row = claim(besides=down)
        if row is None:
            break
        if deliver(row):
            arrived += 1
        else:
            down.add(row.channel)
    return arrived


def forget_old() -> int:
    """Delete what arrived long ago."""
    deleted, _ = Outbox.objects.filter(delivered_at__lt=clock.now() - KEPT).delete()
    return deleted
