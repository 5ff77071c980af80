"""Sentences that are chosen in one place and read in another language elsewhere.

Rules are pure and know no reader. They answer with a `Words`: the Chinese sentence, which is also the key of its
translation, and its parameters. It becomes text only when somebody reads it (`str()`), in that reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def _as_written(msgid: str, n: int | None) -> str:
    return msgid


#: Looks a sentence up in the reader's language. The user interface puts gettext here (`kernel.ui.apps`).
_translate: Callable[[str, int | None], str] = _as_written


def translate_with(function: Callable[[str, int | None], str]) -> None:
    """Use `function(msgid, n)` to translate; `n` is the number that governs the plural, or None."""
    global _translate
    _translate = function


#: Writes a day in the reader's language. The user interface puts its own form here, too.
_written: Callable[[dt.date], str] = dt.date.isoformat


def write_days_with(function: Callable[[dt.date], str]) -> None:
    global _written
    _written = function


def _shown(value: object) -> object:
    return _written(value) if type(value) is dt.date else value


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in Chinese with `{named}` parameters, translated when it is read."""

    msgid: str
    params: dict[str, object] = field(default_factory=dict, hash=False)
    n: int | None = None

    def __str__(self) -> str:
        text = _translate(self.msgid, self.n) if self.msgid else ""
        return text.format(**{k: _shown(v) for k, v in self.params.items()}) if self.params else text

    def __bool__(self) -> bool:
        return bool(self.msgid)

    # Django's templates escape whatever has no __html__; Words deliberately has none.


def say(msgid: str, **params: object) -> Words:
    """The sentence `msgid` (Chinese) with its `{named}` parameters. Parameters may be `Words` themselves."""
    return Words(msgid, params)


def say_n(msgid: str, n: int, **params: object) -> Words:
    """Like `say`, for a sentence whose English has a plural that follows `n`; `{n}` is filled in."""
    return Words(msgid, {"n": n, **params}, n)


def as_json(words: Words) -> dict[str, object]:
    """A sentence that is kept, to be read later in the reader's language (`from_json`)."""
    params = {k: _plain(v) for k, v in words.params.items()}
    return {"msgid": words.msgid, "params": params} | ({} if words.n is None else {"n": words.n})


def _plain(value: object) -> object:
    return as_json(value) if isinstance(value, Words) else value if isinstance(value, int) else str(value)[:200]


def from_json(kept: Mapping[str, Any]) -> Words:
    params = {k: from_json(v) if isinstance(v, dict) else v for k, v in kept["params"].items()}
    return Words(kept["msgid"], params, kept.get("n"))


#: No sentence at all.
SILENCE = Words("")
