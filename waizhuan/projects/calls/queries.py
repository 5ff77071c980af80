"""Scoped reads of calls."""

from __future__ import annotations

from django.db.models import QuerySet

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.calls.models import Call


def visible_to(actor: Actor) -> QuerySet[Call]:
    """Published calls to everybody; the ministry also sees its drafts."""
    calls = Call.objects.select_related("standard")
    if actor.organisation_kind == "ministry" and actor.has("ministry.head", "ministry.clerk"):
        return calls
    return calls.filter(published_at__isnull=False)


def open_now() -> QuerySet[Call]:
    """Published calls that accept applications at this moment, the nearest deadline first."""
    now = clock.now()
    return Call.objects.filter(published_at__isnull=False, opens_at__lte=now, closes_at__gte=now).order_by(
        "closes_at", "id"
    )
