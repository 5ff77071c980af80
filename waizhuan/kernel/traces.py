"""What the audit log calls what was done, and the things that it was done to.

Each part of the house says it for its own verbs (`traces.py`); a process says it when it is registered.
"""

from __future__ import annotations

from collections.abc import Mapping

from waizhuan.kernel.words import SILENCE, Words

_done: dict[str, Words] = {}
_things: dict[str, Words] = {}


def name(*, done: Mapping[str, Words] = {}, things: Mapping[str, Words] = {}) -> None:
    """Verbs ("realname.folded") and kinds of subjects ("identity.account") in words."""
    _done.update(done)
    _things.update(things)


def done(verb: str) -> Words:
    """The verb in words; SILENCE for one that nobody named."""
    return _done.get(verb, SILENCE)


def thing(subject: str) -> Words:
    """What kind of thing "identity.account:17" is; SILENCE for one that nobody named."""
    return _things.get(subject.partition(":")[0], SILENCE)
