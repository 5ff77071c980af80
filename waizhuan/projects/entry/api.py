"""What the other errands of the experts system use of unit profiles."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.entry import rules
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow.api import reroute


def department_of(unit_id: int) -> identity.Organisation | None:
    """The competent department of a unit whose profile is approved. One query."""
    profile = UnitProfile.objects.select_related("department__parent").filter(unit_id=unit_id, state="approved").first()
    return profile.department if profile else None


def missing_to_enter(actor: Actor) -> list[Verdict]:
    """What is missing to work in the experts system (A4, A5), each with its button. One query."""
    state = ""
    if actor.organisation_id is not None and actor.organisation_kind == "unit":
        state = UnitProfile.objects.filter(unit_id=actor.organisation_id).values_list("state", flat=True).first() or ""
    return rules.may_enter(actor, approved=state == "approved", state=state)


#: What a change request may change about an approved profile; the department by its id.
CHANGEABLE = ("address", "postcode", "contact_name", "contact_phone", "contact_email", "field", "introduction")


def values_of(unit_id: int) -> dict[str, str]:
    """The approved profile's present values by field, the department as its id; empty where none is approved. One query."""
    profile = UnitProfile.objects.filter(unit_id=unit_id, state="approved").first()
    if profile is None:
        return {}
    return {"department": str(profile.department_id or ""), **{n: str(getattr(profile, n)) for n in CHANGEABLE}}


def state_of(unit_id: int) -> str:
    """The state of the unit's profile; "" where there is none. One query."""
    return UnitProfile.objects.filter(unit_id=unit_id).values_list("state", flat=True).first() or ""


def apply_change(unit_id: int, values: Mapping[str, str]) -> None:
    """Write approved changes into the profile, in the caller's transaction. Raises Hidden where none is approved."""
    approved = UnitProfile.objects.select_for_update(of=("self",)).filter(unit_id=unit_id, state="approved")
    profile = approved.select_related("unit").first()
    if profile is None:
        raise Hidden(f"unit {unit_id} has no approved profile")
    for name, value in values.items():
        if name == "department":
            profile.department_id, profile.place = int(value), profile.unit.division
        elif name in CHANGEABLE:
            setattr(profile, name, value)
    profile.updated_at = clock.now()
    profile.save()
    if "department" in values:  # who asked whose the unit is has the answer
        reroute(PROFILE, profile, the_system(), note="")


def looked_after(department_id: int, unit_ids: Collection[int]) -> set[int]:
    """Which of these units this department is responsible for (their profile is approved). One query."""
    approved = UnitProfile.objects.filter(department_id=department_id, state="approved", unit_id__in=unit_ids)
    return set(approved.values_list("unit_id", flat=True))


def units_of(department_id: int) -> list[int]:
    """The units whose profile names this department, whatever its state. One query."""
    return list(UnitProfile.objects.filter(department_id=department_id).values_list("unit_id", flat=True))
