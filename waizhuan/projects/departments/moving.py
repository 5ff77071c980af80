"""When a department gives way to others: what follows, whom it follows, what stays as it was.

`DECISIONS` knows every foreign key to an organisation (`identity/registry.py` lists them); a test fails where one is not
decided about, so that nothing is left behind with a department that is no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, CharField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import Words, say
from waizhuan.projects.departments import rules
from waizhuan.projects.departments.models import Reorganisation
from waizhuan.shared.flow import api as flow
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.unit_numbers import may_mean_anywhere

UNITS = "entry.UnitProfile.department"
CITIES = "identity.Organisation.parent"
STAFF = "identity.Mandate.organisation"
INVITATIONS = "delegation.Invitation.organisation"
HAND_OVERS = "handover.HandOver.organisation"
WORK = "flow.WorkItem.organisation"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Follow:
    """Rows that follow. `place`: the column that holds the place by which the successor is chosen; `person`: the column
    that holds whose successor it is, for what goes with somebody. `open_only`: what is decided stays as it was."""

    label: Words
    place: str = ""
    person: str = ""
    open_only: bool = False


FOLLOWS: dict[str, Follow] = {
    UNITS: Follow(say("名下的单位"), "unit__division"),
    "applications.Application.department": Follow(say("申报和项目"), "unit__division"),
    "unit_changes.UnitChange.department": Follow(say("单位信息更正"), "unit__division"),
    "unit_changes.UnitChange.to_department": Follow(say("要转来的单位"), "unit__division", open_only=True),
    "merges.Merge.department": Follow(say("账号的合并申请"), "unit__division"),
    "linking.Claim.decider": Follow(say("旧账号认领"), "asker_organisation__division", open_only=True),
    HAND_OVERS: Follow(say("在办的管理员换人"), person="leaver_id", open_only=True),
    CITIES: Follow(say("市级归口单位"), "division"),
    STAFF: Follow(say("人员的岗位"), person="account_id"),
    # with whoever invited: they must hold the right to give when the invitation comes true
    INVITATIONS: Follow(say("等对方注册的邀请"), person="invited_by_id"),
}
FOLLOWS_TOO, STAYS, NEVER = "follows with its case", "stays as it was: it tells what happened", "never a department"
#: Every foreign key to an organisation.
DECISIONS: dict[str, Follow | str] = {
    **FOLLOWS,
    WORK: FOLLOWS_TOO,
    "flow.WorkItem.asker_organisation": FOLLOWS_TOO,
    "handover.HandOver.asker_organisation": FOLLOWS_TOO,
    "lookup.SavedFilter.organisation": FOLLOWS_TOO,
    "flow.SavedView.organisation": FOLLOWS_TOO,
    "identity.FormerName.organisation": STAYS,
    "identity.FormerCode.organisation": STAYS,
    "audit.AuditEntry.organisation": STAYS,
    "flow.Step.organisation": STAYS,
    "documents.Document.organisation": STAYS,
    "lookup.Export.organisation": STAYS,
    "openid.Grant.organisation": STAYS,  # ends with the mandate
    "departments.Successor.department": STAYS,
    "departments.DepartmentChange.department": STAYS,
    "departments.UnitMove.before": STAYS,
    "departments.UnitMove.after": STAYS,
    # asked by a person who was acting for a department: the account stays the asker
    "account_merges.AccountMerge.asker_organisation": STAYS,
    "appeals.Appeal.asker_organisation": STAYS,
    "my_information.DataRequest.asker_organisation": STAYS,
    "my_information.Closing.asker_organisation": STAYS,
    "operators.Withdrawal.asker_organisation": STAYS,
    "my_information.Relief.asker_organisation": STAYS,
    # which of a leaving person's posts it is about: it ends by itself where nobody holds that any more
    "my_information.Relief.organisation": STAYS,
    "realname.Case.asker_organisation": STAYS,
    "delegation.Request.asker_organisation": STAYS,
    "linking.Claim.asker_organisation": STAYS,
    "account_merges.AccountMerge.operator": NEVER,
    "appeals.Appeal.operator": NEVER,
    "my_information.DataRequest.operator": NEVER,
    "my_information.Relief.operator": NEVER,
    "operators.Withdrawal.operator": NEVER,
    "realname.Case.organisation": NEVER,
    "realname.Case.operator": NEVER,
    "delegation.Request.organisation": NEVER,  # one asks a unit
    "entry.UnitProfile.asker_organisation": NEVER,
    "entry.UnitProfile.unit": NEVER,
    "unit_changes.UnitChange.asker_organisation": NEVER,
    "unit_changes.UnitChange.unit": NEVER,
    "unit_changes.UnitChange.ministry": NEVER,
    "unit_changes.FieldChange.unit": NEVER,
    "handover.HandOver.ministry": NEVER,
    "calls.Call.organisation": NEVER,
    "assignment.Wish.unit": NEVER,
    "applications.Application.asker_organisation": NEVER,
    "applications.Application.unit": NEVER,
    "people.Engagement.unit": NEVER,
    "legacy.LegacyUnit.organisation": NEVER,
    "legacy.Parted.organisation": NEVER,
    "legacy.LegacyProject.organisation": NEVER,
    "legacy.Import.organisation": NEVER,
    "unit_claims.UnitClaim.asker_organisation": NEVER,
    "unit_claims.UnitClaim.unit": NEVER,
    "unit_claims.UnitClaim.ministry": NEVER,
    "merges.Merge.asker_organisation": NEVER,
    "merges.Merge.unit": NEVER,
    "departments.UnitMove.unit": NEVER,
}
#: Conditions that people keep, and by what one of them is known.
KEPT = {"lookup.SavedFilter": ("kind", "name"), "flow.SavedView": ("name",)}
#: What an errand does besides, before its rows follow: (the source, the successor, the rows).
Prepare = Callable[[int, int, Sequence[int]], object]
_prepare: dict[str, Prepare] = {}


def before_moving(key: str, function: Prepare) -> None:
    """An errand declares what else changes when its rows of this key follow a department."""
    assert key in FOLLOWS
    _prepare[key] = function


@dataclass(frozen=True, slots=True)
class Row:
    """One row that follows: its key of `FOLLOWS`, its id, whom it is with, by what its successor is chosen, and the unit
    that it is about."""

    key: str
    pk: int
    source: int
    by: str
    unit: int | None = None


@dataclass(slots=True)
class Way:
    """Who takes over what: the successors' ids in order, and the exceptions."""

    heirs: Sequence[int]
    by_division: Mapping[str, int] = field(default_factory=dict)
    staff: Mapping[str, int] = field(default_factory=dict)
    by_unit: Mapping[str, int] = field(default_factory=dict)

    def position(self, row: Row) -> int:
        """A unit that is named goes where it is named to, with everything about it; the others by their place."""
        named = self.by_unit.get(str(row.unit)) if row.unit else None
        if named is not None:
            return named
        if FOLLOWS[row.key].person:
            return self.staff.get(row.by, 0)
        return rules.successor_of(row.by, self.by_division)


def way_of(plan: Reorganisation, heirs: Sequence[int] | None = None) -> Way:
    """As it was laid down. `heirs`: in place of the successors' ids, which are not all known before the day."""
    if heirs is None:
        heirs = [id for id in plan.successors.order_by("position").values_list("department_id", flat=True) if id]
    staff = {str(account): n for account, n in plan.people.filter(position__gt=0).values_list("account_id", "position")}
    return Way(heirs, plan.by_division, staff, plan.by_unit)


def _table(key: str) -> tuple[type[Model], str]:
    label, _, name = key.rpartition(".")
    return apps.get_model(label), name


def _rows(key: str, sources: Collection[int]) -> QuerySet[Any]:
    model, name = _table(key)
    follow = FOLLOWS[key]
    if key == STAFF:
        rows: QuerySet[Any] = identity.staff_of(sources)
    elif key == INVITATIONS:
        rows = identity.invitations_of(sources)
    else:
        rows = model._default_manager.filter(**{f"{name}__in": list(sources)})
    if key == CITIES:
        rows = rows.filter(active_until=None)
    if follow.open_only:
        rows = rows.filter(state__in=[s.name for s in _process(model).states if not s.final])
    by = Cast(F(follow.person or follow.place), CharField(max_length=30))
    unit = F(follow.place.replace("__division", "_id")) if "__" in follow.place else Value(None, BigIntegerField())
    return rows.order_by().values_list(Value(key, CharField(max_length=60)), "pk", f"{name}_id", by, unit)


def _process(model: type[Model]) -> flow.Process:
    return next(p for p in flow.all_processes() if p.model() is model)


def rows_of(sources: Collection[int]) -> list[Row]:
    """Everything that hangs on these departments and follows. One query."""
    first, *others = [_rows(key, sources) for key in FOLLOWS]
    return [Row(key, pk, source, by or "", unit) for key, pk, source, by, unit in first.union(*others, all=True)]


def open_work(sources: Collection[int]) -> int:
    return flow.open_items().filter(organisation_id__in=list(sources)).count()


def holding_of(rows: Iterable[Row], work: int) -> rules.Holding:
    """What would be left behind without a successor."""
    counted = Counter(row.key for row in rows)
    cases = sum(n for key, n in counted.items() if key not in (UNITS, CITIES, STAFF, INVITATIONS))
    return rules.Holding(counted[UNITS], work, cases, counted[CITIES], counted[STAFF], counted[INVITATIONS])


# ---------------------------------------------------------------- moving


def move(actor: Actor, sources: Collection[int], way: Way, *, why: str) -> tuple[Counter[str], list[Row]]:
    """Everything follows, in the caller's transaction; how many of each kind, and the rows. Raises Refused where two
    hand-overs would become one."""
    counted: Counter[str] = Counter()
    rows = rows_of(sources)
    along = {n: {int(r.by) for r in rows if r.key == STAFF and way.position(r) == n} for n in range(len(way.heirs))}
    groups: dict[tuple[str, int, int], list[int]] = {}
    for row in rows:
        groups.setdefault((row.key, row.source, way.position(row)), []).append(row.pk)
    for (key, source, position), pks in groups.items():
        heir = way.heirs[position]
        if key == INVITATIONS:
            identity.move_invitations(pks, heir)
        elif key != STAFF:
            counted[WORK] += _move(key, source, heir, pks, along[position])
        counted[key] += len(pks)
    default = way.heirs[0]
    for source in sources:
        counted[WORK] += flow.succeed(before=source, after=default, along=along[0])  # what no case of ours explains
        asked = flow.open_items().filter(asker_organisation_id=source)
        for position, accounts in along.items():
            if accounts:
                asked.filter(asker_account_id__in=accounts).update(asker_organisation_id=way.heirs[position])
                _keep_filters(source, way.heirs[position], accounts)
                identity.move_staff(actor=actor, before=source, after=way.heirs[position], accounts=accounts, why=why)
        asked.update(asker_organisation_id=default)
    return counted, rows


def _move(key: str, source: int, heir: int, pks: Sequence[int], along: Collection[int]) -> int:
    """Rows of one kind from one department to one successor, and their open work; how much work."""
    model, name = _table(key)
    if key in _prepare:
        _prepare[key](source, heir, pks)
    process = next((p.name for p in flow.all_processes() if p.model() is model), "")
    work = 0
    for start in range(0, len(pks), AT_ONCE):
        chunk = pks[start : start + AT_ONCE]
        there = model._default_manager.filter(pk__in=chunk, **{f"{name}_id": source})
        try:
            with transaction.atomic():
                there.update(**{f"{name}_id": heir})
                if key == HAND_OVERS:  # asked for by the department itself: wherever the post goes, whoever began it
                    mine = model._default_manager.filter(pk__in=chunk, asker_organisation_id=source)
                    mine.update(asker_organisation_id=heir)
                    asked = flow.open_items().filter(process=process, subject_id__in=chunk)
                    asked.filter(asker_organisation_id=source).update(asker_organisation_id=heir)
        except IntegrityError as error:
            raise Refused(no(say("同一个人在几个归口单位都在办换人。请先办完或撤回其中一个"), code="F12")) from error
        if process:
            work += flow.succeed(before=source, after=heir, process=process, subjects=chunk, along=along)
    return work


def _keep_filters(source: int, heir: int, accounts: Collection[int]) -> None:
    """Conditions that people keep go along, unless they have some of the same name there."""
    for label, same_by in KEPT.items():
        kept = apps.get_model(label)._default_manager
        for row in kept.filter(organisation_id=source, account_id__in=accounts):
            same = {name: getattr(row, name) for name in ("account_id", *same_by)}
            if not kept.filter(organisation_id=heir, **same).exists():
                kept.filter(pk=row.pk).update(organisation_id=heir)


def units_called(sources: Collection[int], text: str, *, most: int) -> tuple[list[tuple[int, str]], bool]:
    """Units of these departments (id, name) of exactly this name or number; where there is none, whose names have it as a
    part, `most` at most; and whether it is their whole name or number. Two queries."""
    key = name_key(text)
    rows = _table(UNITS)[0]._default_manager.filter(department_id__in=list(sources))
    exact = rows.filter(Q(unit__name_key=key) | Q(unit__uscc__in=may_mean_anywhere(text)))
    found = list(exact.order_by("unit_id").values_list("unit_id", "unit__name")[:most])
    part = rows.filter(unit__name_key__has=key).order_by("unit__name_key", "unit_id")
    return found or list(part.values_list("unit_id", "unit__name")[:most]), bool(found)


def units_of(sources: Collection[int], ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Those of these units that are theirs: id → (name, number). One query."""
    rows = _table(UNITS)[0]._default_manager.filter(department_id__in=list(sources), unit_id__in=list(ids))
    return {id: (name, number or "") for id, name, number in rows.values_list("unit_id", "unit__name", "unit__uscc")}


def sources_of_work(sources: Collection[int]) -> list[int]:
    """Which of these departments hold open work. One query."""
    held = flow.open_items().filter(organisation_id__in=list(sources)).order_by()
    return list(held.values_list("organisation_id", flat=True).distinct())
