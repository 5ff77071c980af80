"""What an errand contributes to everybody's pages: menu entries, things one can do, and a panel beside the home page.

An errand declares these in the `ready()` of its app; so adding one touches one folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from waizhuan.kernel.access import Rule
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the main navigation: at most five for any one reader. `section` lights it up for related screens."""

    label: Words
    screen: str
    access: Rule
    order: int
    section: str = ""  # screens whose id begins so belong to this entry; default: the part before the dot


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that this reader can do (可以办的事): the label is a link, the text says what comes of it."""

    label: Words
    text: Words
    screen: str
    access: Rule
    order: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A short list beside the home page: title, and (label, url, small text) each."""

    title: Words
    links: tuple[tuple[str, str, str], ...]


_entries: dict[str, Entry] = {}
_offers: dict[str, Offer] = {}
_panels: dict[str, Callable[[Actor], Panel | None]] = {}


def entry(*entries: Entry) -> None:
    _entries.update({e.screen: e for e in entries})


def offer(*offers: Offer) -> None:
    _offers.update({o.screen + str(o.label.msgid): o for o in offers})


def panel(name: str, function: Callable[[Actor], Panel | None]) -> None:
    """A panel costs at most one query, and none for whom it is not meant."""
    _panels[name] = function


def entries_for(actor: Actor) -> list[Entry]:
    return sorted((e for e in _entries.values() if e.access(actor)), key=lambda e: e.order)[:5]


def offers_for(actor: Actor) -> list[Offer]:
    return sorted((o for o in _offers.values() if o.access(actor)), key=lambda o: o.order)


def panels_for(actor: Actor) -> list[Panel]:
    return [p for p in (function(actor) for function in _panels.values()) if p is not None]


def everybody(actor: Actor) -> Verdict:
    """Everybody who has signed in."""
    return YES if actor.signed_in else no(say("请先登录"))
