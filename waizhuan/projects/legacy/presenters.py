"""Plain data for the page on which a match is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q

from waizhuan.kernel.words import Words
from waizhuan.projects.legacy import neighbours, pairing
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.shared.refdata import old_logins
from waizhuan.shared.refdata.masks import mask_name

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Linked:
    """An old account that the unit's word made somebody's: whose, why, since when, and how many projects they lead by it."""

    id: int
    full_name: str
    holder: str
    how: Words | str
    since: dt.datetime | None
    projects: int


def links_of(old: LegacyUnit) -> Sequence[Linked]:
    """The first of them. One query."""
    lead = Q(projects__lead_id=F("account_id"))
    rows = pairing.vouched(old).select_related("account__person").annotate(led=Count("projects", filter=lead))
    how = neighbours.links().how
    return [
        Linked(
            id=row.pk,
            full_name=old_logins.PREFIX + row.login_name,
            holder=mask_name(row.account.person.name) if row.account and hasattr(row.account, "person") else "",
            how=how.get(row.linked_how, ""),
            since=row.linked_at,
            projects=row.led,
        )
        for row in rows[:SHOWN]
    ]
