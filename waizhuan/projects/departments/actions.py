"""Adding and changing departments: laid down with a day and a reason, done on that day, kept for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import all_no, no
from waizhuan.kernel.words import say
from waizhuan.projects.departments import queries, rules
from waizhuan.projects.departments.due import carry_out
from waizhuan.projects.departments.models import DepartmentChange, State
from waizhuan.projects.entry import api as entry
from waizhuan.shared.flow.api import link
from waizhuan.shared.refdata.names import name_key

ROLE = "ministry.head"


def must_write(actor: Actor) -> int:
    """The account that writes. Raises Hidden for everybody but the ministry's administrators."""
    if not actor.has(ROLE) or actor.account_id is None:
        raise Hidden
    return actor.account_id


def add(*, actor: Actor, values: Mapping[str, object], effective_on: dt.date | None, reason: str) -> DepartmentChange:
    """A new department from that day on; from today: at once. Raises Refused with everything that is wrong."""
    account = must_write(actor)
    given = tidied(values)
    refusals = _wrong(given, effective_on, reason)
    if _name_taken(str(given.get("name") or "")):
        refusals.append(rules.name_taken(str(given["name"])))
    if refusals or effective_on is None:
        raise Refused(*refusals)
    with transaction.atomic():
        change = DepartmentChange.objects.create(
            kind=DepartmentChange.Kind.ADD,
            values=given,
            effective_on=effective_on,
            reason=reason.strip(),
            made_by_id=account,
        )
        return _planned_or_done(actor, change)


def edit(
    *,
    actor: Actor,
    id: int,
    values: Mapping[str, object],
    effective_on: dt.date | None,
    reason: str,
    seen: int,
) -> DepartmentChange:
    """Other values from that day on. `seen`: the newest change that the writer saw. Raises Hidden, Refused."""
    account = must_write(actor)
    with transaction.atomic():
        row = identity.lock_departments([id]).get(id)
        if row is None or row.active_until is not None:
            raise Hidden
        now = identity.values_of_department(row)
        given = rules.changed(now, tidied(values))
        refusals = all_no([rules.not_overwritten(seen, queries.newest_change(id))])
        refusals += _wrong({**now, **given}, effective_on, reason)
        if not given:
            refusals.append(rules.no_change())
        if "name" in given and _name_taken(str(given["name"]), besides=id):
            refusals.append(rules.name_taken(str(given["name"])))
        if refusals or effective_on is None:
            raise Refused(*refusals)
        change = DepartmentChange.objects.create(
            kind=DepartmentChange.Kind.EDIT,
            department=row,
            values=given,
            effective_on=effective_on,
            reason=reason.strip(),
            made_by_id=account,
        )
        return _planned_or_done(actor, change)


def drop(*, actor: Actor, id: int) -> None:
    """A change that has not come yet will not come. Raises Conflict where it is done already."""
    must_write(actor)
    with transaction.atomic():
        row = DepartmentChange.objects.select_for_update(of=("self",)).filter(pk=id, reorganisation=None).first()
        if row is None:
            raise Hidden
        if row.state == State.DROPPED:
            return
        if row.state != State.PLANNED:
            raise Conflict(say("这个变更已经生效，不能取消。要改回来，请再变更一次"))
        row.state = State.DROPPED
        row.save(update_fields=["state"])
        publish(Happened(actor, "departments.dropped", f"departments.change:{row.pk}", {}))


def tidied(values: Mapping[str, object]) -> dict[str, object]:
    """As it is kept: texts without outer blanks, no parent as None."""
    return {
        n: (v or None) if n == "parent_id" else str(v or "").strip() for n, v in values.items() if n in rules.LABELS
    }


def _wrong(given: Mapping[str, object], day: dt.date | None, reason: str) -> list[Any]:
    found = rules.check_values(given, queries.parent(given.get("parent_id")))
    return found + all_no([rules.can_take_effect(day, clock.today()), rules.has_reason(reason)])


def _name_taken(name: str, besides: int | None = None) -> bool:
    return identity.departments().filter(name_key=name_key(name)).exclude(pk=besides or 0).exists()


# ---------------------------------------------------------------- the day has come


def _planned_or_done(actor: Actor, change: DepartmentChange) -> DepartmentChange:
    publish(
        Happened(
            actor,
            f"departments.{change.kind}",
            f"departments.change:{change.pk}",
            {"department": change.department_id, "on": change.effective_on.isoformat(), "values": dict(change.values)},
        )
    )
    return apply(actor, change) if change.effective_on <= clock.today() else change


def apply(actor: Actor, change: DepartmentChange) -> DepartmentChange:
    """Do it, once, in the caller's transaction. Raises Refused where it cannot be done any more."""
    if change.kind == DepartmentChange.Kind.ADD:
        change.department = found(change.values, change.effective_on)
        change.after = identity.values_of_department(change.department)
    else:
        row = identity.lock_departments([change.department_id or 0]).get(change.department_id or 0)
        if row is None or row.active_until is not None:
            raise Refused(no(say("这个归口单位已经撤并"), code="F5"))
        now = identity.values_of_department(row)
        wanted = {**now, **change.values}
        refusals = rules.check_values(wanted, queries.parent(wanted.get("parent_id")))
        if refusals:
            raise Refused(*refusals)
        change.before = {n: now[n] for n in change.values}
        change.after = dict(change.values)
        if "parent_id" in change.values:
            for told in (change.before, change.after):
                above = queries.ever(int(told["parent_id"] or 0))
                told["parent"] = above.name if above else ""
        try:
            identity.change_department(row, change.values)
        except IntegrityError as error:
            raise Refused(rules.name_taken(str(change.values.get("name")))) from error
        if "name" in change.values:
            _tell_units(row, str(change.before["name"]), change)
    change.state, change.done_at = State.DONE, clock.now()
    change.save()
    publish(Happened(actor, "departments.done", f"departments.change:{change.pk}", {"kind": change.kind}))
    return change


def found(values: Mapping[str, Any], day: dt.date) -> Organisation:
    """A new department. Raises Refused where its data or its name will not do any more."""
    refusals = rules.check_values(values, queries.parent(values.get("parent_id")))
    if refusals:
        raise Refused(*refusals)
    try:
        return identity.add_department(values, since=day)
    except IntegrityError as error:
        raise Refused(rules.name_taken(str(values.get("name")))) from error


def _tell_units(row: Organisation, before: str, change: DepartmentChange) -> None:
    units = entry.units_of(row.pk)
    publish(
        Tell(
            "departments.renamed",
            posts=tuple((id, "unit.admin") for id in units),
            context={"before": before, "after": row.name, "why": change.reason},
            link=link("departments.show", (row.pk,)),
        )
    )


def apply_due() -> int:
    """Every planned change of one department whose day has come; how many."""
    return carry_out(DepartmentChange.objects.filter(reorganisation=None), lambda change: apply(the_system(), change))
