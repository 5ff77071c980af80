"""The step list at the left of a form (ui/steps.html)."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.words import SILENCE, Words


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `state`: "done" · "now" · "next" · "bad" (something in it is to be mended)."""

    label: Words
    state: str
    small: Words = SILENCE
    url: str = ""


def steps(labels: list[tuple[Words, Words]], now: int) -> list[Step]:
    """The steps of a journey of which the `now`-th (from 1) is open: (label, small text) each."""
    return [
        Step(label, "done" if n < now else "now" if n == now else "next", small)
        for n, (label, small) in enumerate(labels, 1)
    ]
