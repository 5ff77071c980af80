"""An organisation gets another name or number: the former one stays findable, and open work is called by the new one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Concat, Left, Substr

from waizhuan.identity.models import FormerCode, FormerName, Organisation
from waizhuan.shared.flow.api import WorkItem, open_items
from waizhuan.shared.refdata.names import name_key


def rename(unit: Organisation, name: str) -> None:
    """Give a unit, which the caller has locked and saves, another name. One that is only written differently is no former
    name."""
    before, key = unit.name, name_key(name)
    if key != unit.name_key:
        FormerName.objects.create(organisation=unit, name=before, name_key=unit.name_key)
    unit.name, unit.name_key = name, key
    if before != name:
        theirs = Q(asker_organisation=unit)
        if unit.account_id is not None:
            theirs |= Q(asker_account_id=unit.account_id)
        # where the name stands by itself or in front; in a title that somebody wrote it stays as it was written
        open_items().filter(theirs, title=before).update(title=name)
        rest = Substr("line", len(before) + 1)
        open_items().filter(theirs, line__startswith=before).update(line=Left(Concat(Value(name), rest), 300))
        in_words = list(open_items().filter(theirs, line_words__isnull=False).only("line_words"))
        for item in in_words:
            _rename(item.line_words, before, name)
        WorkItem.objects.bulk_update(in_words, ["line_words"], batch_size=500)


def _rename(words: Any, before: str, name: str) -> None:
    params = words["params"]
    params.update({k: name for k, value in params.items() if value == before})


def renumber(unit: Organisation, uscc: str) -> None:
    """Give a unit, which the caller has locked and saves, another number."""
    if unit.uscc and unit.uscc != uscc:
        FormerCode.objects.create(organisation=unit, uscc=unit.uscc)
    unit.uscc = uscc
