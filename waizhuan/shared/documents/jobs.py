"""Throws away what was uploaded and never used."""

from __future__ import annotations

import datetime as dt

from waizhuan.kernel import clock
from waizhuan.kernel.jobs import every
from waizhuan.shared.documents import stores
from waizhuan.shared.documents.models import Document

KEPT_DAYS = 7


@every(seconds=3600)
def remove_orphans() -> int:
    """Documents that belong to no case after a week; the row goes first, so nothing points to a missing file."""
    before = clock.now() - dt.timedelta(days=KEPT_DAYS)
    gone = list(Document.objects.filter(subject="", created_at__lt=before).order_by("id")[:200])
    for document in gone:
        pages = document.pages
        document.delete()
        for ending in ("", "-t", *(f"-{n}" for n in range(1, pages + 1))):
            stores.store().delete(document.key + ending)
    return len(gone)
