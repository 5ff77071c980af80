"""待办: the work of the posts that one holds, its views, filters, and neighbours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import Words, say
from waizhuan.shared.flow.models import SavedView, WorkItem
from waizhuan.shared.flow.queries import ROW, waiting_at_posts

ORDER = ("due_at", "id")
#: What a list of work shows of other tables, and all that it shows: a page pays for every column that it fetches.
JOINED = ("assignee__person", "asker_organisation")
SHOWN = (*ROW, "assignee__person__name", "asker_organisation__name")
NEIGHBOUR = ("title", "due_at")
CAP = 100


@dataclass(frozen=True, slots=True)
class View:
    """A tab: its name in the address, its label, how many there are (at most CAP)."""

    name: str
    label: Words
    count: str
    current: bool


VIEWS: dict[str, Words] = {
    "all": say("全部在办"),
    "today": say("今天到期"),
    "late": say("已超期"),
    "nobody": say("没有人认领"),
}


#: In the order of VIEWS; as `waiting_at_posts`.
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE due_at >= %s AND due_at <= %s), count(*) FILTER (WHERE due_at < %s),
       count(*) FILTER (WHERE assignee_id IS NULL)
FROM (SELECT due_at, assignee_id FROM flow_workitem WHERE closed_at IS NULL AND organisation_id = %s
      AND role IN ({roles}) AND NOT asker_turn ORDER BY due_at, id LIMIT %s) AS urgent
"""


def end_of_today() -> dt.datetime:
    return dt.datetime.combine(clock.today(), dt.time.max, clock.CHINA)


def in_view(rows: QuerySet[WorkItem], name: str) -> QuerySet[WorkItem]:
    if name == "today":
        return rows.filter(due_at__gte=clock.now(), due_at__lte=end_of_today())
    if name == "late":
        return rows.filter(due_at__lt=clock.now())
    if name == "nobody":
        return rows.filter(assignee=None)
    return rows


def narrowed(rows: QuerySet[WorkItem], given: Mapping[str, Any], actor: Actor) -> QuerySet[WorkItem]:
    """`q`: part of title or line, or the number; `process`; `assignee`: mine, nobody, colleague, or one's account id."""
    if given.get("q"):
        rows = rows.filter(Q(title__icontains=given["q"]) | Q(line__icontains=given["q"]) | Q(number=given["q"]))
    if given.get("process"):
        rows = rows.filter(process=given["process"])
    if given.get("assignee") == "mine":
        rows = rows.filter(assignee_id=actor.account_id)
    elif given.get("assignee") == "nobody":
        rows = rows.filter(assignee=None)
    elif given.get("assignee") == "colleague":
        rows = rows.filter(assignee__isnull=False).exclude(assignee_id=actor.account_id)
    elif given.get("assignee"):
        rows = rows.filter(assignee_id=int(given["assignee"]))
    return rows


def conditions(view: str, given: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the address of a narrowed queue, and what a saved view keeps: only what is set."""
    kept = {name: str(given[name]) for name in ("q", "process", "assignee") if given.get(name)}
    return {"view": view} | kept if view != "all" else kept


def saved(actor: Actor) -> Sequence[SavedView]:
    """The actor's own views here, in the order in which they were made. One query."""
    own = SavedView.objects.filter(account_id=actor.account_id or 0, organisation_id=actor.organisation_id or 0)
    return list(own.order_by("id"))


def views(actor: Actor, current: str) -> Sequence[View]:
    """The tabs with their counts, of the CAP most urgent: one query, by hand (docs/adr/0007)."""
    roles, moment = sorted(actor.roles) or [""], connection.ops.adapt_datetimefield_value
    now, tonight = moment(clock.now()), moment(end_of_today())
    with connection.cursor() as cursor:
        statement = _COUNTS.format(roles=", ".join(["%s"] * len(roles)))
        cursor.execute(statement, [now, tonight, now, actor.organisation_id or 0, *roles, CAP])
        counted = dict(zip(VIEWS, cursor.fetchone(), strict=True))
    full = counted["all"] >= CAP
    return [
        View(name, label, f"{counted[name]}+" if full and counted[name] else str(counted[name]), name == current)
        for name, label in VIEWS.items()
    ]


def rows(actor: Actor, view: str, given: Mapping[str, Any]) -> QuerySet[WorkItem]:
    """The queue: everything that waits for a decision of this actor's posts."""
    held = waiting_at_posts(actor)
    return narrowed(in_view(held, view), given, actor).select_related(*JOINED).only(*SHOWN)


def next_after(actor: Actor, item: WorkItem | None = None) -> WorkItem | None:
    """The next case by due time in the actor's queue, after this one; else the first. One query, two at the end."""
    held = waiting_at_posts(actor).only(*NEIGHBOUR).order_by(*ORDER)
    if item is not None:
        following = held.filter(Q(due_at__gt=item.due_at) | Q(due_at=item.due_at, id__gt=item.pk)).first()
        if following:
            return following
        held = held.exclude(pk=item.pk)
    return held.first()


def before(actor: Actor, item: WorkItem) -> WorkItem | None:
    """The case before this one in the queue. One query."""
    held = waiting_at_posts(actor).only(*NEIGHBOUR)
    return (
        held.filter(Q(due_at__lt=item.due_at) | Q(due_at=item.due_at, id__lt=item.pk))
        .order_by("-due_at", "-id")
        .first()
    )
