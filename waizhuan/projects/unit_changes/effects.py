"""Guards and effects of the table: they run on the locked row, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import Words
from waizhuan.projects.entry import api as entry
from waizhuan.projects.unit_changes import rules

if TYPE_CHECKING:
    from waizhuan.projects.unit_changes.models import UnitChange

Data = Mapping[str, Any]


def names(change: UnitChange) -> list[str]:
    """The fields that this request is about, in the order of the table."""
    found = {f.name for f in change.fields.all()}
    return [n for n in rules.FIELDS if n in found]


def labels(change: UnitChange) -> Words:
    return marks.listed(rules.FIELDS[n].label for n in names(change))


def present(change: UnitChange) -> dict[str, str]:
    """The unit's values as they stood when this row was read: one query for all the buttons of a page."""
    if change.present is None:
        change.present = entry.values_of(change.unit_id)
    return change.present


def stale_names(change: UnitChange) -> list[str]:
    """Fields whose present value is no longer what the request starts from."""
    now = present(change)
    return [f.name for f in change.fields.all() if now.get(f.name, "") not in (f.before, f.after)]


def not_stale(change: UnitChange) -> Verdict:
    gone = change.to_department is not None and change.to_department.active_until is not None
    return rules.stale(stale_names(change)) & rules.target_exists(gone=gone)


def may_ask(change: UnitChange) -> Verdict:
    return rules.may_ask(asked_before=change.asked_from == change.state, stale_names=stale_names(change))


def only_a_notice(change: UnitChange) -> Verdict:
    return rules.may_note_down(names(change))


def _complete(change: UnitChange, actor: Actor) -> None:
    """Everything that is missing is said at once; every field is this request's alone from now on."""
    from waizhuan.projects.unit_changes.models import FieldChange

    wanted = {f.name: f.after for f in change.fields.all()}
    others = FieldChange.objects.filter(unit_id=change.unit_id, open=True, name__in=wanted).exclude(change=change)
    refusals = rules.missing(wanted, why=change.why, files=change.documents.count())
    refusals += [rules.taken(f.name, f.change.number or "") for f in others.select_related("change")]
    if refusals:
        raise Refused(*refusals)
    change.asker_account_id = actor.account_id
    change.documents.filter(handed_in=False).update(handed_in=True)
    try:
        with transaction.atomic():
            change.fields.update(open=True)
    except IntegrityError as error:  # somebody was faster by a moment
        raise Refused(*(rules.taken(n, "…") for n in wanted)) from error


def submitted(change: UnitChange, actor: Actor, data: Data) -> None:
    """From a draft to the department."""
    _rebase(change)
    _complete(change, actor)


def answered(change: UnitChange, actor: Actor, data: Data) -> None:
    """What was asked for is there; what changed meanwhile is the new starting point, which the unit has seen."""
    _rebase(change)
    _complete(change, actor)


def _rebase(change: UnitChange) -> None:
    now = entry.values_of(change.unit_id)
    for f in change.fields.all():
        if f.before != now.get(f.name, ""):
            f.before = now.get(f.name, "")
            f.save(update_fields=["before"])


def noted(change: UnitChange, actor: Actor, data: Data) -> None:
    """A notice: complete, nobody else's, and applied at once."""
    submitted(change, actor, data)
    applied(change, actor, data)


def asked(change: UnitChange, actor: Actor, data: Data) -> None:
    change.asked_from = change.state


def closed(change: UnitChange, actor: Actor, data: Data) -> None:
    """Nothing happens to the unit's data; its fields are free for another request."""
    change.fields.update(open=False)


def applied(change: UnitChange, actor: Actor, data: Data) -> None:
    """The system writes the new values, once: the state's move in the same transaction keeps it from being done again."""
    wanted = {f.name: f.after for f in change.fields.all()}
    entry.apply_change(change.unit_id, wanted)
    change.applied_at = clock.now()
    change.fields.update(open=False)
    publish(
        Happened(
            actor,
            "unit_changes.applied",
            f"identity.organisation:{change.unit_id}",
            {"number": change.number or "", "fields": sorted(wanted)},
        )
    )
