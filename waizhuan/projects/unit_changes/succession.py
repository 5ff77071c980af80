"""A department gave way to another: a request that names it, as it is now or as it shall be, names the other one."""

from __future__ import annotations

from collections.abc import Sequence

from waizhuan.projects.unit_changes import rules
from waizhuan.projects.unit_changes.models import FieldChange
from waizhuan.projects.unit_changes.process import CHANGE

OPEN = tuple(s.name for s in CHANGE.states if not s.final)


def rename(source: int, heir: int, ids: Sequence[int]) -> None:
    """Only in what is not decided: before and after of what was decided stay as they were."""
    fields = FieldChange.objects.filter(change_id__in=ids, change__state__in=OPEN, name=rules.DEPARTMENT)
    for f in fields:  # sealed: they cannot be changed where they lie
        f.before = str(heir) if f.before == str(source) else f.before
        f.after = str(heir) if f.after == str(source) else f.after
        f.save(update_fields=["before", "after"])
