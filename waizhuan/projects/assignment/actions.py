"""Give projects to a lead, one or many; what a colleague has changed meanwhile is left as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import all_no
from waizhuan.projects.applications.api import PROCESS
from waizhuan.projects.applications.models import Application
from waizhuan.projects.assignment import rules
from waizhuan.projects.assignment.models import Wish
from waizhuan.projects.assignment.queries import locked
from waizhuan.shared.flow.api import link, perform


@dataclass(frozen=True, slots=True)
class Given:
    """`done`: who had them, has them no more; `changed`: another lead has them than the actor saw, or they have ended, so they
    were left."""

    done: Sequence[Application]
    changed: Sequence[Application] = ()


def assign(*, actor: Actor, seen: Mapping[int, int | None], lead: int | None) -> Given:
    """Make `lead` the project lead of these projects, in one transaction; those that the lead has already stay.

    `seen`: project id → the lead that the actor saw, None where there was none. Raises Refused (nobody chosen, nothing chosen),
    Hidden (a project of another unit among them).
    """
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    with transaction.atomic():
        if lead is not None:
            identity.hold(lead)  # is not closed or merged before they have the projects
        leads = identity.people_with(actor.organisation_id, "projects.lead")
        refusals = all_no((rules.can_lead(lead, leads), rules.can_assign(len(seen))))
        if refusals:
            raise Refused(*refusals)
        rows = list(locked(actor, seen))
        if len(rows) != len(seen):
            raise Hidden
        assert lead is not None  # can_lead has seen to it
        theirs = [r for r in rows if r.lead_id != lead]
        changed = [r for r in theirs if r.lead_id != seen[r.pk] or r.state not in rules.LIVE]
        if len(changed) < len(rows):  # the lead has a project now
            Wish.objects.filter(unit_id=actor.organisation_id, account_id=lead).delete()
        given = [r for r in theirs if r not in changed]
        done = [perform(PROCESS, r, "assign", actor, note=leads[lead], data={"lead": lead}) for r in given]
    return Given(done, changed)


def ask(*, actor: Actor) -> Wish:
    """The lead asks the unit for a project; its administrators are told. Raises Refused (not a lead; asked today)."""
    if actor.account_id is None or actor.organisation_id is None:
        raise Hidden
    with transaction.atomic():
        wish = (
            Wish.objects.select_for_update().filter(unit_id=actor.organisation_id, account_id=actor.account_id).first()
        )
        today = bool(wish and wish.asked_at.astimezone(clock.CHINA).date() == clock.today())
        refusal = rules.can_ask(actor, asked_today=today)
        if not refusal.ok:
            raise Refused(refusal)
        wish, _ = Wish.objects.update_or_create(
            unit_id=actor.organisation_id, account_id=actor.account_id, defaults={"asked_at": clock.now()}
        )
        publish(
            Happened(actor, "assignment.ask", f"assignment.wish:{wish.pk}"),
            Tell(
                "assignment.asked",
                posts=((actor.organisation_id, "unit.admin"),),
                context={"name": actor.name, "organisation": actor.organisation_name},
                link=link("assignment.list", ()) + f"?to={actor.account_id}",
            ),
        )
        return wish
