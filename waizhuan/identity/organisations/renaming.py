"""An organisation gets another name or number: the former one stays findable, and open work is called by the new one."""

from __future__ import annotations

from django.db.models import Q, Value
from django.db.models.functions import Concat, Left, Substr

from waizhuan.identity.models import FormerCode, FormerName, Organisation
from waizhuan.shared.flow.api import open_items
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


def renumber(unit: Organisation, uscc: str) -> None:
    """Give a unit, which the caller has locked and saves, another number."""
    if unit.uscc and unit.uscc != uscc:
        FormerCode.objects.create(organisation=unit, uscc=unit.uscc)
    unit.uscc = uscc
