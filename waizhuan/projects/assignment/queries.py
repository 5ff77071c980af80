"""The unit's projects as its administrator assigns them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.applications.api import left_behind
from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.assignment.rules import LIVE

ORDER = ("-updated_at", "-id")


def assignable(actor: Actor) -> QuerySet[Application]:
    """Everything that the unit acted for may assign: its live applications and projects."""
    if not actor.has("unit.admin"):
        return Application.objects.none()
    return Application.objects.filter(unit_id=actor.organisation_id, state__in=LIVE).select_related(
        "call", "lead__person"
    )


def locked(actor: Actor, ids: Collection[int]) -> QuerySet[Application]:
    """Those of these that are the unit's, in whatever state, until the transaction ends. The lead's name is read afterwards:
    PostgreSQL drops a row whose joined key changed while it waited for the lock."""
    rows = Application.objects.select_for_update(of=("self",)).prefetch_related("lead__person")
    return rows.filter(unit_id=actor.organisation_id, pk__in=ids).order_by("pk")


def wishes(actor: Actor) -> QuerySet[Wish]:
    """The leads of the unit acted for who have asked for a project, the longest waiting first."""
    if not actor.has("unit.admin"):
        return Wish.objects.none()
    return (
        Wish.objects.filter(unit_id=actor.organisation_id).select_related("account__person").order_by("asked_at", "id")
    )


def my_wish(actor: Actor) -> Wish | None:
    return Wish.objects.filter(unit_id=actor.organisation_id or 0, account_id=actor.account_id or 0).first()


def unfinished(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those that still need a lead: not yet decided, or the project runs."""
    return rows.filter(state__in=LIVE).exclude(state="approved", ends_on__lt=clock.today())


def led_by(account_id: int, unit_id: int) -> int:
    """How many unfinished applications and projects this person leads in this unit. One query."""
    return unfinished(Application.objects.filter(lead_id=account_id, unit_id=unit_id)).count()


def narrowed(rows: QuerySet[Application], *, lead: str, text: str) -> QuerySet[Application]:
    """`lead`: "none" for those without a lead, "lapsed" for those under way whose lead lost the authorisation, an account's
    id, or "" for all; `text`: part of title or number."""
    if lead == "none":
        rows = rows.filter(lead=None)
    elif lead == "lapsed":
        rows = unfinished(left_behind(rows))
    elif (account := whole(lead)) is not None:
        rows = rows.filter(lead_id=account)
    if text:
        rows = rows.filter(title__has=text) | rows.filter(number=text) | rows.filter(project_number=text)
    return rows
