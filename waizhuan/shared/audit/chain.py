"""Sealing and verifying the chain.

`chain(n) = HMAC-SM3(key, chain(n-1) + mac(n))`: whoever edits, deletes or slips in a row would need the key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from waizhuan.kernel import clock, crypto
from waizhuan.shared.audit.models import AuditEntry, AuditHead

BATCH = 500


def link(previous: str, mac: str) -> str:
    return crypto.mac(f"chain\x00{previous}\x00{mac}".encode()).hex()


def seal(batch: int = BATCH) -> int:
    """Put the next entries on the chain; how many. Only one sealer works at a time; writers never wait for it."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
        waiting = list(AuditEntry.objects.filter(seq=None).order_by("id")[:batch])
        for entry in waiting:
            head.seq += 1
            head.chain = link(head.chain, entry.mac)
            # through the queryset: `save` refuses, and the triggers let only these two columns through
            AuditEntry.objects.filter(pk=entry.pk, seq=None).update(seq=head.seq, chain=head.chain)
        if waiting:
            head.sealed_at = clock.now()
            head.save()
    return len(waiting)


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a verification: the first fault, or none."""

    ok: bool
    checked: int
    unsealed: int
    seq: int = 0
    fault: str = ""


def verify(*, start: int = 1, progress: Callable[[int], None] | None = None) -> Found:
    """Walk the chain from `start`; memory does not grow with its length."""
    unsealed = AuditEntry.objects.filter(seq=None).count()
    for entry in AuditEntry.objects.filter(seq=None).order_by("id")[:BATCH]:
        if entry.mac != entry.authenticate():
            return Found(False, 0, unsealed, 0, f"the unsealed entry {entry.pk} was edited or slipped in")
    previous = AuditEntry.objects.filter(seq=start - 1).values_list("chain", flat=True).first() or "0" * 64
    expected, checked = start, 0
    rows = AuditEntry.objects.filter(seq__gte=start).order_by("seq")
    for entry in rows.iterator(chunk_size=2000) if connection.vendor == "postgresql" else rows.iterator():
        if entry.seq != expected:
            return Found(False, checked, unsealed, expected, f"entry {expected} was deleted")
        if entry.mac != entry.authenticate():
            return Found(False, checked, unsealed, expected, f"entry {expected} was edited")
        if entry.chain != link(previous, entry.mac):
            return Found(
                False,
                checked,
                unsealed,
                expected,
                f"entry {expected} does not follow its predecessor: a row was slipped in",
            )
        previous, expected, checked = entry.chain, expected + 1, checked + 1
        if progress and checked % 10_000 == 0:
            progress(checked)
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.seq != expected - 1 or head.chain != previous):
        return Found(False, checked, unsealed, expected, f"entries from {expected} on were deleted")
    return Found(True, checked, unsealed)
