"""What the clock does with appeals."""

from __future__ import annotations

import logging

from waizhuan.identity.appeals import actions
from waizhuan.identity.appeals.models import Appeal
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Conflict, Refused
from waizhuan.kernel.jobs import every

log = logging.getLogger("waizhuan.appeals")


@every(seconds=60)
def finish_cooling() -> int:
    """Carry through what nobody objected to; how many. One that cannot be carried out stays, and is logged."""
    due = Appeal.objects.filter(state="cooling", cooling_until__lte=clock.now()).order_by("cooling_until")[:50]
    count = 0
    for appeal in due:
        try:
            actions.finish(appeal)
            count += 1
        except (Refused, Conflict) as error:
            log.warning("an appeal could not be carried out", extra={"appeal": appeal.number, "why": str(error)})
    return count


@every(seconds=3600)
def expire_drafts() -> int:
    return actions.expire_drafts()
