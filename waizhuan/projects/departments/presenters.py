"""Changes as the pages tell them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from waizhuan.kernel.words import Words, from_json
from waizhuan.projects.departments import rules
from waizhuan.projects.departments.models import DepartmentChange, State

TONES = {
    State.DRAFT: "turn",
    State.PLANNED: "wait",
    State.DONE: "ok",
    State.FAILED: "bad",
    State.DROPPED: "none",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change: `pairs` are (what, before, after); a phone that nobody had is "—"."""

    id: int
    day: dt.date
    what: str
    name: str
    department: int | None
    pairs: list[tuple[Words, str, str]]
    reason: str
    who: str
    made_at: dt.datetime
    state: str
    tone: str
    planned: bool
    reorganisation: int | None
    successors: list[str]
    failed_why: list[Words]


def line_of(change: DepartmentChange) -> Line:
    person = getattr(change.made_by, "person", None)
    reorganised = change.reorganisation
    kind = reorganised.get_kind_display() if reorganised and change.kind == "close" else change.get_kind_display()
    return Line(
        id=change.pk,
        day=change.effective_on,
        what=str(kind),
        name=change.name,
        department=change.department_id,
        pairs=_pairs(change) if change.kind == DepartmentChange.Kind.EDIT else [],
        reason=change.reason,
        who=person.name if person else "",
        made_at=change.made_at,
        state=str(State(change.state).label),
        tone=TONES[State(change.state)],
        planned=change.state == State.PLANNED and reorganised is None,
        reorganisation=change.reorganisation_id,
        successors=[str(name) for name in change.after.get("successors", [])] if change.kind == "close" else [],
        failed_why=[from_json(kept) for kept in change.failed_why],
    )


def _pairs(change: DepartmentChange) -> list[tuple[Words, str, str]]:
    after = change.after or change.values
    found = []
    for name, label in rules.LABELS.items():
        if name in after:
            shown = "parent" if name == "parent_id" else name  # the parent's name, as it was called then
            found.append((label, _text(change.before.get(shown)) if change.before else "", _text(after.get(shown))))
    return found


def _text(value: Any) -> str:
    return str(value or "—")
