"""A department gives way to others: laid down, looked through, confirmed, done on its day in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import Verdict, all_no, no
from waizhuan.kernel.words import say
from waizhuan.projects.departments import moving, queries, rules
from waizhuan.projects.departments.actions import must_write
from waizhuan.projects.departments.due import end
from waizhuan.projects.departments.executing import execute
from waizhuan.projects.departments.models import (
    OPEN,
    DepartmentChange,
    Reorganisation,
    StaffChoice,
    State,
    Successor,
)
from waizhuan.shared.refdata.names import name_key

MOST_NAMED = 6  # units that are listed where several are meant
#: A successor as it is asked for: the id of a department that is there, or what the new one will be.
Wanted = int | Mapping[str, object]


def begin(
    *,
    actor: Actor,
    kind: str,
    sources: Sequence[int],
    heirs: Sequence[Wanted],
    effective_on: dt.date | None,
    reason: str,
) -> Reorganisation:
    """A draft: these departments end, those take over. Nothing moves yet. Raises Hidden, Refused with everything that is
    wrong, among it that a colleague is at it already."""
    account = must_write(actor)
    named = {h for h in heirs if isinstance(h, int)}
    fields = {s: f"other_{n}" for n, s in enumerate(sources) if n} | {
        h: f"successor_{n}" for n, h in enumerate(heirs, 1) if isinstance(h, int)
    }
    sources = [s for s in dict.fromkeys(sources) if not (kind == rules.MERGE and s in named)]
    with transaction.atomic():
        locked = identity.lock_departments({*sources, *named})
        rows = [locked[s] for s in sources if s in locked and locked[s].active_until is None]
        if not rows or len(rows) != len(sources) or len(locked) != len({*sources, *named}):
            raise Hidden
        refusals = _wrong(kind, rows, heirs, locked)
        refusals += all_no([rules.can_take_effect(effective_on, clock.today()), rules.has_reason(reason)])
        refusals += _busy(locked, fields)
        if refusals or effective_on is None:
            raise Refused(*refusals)
        plan = Reorganisation.objects.create(
            kind=kind, effective_on=effective_on, reason=reason.strip(), made_by_id=account
        )
        for n, heir in enumerate(heirs):
            new = {} if isinstance(heir, int) else {"address": "", **_like(rows[0]), **heir}
            Successor.objects.create(
                reorganisation=plan,
                position=n,
                department_id=heir if isinstance(heir, int) else None,
                values=new,
            )
        try:
            with transaction.atomic():
                DepartmentChange.objects.bulk_create(
                    DepartmentChange(
                        kind=DepartmentChange.Kind.CLOSE,
                        department=row,
                        reorganisation=plan,
                        effective_on=effective_on,
                        reason=plan.reason,
                        state=State.DRAFT,
                        made_by_id=account,
                    )
                    for row in rows
                )
        except IntegrityError as error:  # somebody was faster by a moment
            raise Refused(*_busy(locked, fields)) from error
        publish(
            Happened(
                actor,
                "departments.reorganise",
                f"departments.reorganisation:{plan.pk}",
                {"kind": kind, "from": [r.pk for r in rows], "on": effective_on.isoformat()},
            )
        )
    return plan


def _like(row: Organisation) -> dict[str, object]:
    """A new department has what the old one had, unless something else is said."""
    kept = ("tier", "parent_id", "division", "public_phone", "public_hours")
    return {n: v for n, v in identity.values_of_department(row).items() if n in kept}


def _wrong(
    kind: str, rows: Sequence[Organisation], heirs: Sequence[Wanted], locked: Mapping[int, Organisation]
) -> list[Verdict]:
    ids = [r.pk for r in rows]
    hanging = moving.rows_of(ids)
    seen = []
    wrong: list[Verdict] = []
    for n, heir in enumerate(heirs, 1):
        if isinstance(heir, int):
            there = locked[heir]
            seen.append(rules.Heir(n, heir, str(there.tier)))
            if there.active_until is not None:
                wrong.append(no(say("这个归口单位已经撤并"), field=f"successor_{n}", code="F5"))
        else:
            values = {**_like(rows[0]), **heir}
            wrong += [
                replace(v, field=f"{v.field}_{n}")
                for v in rules.check_values(values, queries.parent(rows[0].parent_id))
            ]
            same = identity.departments().filter(name_key=name_key(str(values.get("name") or "")))
            if same.exclude(pk__in=ids).exists():
                wrong.append(replace(rules.name_taken(str(values["name"])), field=f"name_{n}"))
            seen.append(rules.Heir(n, None, str(values.get("tier"))))
    holding = moving.holding_of(hanging, moving.open_work(ids))
    wrong += rules.check_plan(kind, sources=ids, heirs=seen, cities=holding.cities)
    if kind == rules.CLOSE:
        wrong += all_no([rules.may_close(holding, successors=len(heirs), id=ids[0])])
    return wrong


def _busy(rows: Mapping[int, Organisation], fields: Mapping[int, str]) -> list[Verdict]:
    """Another reorganisation that is under way with one of these departments, on either side. `fields`: where each of them
    was typed."""
    refusals = []
    ending = DepartmentChange.objects.filter(kind="close", state__in=OPEN, department_id__in=rows)
    taking = Successor.objects.filter(department_id__in=rows, reorganisation__state__in=OPEN)
    others = {c.department_id: c.reorganisation_id for c in ending} | {
        s.department_id: s.reorganisation_id for s in taking
    }
    plans = Reorganisation.objects.select_related("made_by__person").in_bulk([p for p in others.values() if p])
    for id, plan_id in others.items():
        plan = plans.get(plan_id or 0)
        if plan is not None and id is not None:
            who = plan.made_by.person.name
            refusals.append(rules.busy(rows[id].name, who, plan.effective_on, field=fields.get(id, "")))
    return refusals


# ---------------------------------------------------------------- looking through, confirming, dropping


def _locked(actor: Actor, id: int, version: int | None) -> Reorganisation:
    must_write(actor)
    plan = Reorganisation.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if plan is None:
        raise Hidden
    if version is not None and plan.version != version:
        raise Conflict(say("同事刚才改了这个撤并，您的操作没有执行。请看最新的内容再决定"))
    return plan


def assign(
    *,
    actor: Actor,
    id: int,
    version: int,
    by_division: Mapping[str, int],
    staff: Mapping[str, int],
    by_unit: Mapping[str, int] | None = None,
) -> Reorganisation:
    """Who goes to whom, besides the default. Raises Hidden, Conflict."""
    with transaction.atomic():
        plan = _locked(actor, id, version)
        if plan.state not in OPEN:
            raise Conflict(say("这个撤并已经办完或取消，不能再改"))
        count = plan.successors.count()
        # 0 counts too: a district that stays with the first one though its city goes to another
        plan.by_division = {k: n for k, n in by_division.items() if 0 <= n < count}
        _choose_staff(plan, {int(k): n for k, n in staff.items() if 0 < n < count})
        named = {int(k): n for k, n in (by_unit or {}).items() if 0 <= n < count}
        theirs = moving.units_of(_sources(plan), named)
        plan.by_unit = {str(id): n for id, n in named.items() if id in theirs}
        plan.version += 1
        plan.save(update_fields=["by_division", "by_unit", "version"])
    return plan


def _choose_staff(plan: Reorganisation, chosen: Mapping[int, int]) -> None:
    """Those of the departments that end; whoever is named no more goes the default way again."""
    theirs = set(identity.staff_of(_sources(plan)).values_list("account_id", flat=True))
    wanted = {account: n for account, n in chosen.items() if account in theirs}
    for row in plan.people.order_by("-position"):  # the one that counts first, where a merge of accounts left two
        position = wanted.pop(row.account_id, 0)
        if row.position != position:
            plan.people.filter(pk=row.pk).update(position=position)
    plan.people.bulk_create(StaffChoice(reorganisation=plan, account_id=a, position=n) for a, n in wanted.items())


def _sources(plan: Reorganisation) -> list[int]:
    return [id for id in plan.changes.filter(kind="close").values_list("department_id", flat=True) if id]


def unit_named(*, actor: Actor, id: int, text: str, position: int | None, whole: bool) -> dict[str, int]:
    """An exception for `assign`: the one unit of the departments that end which is called so, or has this number, and who
    takes it over. A part of its name does, but where it has to be `whole`. Raises Hidden, Refused with everything that is
    wrong."""
    must_write(actor)
    plan = Reorganisation.objects.filter(pk=id).first()
    if plan is None:
        raise Hidden
    found, exact = moving.units_called(_sources(plan), text, most=MOST_NAMED)
    one = rules.one_unit(text, [name for _, name in found], most=MOST_NAMED, sure=exact or not whole)
    refusals = all_no([one, rules.takes_it(position, plan.successors.count())])
    if refusals or position is None:
        raise Refused(*refusals)
    return {str(found[0][0]): position}


def confirm(*, actor: Actor, id: int, version: int) -> Reorganisation:
    """It will be done on its day; today: at once. Pressing twice does it once. Raises Hidden, Conflict, Refused."""
    with transaction.atomic():
        plan = _locked(actor, id, None)
        if plan.state in (State.PLANNED, State.DONE):
            return plan
        plan = _locked(actor, id, version)
        if plan.state != State.DRAFT:
            raise Conflict(say("这个撤并已经办完或取消，不能再改"))
        plan.state = State.PLANNED
        plan.version += 1
        plan.effective_on = max(plan.effective_on, clock.today())  # it lay there while its day went by
        plan.save(update_fields=["state", "version", "effective_on"])
        plan.changes.update(state=State.PLANNED, effective_on=plan.effective_on)
        publish(Happened(actor, "departments.confirmed", f"departments.reorganisation:{plan.pk}", {}))
        if plan.effective_on <= clock.today():
            execute(actor, plan)
    return plan


def assign_and_confirm(
    *,
    actor: Actor,
    id: int,
    version: int,
    by_division: Mapping[str, int],
    staff: Mapping[str, int],
    by_unit: Mapping[str, int],
) -> Reorganisation:
    """What stands on the page is what is done. Raises Hidden, Conflict, Refused."""
    with transaction.atomic():
        plan = assign(actor=actor, id=id, version=version, by_division=by_division, staff=staff, by_unit=by_unit)
        return confirm(actor=actor, id=id, version=plan.version)


def drop(*, actor: Actor, id: int) -> Reorganisation:
    """Nothing of it will happen. Raises Hidden, Conflict where it is done already."""
    with transaction.atomic():
        plan = _locked(actor, id, None)
        if plan.state == State.DROPPED:
            return plan
        if plan.state not in (*OPEN, State.FAILED):
            raise Conflict(say("这个撤并已经生效，不能取消"))
        end(plan, State.DROPPED)
        publish(Happened(actor, "departments.dropped", f"departments.reorganisation:{plan.pk}", {}))
    return plan
