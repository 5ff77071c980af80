"""A change request: kept while it is typed, handed in, decided."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.words import say
from waizhuan.projects.drafts import Papers, not_saved_since
from waizhuan.projects.entry import api as entry
from waizhuan.projects.unit_changes import rules
from waizhuan.projects.unit_changes.models import FieldChange, UnitChange
from waizhuan.projects.unit_changes.process import CHANGE
from waizhuan.shared.flow.api import perform, start


def draft_for(actor: Actor) -> UnitChange:
    """The unit's draft; begun where there is none. Two first presses make one. Raises Hidden, Refused."""
    unit = actor.organisation_id
    if not actor.has("unit.admin") or unit is None:
        raise Hidden
    refusal = rules.may_begin(profile_state=entry.state_of(unit))
    if not refusal.ok:
        raise Refused(refusal)
    found = UnitChange.objects.filter(unit_id=unit, state="draft").first()
    if found is not None:
        return found
    department = entry.department_of(unit)
    assert department is not None  # an approved profile has one (a constraint)
    try:
        with transaction.atomic():
            fresh = UnitChange(
                unit_id=unit,
                department=department,
                ministry=identity.ministry(),
                asker_organisation_id=unit,
                asker_account_id=actor.account_id,
            )
            return start(CHANGE, fresh, actor)
    except IntegrityError:
        return UnitChange.objects.get(unit_id=unit, state="draft")


def _locked(actor: Actor, change: UnitChange) -> UnitChange:
    row = UnitChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not actor.holds(row.unit_id, "unit.admin"):
        raise Hidden
    if row.state not in rules.EDITABLE:
        raise Conflict(say("这个申请已经提交，正在办理，这次修改没有保存。要修改请先撤回。"))
    return row


def reveal(*, actor: Actor, change: UnitChange, purpose: str) -> None:
    """Somebody who decides looks at the contact data in full: the audit log keeps who, and what for."""
    detail = {"purpose": purpose, "fields": [n for n, f in rules.FIELDS.items() if f.personal]}
    with transaction.atomic():
        publish(Happened(actor, "unit_changes.reveal", f"unit_changes.change:{change.pk}", detail))


def save(
    *, actor: Actor, change: UnitChange, given: Mapping[str, str], why: str, seen: str | None = None
) -> UnitChange:
    """Keep what was typed, complete or not. `given`: field → wanted value (the department as its id). `seen`: the stamp of
    what the actor saw; None: there was nothing yet. Raises Refused where somebody has saved since.

    While the unit was asked for more, the fields stay the same and only their values change: the way is fixed.
    """
    with transaction.atomic():
        row = _locked(actor, change)
        not_saved_since(row, seen, code="F2")
        now = entry.values_of(row.unit_id)
        there = {f.name: f for f in row.fields.all()}
        if row.state == "asked":
            wanted = {n: v for n, v in given.items() if n in there and n != rules.DEPARTMENT}
        else:
            wanted = rules.changed(now, given)
            row.fields.exclude(name__in=wanted).delete()
            target = wanted.get(rules.DEPARTMENT, "")
            row.to_department_id = int(target) if target else None
            row.department_id = int(now[rules.DEPARTMENT])
        for name, value in wanted.items():
            field = there.get(name) or FieldChange(change=row, unit_id=row.unit_id, name=name)
            field.before, field.after = now.get(name, ""), value
            field.save()
        row.why = why
        row.updated_at = clock.now()
        row.save()
    return row


def submit(*, actor: Actor, change: UnitChange, version: int | None) -> UnitChange:
    """Hand it in, or hand it back; the reason stands in what has happened, so that a later one does not hide it. A request for
    what needs only a notice is applied at once. Raises Refused."""
    row = UnitChange.objects.get(pk=change.pk)
    if row.state == "asked":
        name = f"answer_{row.asked_from}"
    else:
        wanted = list(row.fields.values_list("name", flat=True))
        name = "note_down" if wanted and not rules.stages(wanted) else "submit"
    return perform(CHANGE, row, name, actor, version=version, note=row.why)


PAPERS = Papers(CHANGE, "unit_change", at_most=rules.FILES_AT_MOST, draft=_locked, loose={"handed_in": False})
