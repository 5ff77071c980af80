"""What was handed in or sealed stays told, also after the unit changed its list."""

from __future__ import annotations

from django.utils import translation

from waizhuan.projects.merges import presenters
from waizhuan.projects.merges.models import FormerLine, FormerList, Merge

BATCH = 2000


def keep(merge: Merge) -> None:
    """Remember the list as it is, with its seal or confirmation, which count for this list alone and are taken off the merge.
    Runs inside the transaction of the change; the caller saves the merge."""
    with translation.override("zh-hans"):  # as in the letter
        source, target = str(presenters.source_name(merge)), str(presenters.target_name(merge))
    former = FormerList.objects.create(
        merge=merge,
        listing=merge.listing,
        source=source[:200],
        target=target[:300],
        reason=merge.reason,
        count=merge.lines.count(),
        letter_id=merge.letter_id,
        scan=merge.scan,
        confirmed_by_id=merge.confirmed_by_id,
        confirmed_at=merge.confirmed_at,
    )
    lines = merge.lines.order_by("id").values_list("number", "title").iterator(chunk_size=BATCH)
    FormerLine.objects.bulk_create(
        (FormerLine(former=former, number=number, title=title) for number, title in lines), batch_size=BATCH
    )
    unseal(merge)


def unseal(merge: Merge) -> None:
    """Neither seal nor confirmation is for the list as it will be."""
    merge.letter = merge.confirmed_by = merge.confirmed_at = None
    merge.scan = ""
