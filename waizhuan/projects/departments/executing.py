"""The day of a reorganisation: departments end, successors are founded, everything follows, everybody is told."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from waizhuan.identity import api as identity
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import all_no, no
from waizhuan.kernel.words import say
from waizhuan.projects.departments import moving, rules
from waizhuan.projects.departments.actions import found
from waizhuan.projects.departments.due import carry_out, tell
from waizhuan.projects.departments.models import DepartmentChange, Reorganisation, State, UnitMove
from waizhuan.shared.flow.api import link

log = logging.getLogger("waizhuan.departments")


def execute(actor: Actor, plan: Reorganisation) -> None:
    """Everything follows, in the caller's transaction, once. Raises Refused where it cannot be done any more."""
    closing = list(plan.changes.filter(kind="close").order_by("department_id"))
    sources = [c.department_id for c in closing if c.department_id]
    successors = list(plan.successors.order_by("position"))
    locked = identity.lock_departments([*sources, *(s.department_id for s in successors if s.department_id)])
    if any(row.active_until is not None for row in locked.values()):
        raise Refused(no(say("其中一个归口单位已经撤并"), code="F5"))
    holding = moving.holding_of(moving.rows_of(sources), moving.open_work(sources))
    refusals = all_no([rules.may_close(holding, successors=len(successors), id=sources[0])])
    tiers = [str(locked[s.department_id].tier if s.department_id else s.values.get("tier")) for s in successors]
    heirs_as_read = [
        rules.Heir(s.position + 1, s.department_id, tier) for s, tier in zip(successors, tiers, strict=True)
    ]
    refusals += rules.take_cities(heirs_as_read, cities=holding.cities)
    if refusals:
        raise Refused(*refusals)
    for id in sources:
        identity.close_department(locked[id], plan.effective_on)
    for heir in successors:
        if heir.department_id is None:
            heir.department = found(heir.values, plan.effective_on)
            heir.save(update_fields=["department"])
            after = identity.values_of_department(heir.department)
            _note(plan, DepartmentChange.Kind.ADD, heir.department, {}, after, on=plan.effective_on)
    heirs = [s.department for s in successors if s.department]
    counted: Counter[str] = Counter()
    if heirs:
        way = moving.way_of(plan)
        counted, rows = moving.move(actor, sources, way, why=plan.reason)
        names = {**locked, **{h.pk: h for h in heirs}}
        _trace(plan, rows, way, names, on=plan.effective_on)
        _tell(plan, rows, way, names)
    now = clock.now()
    for change in closing:
        change.state, change.done_at = State.DONE, now
        change.after = {"successors": [h.name for h in heirs]}
        change.save(update_fields=["state", "done_at", "after"])
    plan.state, plan.done_at, plan.moved = State.DONE, now, dict(counted)
    plan.save(update_fields=["state", "done_at", "moved"])
    publish(
        Happened(
            actor, "departments.reorganised", f"departments.reorganisation:{plan.pk}",
            {"kind": plan.kind, "from": sources, "to": [h.pk for h in heirs], "moved": dict(counted)},
        )
    )  # fmt: skip


def _note(
    plan: Reorganisation,
    kind: str,
    row: Organisation,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    on: dt.date,
) -> None:
    DepartmentChange.objects.create(
        kind=kind,
        department=row,
        reorganisation=plan,
        effective_on=on,
        reason=plan.reason,
        state=State.DONE,
        before=dict(before),
        after=dict(after),
        made_by_id=plan.made_by_id,
        done_at=clock.now(),
    )


def _trace(
    plan: Reorganisation,
    rows: Collection[moving.Row],
    way: moving.Way,
    names: Mapping[int, Organisation],
    *,
    on: dt.date,
) -> None:
    """Which unit went where, and which city came below whom. One that was put back and follows once more keeps one line."""
    UnitMove.objects.bulk_create(
        (
            UnitMove(reorganisation=plan, unit_id=r.unit, before_id=r.source, after_id=way.heirs[way.position(r)])
            for r in rows
            if r.key == moving.UNITS and r.unit
        ),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["reorganisation", "unit", "before"],
        update_fields=["after"],
    )
    cities = {c.pk: c for c in identity.all_departments().filter(pk__in=[r.pk for r in rows if r.key == moving.CITIES])}
    for r in rows:
        if r.key == moving.CITIES:
            after = way.heirs[way.position(r)]
            was, now = (
                {"parent_id": r.source, "parent": names[r.source].name},
                {"parent_id": after, "parent": names[after].name},
            )
            _note(plan, DepartmentChange.Kind.EDIT, cities[r.pk], was, now, on=on)


def _tell(
    plan: Reorganisation, rows: Collection[moving.Row], way: moving.Way, names: Mapping[int, Organisation]
) -> None:
    """The units and their administrators hear of their new department; the staff of their new posts."""
    moved = [(r.unit, r.source, way.heirs[way.position(r)]) for r in rows if r.key == moving.UNITS and r.unit]
    for before, after in {(b, a) for _, b, a in moved}:
        publish(
            Tell(
                "departments.moved",
                posts=tuple((unit, "unit.admin") for unit, b, a in moved if (b, a) == (before, after)),
                context={"before": names[before].name, "after": names[after].name, "why": plan.reason},
                link=link("departments.show", (after,)),
            )
        )
    people = {(int(r.by), r.source, way.heirs[way.position(r)]) for r in rows if r.key == moving.STAFF}
    for before, after in {(b, a) for _, b, a in people}:
        publish(
            Tell(
                "departments.staff_moved",
                accounts=tuple(account for account, b, a in people if (b, a) == (before, after)),
                context={"before": names[before].name, "after": names[after].name, "why": plan.reason},
                link="/",
            )
        )


# ---------------------------------------------------------------- the clock


def execute_due() -> int:
    """Every confirmed reorganisation whose day has come; how many."""
    return carry_out(Reorganisation.objects.all(), lambda plan: execute(the_system(), plan))


def follow_up() -> int:
    """What slipped in at the very moment when its department ended follows now, by the same rules; how many. What cannot
    is told, and tried again."""
    closed = list(identity.all_departments().filter(active_until__isnull=False).values_list("pk", flat=True))
    left = {r.source for r in moving.rows_of(closed)} if closed else set()
    left |= set(moving.sources_of_work(closed))
    count = 0
    for source in sorted(left):
        try:
            count += _follow(source)
        except Exception:  # tried again; it holds up none of the others
            log.exception("what came late could not follow", extra={"department": source})
    return count


def _follow(source: int) -> int:
    with transaction.atomic():
        identity.lock_departments([source])
        done = DepartmentChange.objects.filter(department_id=source, kind="close", state=State.DONE).first()
        plan = done.reorganisation if done else None
        way = moving.way_of(plan) if plan else None
        if plan is None or way is None or not way.heirs:
            return 0
        try:
            with transaction.atomic():
                counted = _follow_late(plan, source, way)
        except Refused as refusal:
            tell(plan, refusal, "departments.left")
            return 0
        plan.failed_why = []
        plan.moved = {**(Counter(plan.moved) + counted), moving.UNITS: plan.units.count()}  # each unit once
        plan.save(update_fields=["failed_why", "moved"])
        log.info("followed later", extra={"reorganisation": plan.pk, "rows": counted.total()})
        return counted.total()


def _follow_late(plan: Reorganisation, source: int, way: moving.Way) -> Counter[str]:
    """With the same trace and the same messages as on the day. Raises Refused."""
    counted, rows = moving.move(the_system(), [source], way, why=plan.reason)
    names = {d.pk: d for d in identity.all_departments().filter(pk__in={source, *way.heirs})}
    _trace(plan, rows, way, names, on=clock.today())
    _tell(plan, rows, way, names)
    return counted
