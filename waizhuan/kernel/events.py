"""How the modules of `shared`, which know nothing of each other, still hear of each other.

An event is published inside the transaction of the write that it tells of, and every subscriber runs there too: when
the write is undone, so is the audit entry and so is the message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from waizhuan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Happened:
    """For the audit log: `actor` did `verb` ("realname.approve") to `subject` ("realname.case:17").

    `detail` holds plain JSON values and no unmasked personal data.
    """

    actor: Actor
    verb: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tell:
    """For the messages: tell these accounts, or whoever holds these posts (organisation id, role).

    `template` is the key of a registered message template; `context` plain JSON values for it; `link` the path that
    the message leads to. `sms`: by text message as well as in the inbox.
    """

    template: str
    accounts: tuple[int, ...] = ()
    posts: tuple[tuple[int, str], ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""
    sms: bool = False


Event = Happened | Tell
_subscribers: dict[type, list[Callable[[Any], None]]] = {}


def subscribe(kind: type[Any], function: Callable[[Any], None]) -> None:
    """Call `function` with every event of this kind. Registering the same function again changes nothing."""
    functions = _subscribers.setdefault(kind, [])
    if function not in functions:
        functions.append(function)


def publish(*events: Event) -> None:
    """Tell whoever subscribed, now, in the caller's transaction."""
    for event in events:
        for function in _subscribers.get(type(event), ()):
            function(event)
