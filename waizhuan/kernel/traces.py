"""What the audit log calls what was done, the things that it was done to, and what it notes of it.

Each part of the house says it for its own verbs (`traces.py`); a process says it when it is registered.
"""

from __future__ import annotations

from collections.abc import Mapping

from waizhuan.kernel import roles
from waizhuan.kernel.words import SILENCE, Words

_done: dict[str, Words] = {}
_things: dict[str, Words] = {}
_facts: dict[str, Words] = {}
_states: dict[str, Words] = {}
_values: dict[tuple[str, str], Words] = {}


def name(
    *,
    done: Mapping[str, Words] = {},
    things: Mapping[str, Words] = {},
    facts: Mapping[str, Words] = {},
    states: Mapping[str, Words] = {},
    values: Mapping[str, Mapping[str, Words]] = {},
) -> None:
    """Verbs ("realname.folded"), kinds of subjects ("identity.account"), keys of the detail ("reason"), the codes that stand
    under a key ("how" → "password") and states of a process ("realname.case.review") in words."""
    _done.update(done)
    _things.update(things)
    _facts.update(facts)
    _states.update(states)
    _values.update({(key, code): words for key, codes in values.items() for code, words in codes.items()})


def done(verb: str) -> Words:
    """The verb in words; SILENCE for one that nobody named."""
    return _done.get(verb, SILENCE)


def thing(subject: str) -> Words:
    """What kind of thing "identity.account:17" is; SILENCE for one that nobody named."""
    return _things.get(subject.partition(":")[0], SILENCE)


def fact(key: str) -> Words:
    """A key of the detail in words; the key itself where nobody named it."""
    return _facts.get(key) or Words(key)


def state(subject: str, code: str) -> Words:
    """The state `code` of "realname.case:17" in words; SILENCE where it is none."""
    return _states.get(f"{subject.partition(':')[0]}.{code}", SILENCE)


def value(key: str, code: str) -> Words:
    """What a code means under this key of the detail; SILENCE for what is no code, or one that nobody named."""
    if key in ("role", "roles"):
        return next((r.label for r in roles.all_roles() if r.code == code), SILENCE)
    return _values.get((key, code), SILENCE)
