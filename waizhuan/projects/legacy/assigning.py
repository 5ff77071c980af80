"""A unit gives one of its old projects to one of its leads, or takes it back (F4)."""

from __future__ import annotations

from django.db import transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.shared.flow.api import link


def assign(*, actor: Actor, project_id: int, lead: int | None) -> LegacyProject:
    """`lead`: a verified project lead of the unit; None: the unit itself. The same again changes nothing. Raises Hidden,
    Refused."""
    unit = actor.organisation_id
    if not actor.has("unit.admin") or unit is None:
        raise Hidden
    with transaction.atomic():
        rows = LegacyProject.objects.select_for_update(of=("self",))
        row = rows.filter(pk=project_id, organisation_id=unit).first()
        if row is None:
            raise Hidden
        if row.lead_id == lead:
            return row
        if lead is not None and not (
            lead in identity.people_with(unit, "projects.lead") and identity.known_of(lead).verified
        ):
            raise Refused(no(say("请选择一位本单位授权、实名过的项目负责人"), field="lead", code="F4"))
        if identity.is_oneself(actor, lead):
            raise Refused(no(say("不能把旧项目给自己，请单位的另一位管理员办理"), field="lead", code="F4"))
        before, row.lead_id, row.moved = row.lead_id, lead, True
        row.version += 1
        row.updated_at = clock.now()
        row.save(update_fields=["lead", "moved", "version", "updated_at"])
        context = {"number": row.number, "title": row.title, "unit": actor.organisation_name}
        address = link("legacy.projects", ())
        publish(
            Happened(actor, "legacy.assigned", f"legacy.project:{row.pk}", {"from": before, "to": lead}),
            *([Tell("legacy.given", accounts=(lead,), context=context, link=address)] if lead else []),
            *([Tell("legacy.taken", accounts=(before,), context=context, link=address)] if before else []),
        )
    return row
