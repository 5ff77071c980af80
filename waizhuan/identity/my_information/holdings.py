"""What is held about an account, by whom: one entry a kind. It is what the copy holds (Art. 45), what a deletion removes and
what it keeps and why (Art. 47), and what stands in a deletion's way. Other contexts declare theirs through `identity.api`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import SILENCE, Words


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way of closing, as its holder reads it. Where they cannot remove it themselves: the post
    (`organisation_id`, `role`) that can, and where it does that (`url`, `label`)."""

    verdict: Verdict
    organisation_id: int | None = None
    role: str = ""
    url: str = ""
    label: Words = SILENCE


@dataclass(frozen=True, slots=True)
class DataKind:
    """One kind of data about an account.

    `read`: account id → plain JSON values. `removed`: whether a deletion removes it; `why`: what becomes of it, and why,
    for the page. `forget` removes it, in the deletion's transaction. `against`: what stands in the way. `keeps_name`: what
    stays has to tell who it was, where there is anything.
    """

    code: str
    label: Words
    read: Callable[[int], object]
    removed: bool
    why: Words
    forget: Callable[[int], None] | None = None
    against: Callable[[int], list[Obstacle]] | None = None
    keeps_name: bool = False


_holdings: dict[str, DataKind] = {}


def declare(*holdings: DataKind) -> None:
    """In the `ready()` of an app; declaring the same code again replaces it."""
    for holding in holdings:
        _holdings[holding.code] = holding


def every() -> Sequence[DataKind]:
    """In the order in which they were declared."""
    return tuple(_holdings.values())


def copy_of(account_id: int) -> Mapping[str, object]:
    """Everything, by code. One query or two a kind."""
    return {h.code: h.read(account_id) for h in every()}


def against(account_id: int) -> list[Obstacle]:
    """Everything that stands in the way of a deletion, at once."""
    return [one for h in every() if h.against for one in h.against(account_id)]


def name_is_kept(account_id: int) -> bool:
    """Does something that stays have to tell who it was?"""
    return any(h.keeps_name and bool(h.read(account_id)) for h in every())


def forget(account_id: int) -> None:
    for holding in every():
        if holding.forget:
            holding.forget(account_id)
