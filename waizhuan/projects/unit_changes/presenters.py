"""Before and after, as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from waizhuan.kernel.words import Words
from waizhuan.projects.unit_changes import effects, rules
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.shared.flow.presenters import Case
from waizhuan.shared.refdata.masks import mask_email, mask_phone
from waizhuan.shared.refdata.phones import show_phone


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `now`: the present value where it is neither of the two, so that nobody overwrites it unseen."""

    name: str
    label: Words
    way: Words
    before: str
    after: str
    now: str


def lines_of(change: UnitChange, *, revealed: bool = True) -> list[Line]:
    """The fields in the table's order; `revealed`: personal ones in full, which only the unit itself sees unasked. Two queries
    at most."""
    found = {f.name: f for f in change.fields.all()}
    present = effects.present(change) if change.state in rules.WAITING else {}
    names = {str(d.pk): d.name for d in (change.department, change.to_department) if d is not None}

    def shown(name: str, value: str) -> str:
        if name == rules.DEPARTMENT:
            return names.get(value, value)
        if value and rules.FIELDS[name].personal and not revealed:
            return mask_email(value) if name == "contact_email" else mask_phone(value)
        return show_phone(value) if name == "contact_phone" and value else value

    lines = []
    for name, field in rules.FIELDS.items():
        f = found.get(name)
        if f is None:
            continue
        now = present.get(name, f.before)
        other = shown(name, now) if now not in (f.before, f.after) else ""
        lines.append(Line(name, field.label, rules.WAYS[field.way], shown(name, f.before), shown(name, f.after), other))
    return lines


def what_can_happen(change: UnitChange, case: Case) -> Case:
    """The outcomes of this request alone: where agreeing leads to, and an objection only where the department changes."""
    if change.state not in ("department", "receiving", "ministry"):
        return case
    follows = rules.after(change.state, effects.names(change))
    moving = change.to_department_id is not None
    never = {
        name
        for name, ever in (
            ("agree", follows == "applied"),
            ("release", follows == "receiving"),
            ("pass_on", follows == "ministry"),
            ("object", moving),
            ("decline", not moving or change.state == "ministry"),
        )
        if not ever
    }
    return replace(case, outcomes=[o for o in case.outcomes if o.name not in never])
