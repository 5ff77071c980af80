"""Who else holds a post. Flow knows no accounts; whoever keeps the mandates says so when the product starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds this post (organisation + role) now."""

    account_id: int
    name: str
    organisation_id: int
    role: str


Ask = Callable[[Collection[int]], Sequence[Holding]]


def _nobody(organisation_ids: Collection[int]) -> Sequence[Holding]:
    return ()


_ask: Ask = _nobody


def holdings_with(function: Ask) -> None:
    """Declare who answers: the posts that people hold in these organisations now, by name; one query."""
    global _ask
    _ask = function


def holdings(organisation_ids: Collection[int]) -> Sequence[Holding]:
    return _ask(organisation_ids) if organisation_ids else ()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who holds at least one of the actor's posts."""

    account_id: int
    name: str
    roles: frozenset[str]


def colleagues(actor: Actor) -> Sequence[Colleague]:
    """Who holds a post of the actor's besides the actor, by name. One query."""
    if actor.organisation_id is None or not actor.roles:
        return ()
    found: dict[int, tuple[str, set[str]]] = {}
    for h in holdings((actor.organisation_id,)):
        if h.role in actor.roles and h.account_id != actor.account_id:
            found.setdefault(h.account_id, (h.name, set()))[1].add(h.role)
    return [Colleague(id, name, frozenset(roles)) for id, (name, roles) in found.items()]
