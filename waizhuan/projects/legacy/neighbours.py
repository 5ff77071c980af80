"""What other errands know of an old unit and of its accounts, and do about it, where the ministry says whose it is. They
declare it when they start: this errand knows none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.words import Words
from waizhuan.projects.legacy.models import LegacyUnit


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A unit says that it was this old unit, and waits for a decision. `since`: when it said so; `theirs`: it was asked for
    more, and has it; `approving`: it was found right, and waits for an administrator of the ministry."""

    id: int
    number: str
    unit_id: int
    unit: str
    since: dt.datetime
    state: Words
    tone: str
    theirs: bool
    approving: bool


@dataclass(frozen=True, slots=True)
class Claims:
    """`open_to(old units, locked)`: the open claims to each of them, by its id; one query. `settle(actor, old, given,
    declined, note)`: these claims (ids) came true, and those did not, for the reason in `note`."""

    open_to: Callable[[Sequence[LegacyUnit], bool], Mapping[int, Sequence[OpenClaim]]]
    settle: Callable[[Actor, LegacyUnit, Collection[int], Collection[int], str], None]


@dataclass(frozen=True, slots=True)
class Links:
    """`how`: by what an old account was found to be somebody's, in words; `cut(actor, old accounts, why)`: they are not."""

    how: Mapping[str, Words]
    cut: Callable[[Actor, Sequence[int], str], None]


_claims: list[Claims] = []
_links: list[Links] = []


def declare_claims(claims: Claims) -> None:
    _claims[:] = [claims]


def declare_links(links: Links) -> None:
    _links[:] = [links]


def claims() -> Claims:
    return _claims[0]


def links() -> Links:
    return _links[0]
