"""Tells people before an authorisation runs out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from waizhuan.identity.models import Mandate
from waizhuan.kernel import clock, roles
from waizhuan.kernel.events import Tell, publish
from waizhuan.kernel.jobs import every

NOTICES = (1, 7, 30)  # days before the end; each is given once


@every(seconds=3600)
def tell_of_expiry() -> int:
    """The holder and the unit's administrators hear of it 30, 7 and 1 days before; how many were told."""
    now = clock.now()
    count = 0
    for days in NOTICES:
        due = Mandate.objects.filter(
            Q(notice_given=0) | Q(notice_given__gt=days),
            withdrawn_at=None,
            valid_until__gt=now,
            valid_until__lte=now + dt.timedelta(days=days),
        )
        for mandate in due.select_related("organisation", "account__person").order_by("valid_until")[:200]:
            count += _tell(mandate, days)
    return count


def _tell(mandate: Mandate, days: int) -> bool:
    assert mandate.valid_until is not None
    with transaction.atomic():
        fresh = Mandate.objects.filter(Q(notice_given=0) | Q(notice_given__gt=days), pk=mandate.pk)
        if not fresh.update(notice_given=days):
            return False
        person = getattr(mandate.account, "person", None)
        publish(
            Tell(
                "delegation.ends",
                accounts=(mandate.account_id,),
                posts=((mandate.organisation_id, "unit.admin"),),
                context={
                    "name": person.name if person else "",
                    "organisation": mandate.organisation.name,
                    "roles": str(roles.role(mandate.role).label),
                    "day": f"{mandate.valid_until.astimezone(clock.CHINA):%Y-%m-%d}",
                },
                link="/authorisation/",
            )
        )
    return True
