"""The tree of competent departments (归口单位) and the choice among them (F5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.identity.api import Organisation, Tier
from waizhuan.kernel import clock
from waizhuan.projects.departments import history
from waizhuan.projects.departments.models import DepartmentChange, State, Successor
from waizhuan.projects.departments.rules import Office, Parent
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.text import compact

ROOTS = (Tier.PROVINCE, Tier.SUBPROVINCIAL, Tier.CORPS, Tier.CENTRAL)


@dataclass(frozen=True, slots=True)
class Node:
    """A department of the first tier with its cities."""

    department: Any  # Organisation, or history.Standing
    cities: Sequence[Any]


def tree() -> list[Node]:
    """Every department of today, roots first, each with its cities. One query; there are some four hundred."""
    return _nodes(identity.departments().order_by("tier", "division", "name_key"))


def _nodes(rows: Iterable[Any]) -> list[Node]:
    roots, below = history.by_parent(rows)
    return [Node(d, below.get(d.pk, [])) for d in roots]


def by_kind(nodes: Sequence[Node]) -> list[tuple[str, list[Node]]]:
    """The kinds of roots that there are, each with its departments."""
    kinds = [(str(t.label), [n for n in nodes if n.department.tier == t]) for t in ROOTS]
    others = [n for n in nodes if n.department.tier not in ROOTS]
    return [kind for kind in (*kinds, (str(Tier.CITY.label), others)) if kind[1]]


def looked_up(*, text: str = "", kind: str = "", day: dt.date | None = None) -> list[Node]:
    """The tree of a day (None: today), cut down to one kind of root and to what is looked for: a name of now or of before (also
    of a department that gave way), a division code, a phone number. A city brings its province along. Five queries at most."""
    past = day is not None and day != clock.today()
    nodes = _nodes(history.as_of(day)) if past and day else tree()
    if kind in ROOTS:
        nodes = [n for n in nodes if n.department.tier == kind]
    if not text:
        return nodes
    key, digits = name_key(text), compact(text)
    former = _called_before(key)

    def fits(d: Any) -> bool:
        phone = digits.isdecimal() and len(digits) >= 3 and digits in compact(d.public_phone)
        return key in name_key(d.name) or d.pk in former or phone or (len(digits) == 6 and digits == d.division)

    found = []
    for node in nodes:
        cities = [c for c in node.cities if fits(c)]
        if fits(node.department):
            found.append(node)
        elif cities:
            found.append(Node(node.department, cities))
    return found


def _called_before(key: str) -> set[int]:
    """Departments that were called so, and those that took over from one that was. Two queries."""
    called = Q(former_names__name_key__contains=key) | Q(active_until__isnull=False, name_key__contains=key)
    named = set(identity.all_departments().filter(called).values_list("pk", flat=True))
    heirs = Successor.objects.filter(
        reorganisation__state=State.DONE,
        reorganisation__changes__kind=DepartmentChange.Kind.CLOSE,
        reorganisation__changes__department_id__in=named,
    )
    return named | {id for id in heirs.values_list("department_id", flat=True) if id}


def roots(tier: str = "") -> list[Organisation]:
    """The departments of one kind of root, or ("") of all kinds. One query."""
    found = identity.departments().filter(parent=None)
    return list((found.filter(tier=tier) if tier else found).order_by("division", "name_key"))


def cities_of(root_id: int) -> list[Organisation]:
    """The city departments below a province's. One query."""
    return list(identity.departments().filter(parent_id=root_id).order_by("division", "name_key"))


def department(id: int) -> Organisation | None:
    return identity.departments().select_related("parent").filter(pk=id).first()


def parent(id: object) -> Parent | None:
    """A department of today as those below it are checked against it. Two queries."""
    found = department(id) if isinstance(id, int) else None
    if found is None:
        return None
    below = identity.all_departments().filter(parent_id=found.pk).values_list("division", flat=True)
    return Parent(found.pk, found.tier, found.division, frozenset(below))


def offices(nodes: Iterable[Node]) -> list[Office]:
    """The departments of a tree as the rules read them. No query."""
    departments = [d for node in nodes for d in (node.department, *node.cities)]
    return [Office(d.pk, d.name, str(d.tier), d.division, d.parent_id) for d in departments]


def ever(id: int) -> Organisation | None:
    """A department that there is or was."""
    return identity.all_departments().select_related("parent").filter(pk=id).first()


def changes_of(id: int) -> QuerySet[DepartmentChange]:
    """What was done to a department and what is planned, the latest first; not what was dropped."""
    rows = DepartmentChange.objects.filter(department_id=id, state__in=("done", "planned", "failed"))
    return rows.select_related("made_by__person", "reorganisation").order_by("-effective_on", "-id")


def newest_change(id: int) -> int:
    """Which change of this department was laid down last; 0: none. One query."""
    return DepartmentChange.objects.filter(department_id=id).order_by("-id").values_list("pk", flat=True).first() or 0


def named(names: Iterable[str]) -> dict[str, int]:
    """The departments of today that are called so, as it was typed → id. One query."""
    keys = {name: name_key(name) for name in names}
    found = dict(identity.departments().filter(name_key__in=set(keys.values())).values_list("name_key", "id"))
    return {name: found[key] for name, key in keys.items() if key in found}


def names() -> list[str]:
    """What every department of today is called. One query."""
    return list(identity.departments().order_by("tier", "division", "name_key").values_list("name", flat=True))
