"""A unit gives its old projects to one of its leads, one or many, or takes them back (F4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Given:
    """`done`: who had them, has them now; `changed`: somebody was faster, so they were left; `gone`: how many are not the
    unit's any more."""

    done: Sequence[LegacyProject]
    changed: Sequence[LegacyProject] = ()
    gone: int = 0


def assign(*, actor: Actor, project_id: int, lead: int | None) -> LegacyProject:
    """One project, as it stands now. `lead`: a verified project lead of the unit; None: the unit itself. The same again changes
    nothing. Raises Hidden, Refused."""
    with transaction.atomic():
        _hold(lead)
        rows = _locked(actor, [project_id])
        if not rows:
            raise Hidden
        _give(actor, rows, lead)
    return rows[0]


def assign_many(*, actor: Actor, seen: Mapping[int, int], lead: int | None) -> Given:
    """`seen`: project id → the version that the actor saw. Those that changed since are left and named; all others are given,
    in one transaction. Raises Hidden, Refused."""
    if not seen:
        raise Refused(no(say("请勾选旧项目"), field="lead", code="F4"))
    if len(seen) > AT_ONCE:
        raise Refused(no(say("一次最多 {n} 个", n=AT_ONCE), field="lead", code="F4"))
    with transaction.atomic():
        _hold(lead)
        rows = _locked(actor, sorted(seen))
        as_seen = [r for r in rows if r.version == seen[r.pk] or r.lead_id == lead]
        _give(actor, as_seen, lead)
    return Given(as_seen, [r for r in rows if r not in as_seen], len(seen) - len(rows))


def _hold(lead: int | None) -> None:
    """Before the projects are locked: whoever gets them is not closed or merged at this moment."""
    if lead is not None:
        identity.hold(lead)


def _locked(actor: Actor, ids: Sequence[int]) -> list[LegacyProject]:
    """Those of these that are the unit's, for its administrators."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    rows = LegacyProject.objects.select_for_update(of=("self",))
    return list(rows.filter(pk__in=ids, organisation_id=actor.organisation_id).order_by("pk"))


def _give(actor: Actor, rows: Sequence[LegacyProject], lead: int | None) -> None:
    unit = actor.organisation_id or 0
    rows = [r for r in rows if r.lead_id != lead]
    if not rows:
        return
    if lead is not None and not (
        lead in identity.people_with(unit, "projects.lead") and identity.known_of(lead).verified
    ):
        raise Refused(no(say("请选择一位本单位授权、实名过的项目负责人"), field="lead", code="F4"))
    if identity.is_oneself(actor, lead):
        raise Refused(no(say("不能把旧项目给自己，请单位的另一位管理员办理"), field="lead", code="F4"))
    had: dict[int, list[LegacyProject]] = defaultdict(list)
    for row in rows:
        before, row.lead_id, row.moved = row.lead_id, lead, True
        row.version += 1
        row.updated_at = clock.now()
        row.save(update_fields=["lead", "moved", "version", "updated_at"])
        publish(Happened(actor, "legacy.assigned", f"legacy.project:{row.pk}", {"from": before, "to": lead}))
        if before is not None:
            had[before].append(row)
    if lead is not None:
        _tell(actor, "given", lead, rows)
    for before, lost in had.items():
        _tell(actor, "taken", before, lost)


def _tell(actor: Actor, what: str, account: int, rows: Sequence[LegacyProject]) -> None:
    """One message, however many projects."""
    context: dict[str, str | int] = {"unit": actor.organisation_name, "count": len(rows)}
    context |= {"number": rows[0].number, "title": rows[0].title}
    template = f"legacy.{what}" if len(rows) == 1 else f"legacy.{what}_many"
    publish(Tell(template, accounts=(account,), context=context, link=link("legacy.projects", ())))
