"""A reorganisation as its page shows it: the dry run, or what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from waizhuan.identity import api as identity
from waizhuan.kernel import clock, roles
from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, from_json
from waizhuan.projects.departments import moving, rules
from waizhuan.projects.departments.models import OPEN, Reorganisation, State
from waizhuan.projects.departments.presenters import TONES
from waizhuan.shared.refdata.divisions import division_name
from waizhuan.shared.refdata.unit_numbers import bare


@dataclass(frozen=True, slots=True)
class Choice:
    """A line where the successor is chosen: of a place or of a person."""

    key: str
    name: str
    note: str
    count: int
    position: int


@dataclass(frozen=True, slots=True)
class View:
    sources: Sequence[tuple[int, str]]
    successors: Sequence[tuple[int | None, str]]  # id where it is there already
    rows: Sequence[tuple[Words, Sequence[int], int]]  # what, how many to each successor, all of it
    work: int
    places: Sequence[Choice]
    people: Sequence[Choice]
    named: Sequence[Choice]
    several: bool
    open: bool
    today: bool
    tone: str
    label: str
    title: str
    failed_why: Sequence[Words]
    units: Sequence[tuple[str, str]] = field(default=())


def view_of(plan: Reorganisation) -> View:
    """Ten queries at most, however much hangs on the departments."""
    closing = plan.changes.filter(kind="close").select_related("department").order_by("id")
    sources = [(c.department.pk, c.department.name, c.department.tier) for c in closing if c.department]
    heirs = list(plan.successors.select_related("department").order_by("position"))
    undone = plan.state in (*OPEN, State.FAILED)
    ids = [id for id, _, _ in sources]
    rows = moving.rows_of(ids) if undone else []
    way = moving.way_of(plan, [0] * max(len(heirs), 1))
    counted = Counter((row.key, way.position(row)) for row in rows)
    width = range(len(heirs))
    table = [
        (follow.label, [counted[key, n] for n in width], sum(counted[key, n] for n in width) or plan.moved.get(key, 0))
        for key, follow in moving.FOLLOWS.items()
    ]
    whole = any(tier in rules.ROOTS and tier != "subprovincial" for _, _, tier in sources)
    several = len(heirs) > 1
    return View(
        sources=[(id, name) for id, name, _ in sources],
        successors=[(h.department_id, h.name) for h in heirs],
        rows=[line for line in table if line[2]],
        work=moving.open_work(ids) if undone else plan.moved.get(moving.WORK, 0),
        places=_places(rows, plan, cities=whole) if several else [],
        people=_people(ids, way.staff) if several and undone else [],
        named=_named(ids, plan) if several and undone and plan.by_unit else [],
        several=several,
        open=plan.state in OPEN,
        today=plan.effective_on <= clock.today(),
        tone=TONES[State(plan.state)],
        label=str(State(plan.state).label),
        title=_title(plan, [name for _, name, _ in sources], [h.name for h in heirs]),
        failed_why=[from_json(kept) for kept in plan.failed_why],
        units=_moved(plan) if plan.state == State.DONE else [],
    )


def _title(plan: Reorganisation, ending: Sequence[str], taking: Sequence[str]) -> str:
    """Whose it is; for a merger also what becomes of them."""
    names = str(marks.listed(ending))
    return f"{names} → {taking[0]}" if plan.kind == rules.MERGE and taking else names


def _places(rows: Sequence[moving.Row], plan: Reorganisation, *, cities: bool) -> list[Choice]:
    """The places that units and cities lie in: by city below a province, by district within a city."""
    found: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for row in rows:
        if not moving.FOLLOWS[row.key].person and len(row.by) == 6:
            code = row.by[:4] + "00" if cities else row.by
            found[code] += 1
            units[code] += row.key == moving.UNITS
    return [
        Choice(code, str(division_name(code) or code), code, units[code], rules.successor_of(code, plan.by_division))
        for code in sorted(found)
    ]


def _people(ids: Sequence[int], staff: Mapping[str, int]) -> list[Choice]:
    held: dict[int, tuple[str, list[str]]] = {}
    found = identity.staff_of(ids).order_by("account__person__name_key", "role")
    for account, name, role in found.values_list("account_id", "account__person__name", "role"):
        held.setdefault(account, (name or "", []))[1].append(str(roles.role(role).label))
    return [
        Choice(str(account), name, str(marks.listed(dict.fromkeys(labels))), len(labels), staff.get(str(account), 0))
        for account, (name, labels) in held.items()
    ]


def _named(ids: Sequence[int], plan: Reorganisation) -> list[Choice]:
    """The units that go elsewhere than their places say."""
    found = moving.units_of(ids, [int(k) for k in plan.by_unit])
    return [
        Choice(str(id), name, bare(number), 1, plan.by_unit[str(id)])
        for id, (name, number) in sorted(found.items(), key=lambda unit: unit[1])
    ]


def _moved(plan: Reorganisation) -> list[tuple[str, str]]:
    """The first units that moved, and whither."""
    rows = plan.units.order_by("unit__name_key", "id").values_list("unit__name", "after__name")
    return list(rows[:50])
