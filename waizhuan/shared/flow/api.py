"""What errands and the home page use of flow."""

from __future__ import annotations

from waizhuan.kernel.actor import Actor
from waizhuan.shared.flow.actions import release, succeed
from waizhuan.shared.flow.engine import available, link, next_number, perform, reroute, start
from waizhuan.shared.flow.models import Step, Subject, WorkItem
from waizhuan.shared.flow.posts import Holding, holdings_with
from waizhuan.shared.flow.presenters import Rows, rows_of
from waizhuan.shared.flow.process import Need, Post, Process, State, Transition, all_processes, process, register
from waizhuan.shared.flow.queries import SHOWN, asked_by, current_item, held_by, held_by_posts, history, open_items
from waizhuan.shared.flow.queue import next_after

__all__ = [
    "Holding",
    "Need",
    "Post",
    "Process",
    "State",
    "Step",
    "Subject",
    "Transition",
    "WorkItem",
    "all_processes",
    "available",
    "awaited_by",
    "current_item",
    "held_by",
    "history",
    "holdings_with",
    "link",
    "next_after",
    "next_number",
    "open_items",
    "perform",
    "process",
    "register",
    "release",
    "reroute",
    "start",
    "succeed",
    "waiting_for",
]


def waiting_for(actor: Actor) -> Rows:
    """等我办: what waits for this actor, the most urgent first. Two queries, each from its own index."""
    own = open_items().filter(account_id=actor.account_id or 0)
    return rows_of(own, held_by_posts(actor), limit=SHOWN)


def awaited_by(actor: Actor) -> Rows:
    """我在等: what this actor waits for, and who has it until when. One query."""
    return rows_of(asked_by(actor), limit=SHOWN, held_by_others=True)
