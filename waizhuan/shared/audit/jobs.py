"""Seals what was written, and leaves the end of the chain in the log, out of reach of whoever changes the database."""

from __future__ import annotations

import logging

from waizhuan.kernel.jobs import every
from waizhuan.shared.audit.chain import seal
from waizhuan.shared.audit.models import AuditHead

log = logging.getLogger("waizhuan.audit")


@every(seconds=1)
def seal_entries() -> int:
    return seal()


@every(seconds=3600)
def note_head() -> None:
    head = AuditHead.objects.filter(pk=1).first()
    if head:
        log.info("audit head", extra={"seq": head.seq, "chain": head.chain})
