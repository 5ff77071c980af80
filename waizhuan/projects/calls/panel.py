"""受理截止, beside the home page."""

from __future__ import annotations

from django.urls import reverse

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.menu import Panel
from waizhuan.kernel.ui import dates
from waizhuan.kernel.words import say
from waizhuan.projects.calls.queries import open_now


def deadlines(actor: Actor) -> Panel | None:
    """The calls that accept applications now, the nearest deadline first. One query."""
    links = tuple(
        (
            f"{c.year} {c.label}",
            reverse("calls.show", args=[c.pk]),
            dates.long_moment(c.closes_at) + (f"　{c.announcement}" if c.announcement else ""),
        )
        for c in open_now()[:5]
    )
    return Panel(say("受理截止"), links) if links else None
