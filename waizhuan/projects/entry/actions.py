"""The unit's profile: kept while it is typed, handed in, decided."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Tell, publish
from waizhuan.kernel.words import say
from waizhuan.projects.drafts import Papers, stamp
from waizhuan.projects.entry import rules
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.refdata.divisions import division_name

FIELDS = ("address", "postcode", "contact_name", "contact_phone", "contact_email", "field", "introduction")
LABELS = {f.name: f.verbose_name for f in UnitProfile._meta.concrete_fields} | {"department": _("归口单位")}


def profile_for(actor: Actor) -> UnitProfile:
    """The profile of the unit acted for; begun at the first look. Two first looks make one."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    found = (
        UnitProfile.objects.select_related("unit", "department__parent").filter(unit_id=actor.organisation_id).first()
    )
    if found is not None:
        return found
    try:
        with transaction.atomic():
            fresh = UnitProfile(
                unit_id=actor.organisation_id,
                asker_organisation_id=actor.organisation_id,
                asker_account_id=actor.account_id,
            )
            start(PROFILE, fresh, actor)
    except IntegrityError:
        pass
    return UnitProfile.objects.select_related("unit", "department__parent").get(unit_id=actor.organisation_id)


def _locked(actor: Actor, profile: UnitProfile) -> UnitProfile:
    row = UnitProfile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    if not actor.holds(row.unit_id, "unit.admin"):
        raise Hidden
    if row.state not in rules.EDITABLE:
        raise Conflict(say("单位信息已经提交，正在审核，这次修改没有保存。要修改请先撤回。"))
    return row


def save(
    *, actor: Actor, profile: UnitProfile, given: dict[str, Any], department: int | None, seen: str = ""
) -> UnitProfile:
    """Keep what was typed, complete or not. `seen`: when the profile that the writer saw had last been changed.

    Raises Conflict once it is with the department, Refused where a colleague has written something else meanwhile.
    """
    with transaction.atomic():
        row = _locked(actor, profile)
        typed = {name: given[name] or "" for name in FIELDS if name in given}
        if seen and seen != stamp(row):
            other = [name for name, text in typed.items() if getattr(row, name) != text]
            other += ["department"] if department != row.department_id else []
            verdict = rules.not_overwritten([LABELS[name] for name in other])
            if not verdict.ok:
                raise Refused(verdict)
        for name, text in typed.items():
            setattr(row, name, text)
        row.department_id = department
        row.updated_at = clock.now()
        row.save()
    return row


def submit(*, actor: Actor, profile: UnitProfile, version: int | None) -> UnitProfile:
    """Hand it in, or hand it back after having been asked. Raises Refused with everything that is missing."""
    row = UnitProfile.objects.get(pk=profile.pk)
    again = row.state == "review" and row.asked_for_more  # pressed twice: the same step as the first time
    name = "answer" if row.state == "asked" or again else "submit"
    return perform(PROFILE, row, name, actor, version=version)


def confirm_department(*, actor: Actor, profile: UnitProfile, department: int | None, place: str) -> None:
    """The unit is registered at another place, and says that its department stays responsible; the department is told.
    `department`, `place`: what the actor saw. Pressing twice confirms once. Raises Hidden, Conflict."""
    with transaction.atomic():
        row = UnitProfile.objects.select_for_update(of=("self",)).select_related("unit").get(pk=profile.pk)
        if not actor.holds(row.unit_id, "unit.admin"):
            raise Hidden
        if (row.state, row.department_id, row.unit.division) != ("approved", department, place):
            raise Conflict(say("单位信息刚才变了，请看过现在的再确认"))
        before = row.place
        if before == place:
            return
        data = {"department": department, "before": before, "now": place}
        perform(PROFILE, row, "stays", actor, data=data)
        post = (row.department_id or 0, "department.clerk")
        context = {"unit": row.unit.name, "before": division_name(before), "now": division_name(place)}
        publish(Tell("entry.stays", posts=(post,), context=context))


PAPERS = Papers(PROFILE, "profile", at_most=rules.FILES_AT_MOST, draft=_locked)
