"""How the tree stood, or will stand, on a day (F5): the present, with what came later taken back or what is planned put on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.projects.departments.models import DepartmentChange, State, Successor


@dataclass(frozen=True, slots=True)
class Standing:
    """A department as it stood on a day. `id` is negative for one that is only planned."""

    id: int
    name: str
    tier: str
    division: str
    parent_id: int | None
    public_phone: str
    public_hours: str
    address: str

    @property
    def pk(self) -> int:
        return self.id

    def get_tier_display(self) -> str:
        return str(identity.Tier(self.tier).label)


def as_of(day: dt.date) -> list[Standing]:
    """Every department of that day: names, phones and parents as they were then, also those that ended since; for a day
    that is still to come, with what is planned until then. Three queries at most."""
    there = Q(active_from=None) | Q(active_from__lte=day)
    not_yet_gone = Q(active_until=None) | Q(active_until__gt=day)
    rows = identity.all_departments().filter(there, not_yet_gone)
    standing: dict[int, dict[str, Any]] = {d.pk: identity.values_of_department(d) for d in rows}
    later = DepartmentChange.objects.filter(kind="edit", state=State.DONE, effective_on__gt=day)
    for change in later.order_by("-done_at", "-id"):  # in the order in which they were really done
        if change.department_id in standing:
            standing[change.department_id].update(change.before)
    if day > clock.today():
        _plan(standing, day)
    return sorted((_standing(id, v) for id, v in standing.items()), key=lambda s: (s.tier, s.division, s.name))


def _plan(standing: dict[int, dict[str, Any]], day: dt.date) -> None:
    planned = DepartmentChange.objects.filter(state=State.PLANNED, effective_on__lte=day)
    for change in planned.order_by("effective_on", "id"):
        if change.kind == DepartmentChange.Kind.ADD:
            standing[-change.pk] = dict(change.values)
        elif change.kind == DepartmentChange.Kind.CLOSE and change.department_id:
            standing.pop(change.department_id, None)
        elif change.department_id in standing:
            standing[change.department_id].update(change.values)
    founded = Successor.objects.filter(
        department=None, reorganisation__state=State.PLANNED, reorganisation__effective_on__lte=day
    )
    for heir in founded:
        standing[-1_000_000_000 - heir.pk] = dict(heir.values)


def _standing(id: int, values: Mapping[str, Any]) -> Standing:
    texts = {n: str(values.get(n) or "") for n in ("name", "tier", "division", *_CONTACT)}
    return Standing(id=id, parent_id=values.get("parent_id"), **texts)


_CONTACT = ("public_phone", "public_hours", "address")


def by_parent(rows: Iterable[Any]) -> tuple[list[Any], dict[int, list[Any]]]:
    """Roots, and what lies below each. One whose parent is not among them is a root."""
    listed = list(rows)
    ids = {r.pk for r in listed}
    below: dict[int, list[Any]] = {}
    roots = []
    for row in listed:
        if row.parent_id in ids:
            below.setdefault(row.parent_id, []).append(row)
        else:
            roots.append(row)
    return roots, below
