"""Work that lies with a person, not with a post, stays where it is when the post is withdrawn. Other contexts declare here what
that is (through `identity.api`), so that whoever withdraws reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from waizhuan.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Left:
    """The sentence, for whoever withdraws (`words`) and for whoever leaves by themselves (`own`), and the link to where it is
    given to somebody else."""

    words: Words
    own: Words
    url: str
    label: Words


#: (account id, organisation id) → what this person leaves behind there, if anything
Leaves = Callable[[int, int], Left | None]
_leaves: dict[str, Leaves] = {}


def declare(role: str, leaves: Leaves) -> None:
    """In the `ready()` of an app; one for a role."""
    _leaves[role] = leaves


def left_by(role: str, account_id: int, organisation_id: int) -> Left | None:
    leaves = _leaves.get(role)
    return leaves(account_id, organisation_id) if leaves else None
