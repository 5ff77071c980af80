"""Reads of work and history. Everything is a query on `WorkItem` and `Step`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db.models import Q, QuerySet

from waizhuan.kernel import roles
from waizhuan.kernel.actor import Actor
from waizhuan.shared.flow.models import Step, Subject, WorkItem
from waizhuan.shared.flow.process import Process

#: The columns of which `presenters.row_of` makes a line.
ROW = (
    "process",
    "subject_id",
    "state",
    "number",
    "title",
    "line",
    "line_words",
    "opened_at",
    "due_at",
    "promised",
    "provisional",
    "reminded_at",
)
#: Who has it and who asked, for lists of what others have.
HOLDER = ("organisation__name", "account__person__name", "asker_organisation_id")
HOLDER_OF = ("organisation", "account__person")
#: What a case page shows of the work and of its history: two statements of every such page, by hand (docs/adr/0007).
_CURRENT = """
SELECT w.id, w.opened_at, w.due_at, w.promised, w.provisional, w.reminded_at, w.asker_turn, w.role,
       w.asker_account_id, w.asker_organisation_id, w.organisation_id, w.account_id, w.assignee_id,
       o.name AS office, o.public_phone AS office_phone, o.public_hours AS office_hours
FROM flow_workitem w LEFT JOIN identity_organisation o ON o.id = w.organisation_id
WHERE w.closed_at IS NULL AND w.process = %s AND w.subject_id = %s
"""
_HISTORY = "SELECT * FROM flow_step WHERE process = %s AND subject_id = %s"
#: How many rows the home page shows of each kind; the rest is one click away.
SHOWN = 8


def open_items() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(closed_at=None)


def held_by(actor: Actor) -> QuerySet[WorkItem]:
    """Open work of the posts that the actor holds here and now, and of the actor's own account."""
    own = Q(account_id=actor.account_id)
    if actor.organisation_id is not None and actor.roles:
        own |= Q(organisation_id=actor.organisation_id, role__in=actor.roles)
    return open_items().filter(own) if actor.signed_in else WorkItem.objects.none()


def held_by_posts(actor: Actor) -> QuerySet[WorkItem]:
    """Open work of the posts alone: with one role it is read in order from one index, however long the queue."""
    return open_items().filter(organisation_id=actor.organisation_id or 0, role__in=actor.roles)


def waiting_at_posts(actor: Actor) -> QuerySet[WorkItem]:
    """Of that, what waits for a decision: what lies with the asker again (`asker_turn`) is not in the queue."""
    here = actor.organisation_id or 0
    return WorkItem.objects.filter(closed_at=None, organisation_id=here, role__in=actor.roles, asker_turn=False)


def asked_by(actor: Actor) -> QuerySet[WorkItem]:
    """Open work that somebody else holds and this actor asked for; an administrator sees all that the organisation asked
    for, a project lead only their own."""
    asked = Q(asker_account_id=actor.account_id)
    if actor.organisation_id is not None and any(roles.role(r).gives for r in actor.roles):
        asked |= Q(asker_organisation_id=actor.organisation_id)
    if not actor.signed_in:
        return WorkItem.objects.none()
    held_here = Q(account_id=actor.account_id)
    if actor.organisation_id is not None and actor.roles:
        held_here |= Q(organisation_id=actor.organisation_id, role__in=actor.roles)
    return open_items().filter(asked).exclude(held_here)


def asks(item: WorkItem, actor: Actor) -> bool:
    """Did this actor ask for it, as `asked_by` finds it? No query."""
    if item.asker_account_id is not None and item.asker_account_id == actor.account_id:
        return True
    acts = actor.organisation_id is not None and item.asker_organisation_id == actor.organisation_id
    return acts and any(roles.role(r).gives for r in actor.roles)


def history(process: Process, subject: Subject) -> Sequence[Step]:
    """Every step, newest first. One query; a case has a dozen, and sorting them here is cheaper than asking for it."""
    steps = Step.objects.raw(_HISTORY, [process.name, subject.pk])
    return sorted(steps, key=lambda step: step.seq, reverse=True)


def current_item(process: Process, subject: Subject) -> WorkItem | None:
    """The open work item with the office whose post has it. One query. (Most work lies with a post: who it is where it lies
    with a person, `person_of` asks.)"""
    return next(iter(WorkItem.objects.raw(_CURRENT, [process.name, subject.pk])), None)


def person_of(item: WorkItem, who: Literal["account", "assignee"]) -> str:
    """The name of the person who has the work, or of the one who takes care of it for the post. One query."""
    return WorkItem.objects.filter(pk=item.pk).values_list(f"{who}__person__name", flat=True).get() or ""
