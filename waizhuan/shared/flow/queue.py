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
#: What a list of work shows, of other tables too, and all that it shows: a page pays for every column that it fetches.
SHOWN = ("id", *ROW, "assignee_id", "assignee__person__name", "asker_organisation__name")
CAP = 100
#: Earlier than all work.
BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class View:
    """A tab: its name in the address, its label, how many there are (at most CAP)."""

    name: str
    label: Words
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another case of the queue: its work item, its title."""

    pk: int
    title: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    before: Neighbour | None
    after: Neighbour | None


VIEWS: dict[str, Words] = {
    "all": say("全部在办"),
    "today": say("今天到期"),
    "late": say("已超期"),
    "nobody": say("没有人认领"),
}


#: As `waiting_at_posts`.
_MINE = "closed_at IS NULL AND organisation_id = %s AND role <> '' AND role IN ({roles}) AND NOT asker_turn"
#: In the order of VIEWS.
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE due_at >= %s AND due_at <= %s), count(*) FILTER (WHERE due_at < %s),
       count(*) FILTER (WHERE assignee_id IS NULL)
FROM (SELECT due_at, assignee_id FROM flow_workitem WHERE {mine} ORDER BY due_at, id LIMIT %s) AS urgent
"""
_NEIGHBOURS = """
SELECT * FROM (SELECT 'before', id, title FROM flow_workitem
               WHERE {mine} AND (due_at, id) < (%s, %s) ORDER BY due_at DESC, id DESC LIMIT 1) AS b
UNION ALL
SELECT * FROM (SELECT 'after', id, title FROM flow_workitem
               WHERE {mine} AND (due_at, id) > (%s, %s) ORDER BY due_at, id LIMIT 1) AS a
UNION ALL
SELECT * FROM (SELECT 'first', id, title FROM flow_workitem
               WHERE {mine} AND id <> %s ORDER BY due_at, id LIMIT 1) AS f
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
        statement = _COUNTS.format(mine=_MINE.format(roles=", ".join(["%s"] * len(roles))))
        cursor.execute(statement, [now, tonight, now, actor.organisation_id or 0, *roles, CAP])
        counted = dict(zip(VIEWS, cursor.fetchone(), strict=True))
    full = counted["all"] >= CAP
    return [
        View(name, label, f"{counted[name]}+" if full and counted[name] else str(counted[name]), name == current)
        for name, label in VIEWS.items()
    ]


def rows(actor: Actor, view: str, given: Mapping[str, Any]) -> QuerySet[WorkItem, Any]:
    """The queue: everything that waits for a decision of this actor's posts, as named columns (SHOWN)."""
    held = waiting_at_posts(actor)
    return narrowed(in_view(held, view), given, actor).values_list(*SHOWN, named=True)


def neighbours(actor: Actor, item: WorkItem | None) -> Neighbours:
    """The work before and after this one in the actor's queue, by due time; after the last one, or without one, comes the
    first. One query, by hand (docs/adr/0007)."""
    here: list[Any] = [
        connection.ops.adapt_datetimefield_value(item.due_at if item else BEGINNING),
        item.pk if item else 0,
    ]
    roles = sorted(actor.roles) or [""]
    posts: list[Any] = [actor.organisation_id or 0, *roles]
    with connection.cursor() as cursor:
        statement = _NEIGHBOURS.format(mine=_MINE.format(roles=", ".join(["%s"] * len(roles))))
        cursor.execute(statement, [*posts, *here, *posts, *here, *posts, here[1]])
        found = {which: Neighbour(pk, title) for which, pk, title in cursor.fetchall()}
    return Neighbours(found.get("before"), found.get("after") or found.get("first"))


def next_after(actor: Actor, item: WorkItem | None = None) -> Neighbour | None:
    """The next case by due time in the actor's queue, after this one; else the first. One query."""
    return neighbours(actor, item).after
