"""Imports are worked on in the background; a page shows how far they are."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.jobs import every
from waizhuan.projects.legacy import loading, writing
from waizhuan.projects.legacy.models import Import, State
from waizhuan.shared.documents import stores

#: so long is the file kept that an import came from: full of personal data, and of no use once it is loaded
KEPT = dt.timedelta(days=30)
AT_ONCE = 50


@every(seconds=1)
def run_imports() -> int:
    """The oldest import that is at work goes on for a while; how many rows."""
    first = Import.objects.filter(state__in=loading.AT_WORK).order_by("id").values_list("pk", flat=True).first()
    return loading.work(first) if first is not None else 0


@every(seconds=86_400)
def write_out_former_names() -> int:
    return writing.write_out_former_names()


@every(seconds=3600)
def throw_away_originals() -> int:
    """Files of imports that ended 30 days ago go; what was found and loaded stays told. One that was checked and never loaded
    is dropped. How many."""
    over = Import.objects.filter(finished_at__lt=clock.now() - KEPT).exclude(file_key="")
    count = 0
    for found in over.exclude(state__in=loading.AT_WORK).order_by("id")[:AT_ONCE]:
        with transaction.atomic():
            row = Import.objects.select_for_update().get(pk=found.pk)
            if not row.file_key or row.state in loading.AT_WORK:
                continue
            key, row.file_key = row.file_key, ""
            row.state = State.DROPPED if row.state == State.CHECKED else row.state
            row.save(update_fields=["file_key", "state"])
            publish(Happened(the_system(), "legacy.original_deleted", f"legacy.import:{row.pk}", {}))
        stores.store().delete(key)
        count += 1
    return count
