"""What a rule answers: yes, or no with the reason that the reader will see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from waizhuan.kernel.words import SILENCE, Words


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok`, or the `reason` why not.

    The reason is the sentence on the page, the note beside the disabled button and the help text at once; it is never
    compared as text. `code` is stable and opens the help article (`E2`-like codes of `shared.help`). `remedy` names the
    screen whose button mends it, with its label. `field` names the field that it stands beside.
    """

    ok: bool
    reason: Words = SILENCE
    code: str = ""
    field: str = ""
    remedy: Remedy | None = None

    def __bool__(self) -> bool:
        return self.ok

    def __and__(self, other: Verdict) -> Verdict:
        return other if self.ok else self


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button that mends it: the screen's id, its label, and the arguments of its URL."""

    screen: str
    label: Words
    args: tuple[object, ...] = ()


YES = Verdict(True)


def no(reason: Words, *, code: str = "", field: str = "", remedy: Remedy | None = None) -> Verdict:
    """A refusal with its reason."""
    return Verdict(False, reason, code, field, remedy)


def first_no(verdicts: Iterable[Verdict]) -> Verdict:
    """The first refusal, or YES."""
    return next((v for v in verdicts if not v.ok), YES)


def all_no(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Every refusal: what is missing is said all at once (一次性告知)."""
    return [v for v in verdicts if not v.ok]
