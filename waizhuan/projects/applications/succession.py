"""A department gave way to another: what it ranked keeps its order behind what the other one has ranked already."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from waizhuan.projects.applications.models import Application


def make_room(source: int, heir: int, ids: Sequence[int]) -> None:
    """Two departments each have a first place: in the calls where they would meet, those that come stand after those that
    are there (one application a rank is the database's rule)."""
    there = dict(
        Application.objects.filter(department_id=heir, rank__isnull=False)
        .values_list("call")
        .annotate(last=Max("rank"))
        .values_list("call", "last")
    )
    ranked = Application.objects.filter(pk__in=ids, department_id=source, rank__isnull=False)
    coming: dict[int, list[tuple[int, int]]] = {}
    for pk, call, rank in ranked.filter(call_id__in=there).order_by("rank").values_list("pk", "call", "rank"):
        coming.setdefault(call, []).append((pk, rank or 0))
    for call, found in coming.items():
        taken = Application.objects.filter(department_id=heir, call_id=call, rank__in=[r for _, r in found])
        if taken.exists():
            for pk, rank in found:
                Application.objects.filter(pk=pk).update(department_id=heir, rank=rank + there[call])
