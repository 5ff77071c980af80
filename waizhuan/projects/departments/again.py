"""A reorganisation that failed on its day is begun again: what was typed and chosen then is there once more, as far as it
still holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import Words, say
from waizhuan.projects.departments import moving, reorganising, rules
from waizhuan.projects.departments.models import Reorganisation, State, Successor
from waizhuan.shared.refdata.divisions import division_name
from waizhuan.shared.refdata.names import name_key


def earlier(id: int | None, *, kind: str, source: int | None = None) -> Reorganisation | None:
    """The one that failed, of this kind, by which this department was to end."""
    rows = Reorganisation.objects.filter(pk=id or 0, kind=kind, state=State.FAILED)
    if source is not None:
        rows = rows.filter(changes__kind="close", changes__department=source)
    return rows.first()


def typed(old: Reorganisation, source: int) -> dict[str, str]:
    """What the form began with then: field → text. The day is asked for anew."""
    closing = old.changes.filter(kind="close").exclude(department=source).select_related("department").order_by("id")
    others = [c.department.name for c in closing if c.department]
    given = {"reason": old.reason}
    for n, heir in enumerate(_heirs(old), 1):
        if heir.department is not None:
            given[f"successor_{n}"] = heir.department.name
            if old.kind == rules.MERGE and heir.department_id != source:
                others.append(heir.department.name)  # it may have been one of those that become one
        else:
            given |= {f"{name}_{n}": str(heir.values.get(name) or "") for name in ("name", "division", "public_phone")}
    return given | {f"other_{n}": name for n, name in enumerate(others, 1)}


def begin(
    *,
    actor: Actor,
    old: Reorganisation,
    sources: Sequence[int],
    heirs: Sequence[reorganising.Wanted],
    effective_on: dt.date | None,
    reason: str,
) -> Reorganisation:
    """A draft with the earlier choices that still hold. Raises Hidden, Refused with everything that is wrong."""
    with transaction.atomic():
        plan = reorganising.begin(
            actor=actor, kind=old.kind, sources=sources, heirs=heirs, effective_on=effective_on, reason=reason
        )
        kept = carried(old, plan)
        return reorganising.assign(
            actor=actor,
            id=plan.pk,
            version=plan.version,
            by_division=kept.by_division,
            staff=kept.staff,
            by_unit=kept.by_unit,
        )


@dataclass(slots=True)
class Carried:
    """The choices that hold in the new plan, and a sentence for each reason why others do not."""

    by_division: dict[str, int] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    by_unit: dict[str, int] = field(default_factory=dict)
    lost: list[Words] = field(default_factory=list)


def carried(old: Reorganisation, plan: Reorganisation) -> Carried:
    """Places, people and units whose successor is there again, and who are still with the departments that end. Nine
    queries."""
    sources = [id for id in plan.changes.filter(kind="close").values_list("department_id", flat=True) if id]
    then, positions = _heirs(old), _positions(_heirs(old), _heirs(plan))
    way = moving.way_of(old)
    units, people = [int(k) for k in way.by_unit], [int(k) for k in way.staff]
    named = dict(identity.units().filter(pk__in=units).values_list("pk", "name"))
    called = identity.names_of(people)
    there = {
        *(f"unit {id}" for id in moving.units_of(sources, units)),
        *(f"person {id}" for id in identity.staff_of(sources).values_list("account_id", flat=True)),
    }
    found, gone = Carried(), []
    without: dict[int, list[str]] = {}

    def carry(into: dict[str, int], key: str, position: int, name: str, *, known: bool = True) -> None:
        if not known:
            gone.append(name)
        elif position in positions:
            into[key] = positions[position]
        else:
            without.setdefault(position, []).append(name)

    for code, n in way.by_division.items():
        carry(found.by_division, code, n, str(division_name(code) or code))
    for key, n in way.by_unit.items():
        carry(found.by_unit, key, n, named.get(int(key), ""), known=f"unit {key}" in there)
    for key, n in way.staff.items():
        carry(found.staff, key, n, called.get(int(key), ""), known=f"person {key}" in there)
    for position, names in without.items():
        heir = then[position].name if position < len(then) else ""
        found.lost.append(
            say(
                "“{heir}”这次不接手，原来归它的要另选：{names}",
                heir=heir,
                names=marks.listed(sorted(filter(None, names))),
            )
        )
    if gone:
        found.lost.append(
            say("已经不在要撤并的归口单位，没有带过来：{names}", names=marks.listed(sorted(filter(None, gone))))
        )
    return found


def _heirs(plan: Reorganisation) -> list[Successor]:
    return list(plan.successors.select_related("department").order_by("position"))


def _positions(then: Sequence[Successor], now: Sequence[Successor]) -> Mapping[int, int]:
    """Position of a successor then → now: the same department, or the same name."""
    by_id = {heir.department_id: heir.position for heir in now}
    by_name = {name_key(heir.name): heir.position for heir in now}
    found = {}
    for heir in then:
        there = by_id.get(heir.department_id) if heir.department_id else None
        after = by_name.get(name_key(heir.name)) if there is None else there
        if after is not None:
            found[heir.position] = after
    return found
