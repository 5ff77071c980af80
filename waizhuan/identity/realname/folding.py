"""Closing a second registration that somebody made by mistake, on the way to recovering the first (D3–D5)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from waizhuan.identity.actors import active_mandates
from waizhuan.identity.models import Account, Organisation, Person, RealName
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import person_of, unit_of
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.flow.api import open_items, perform


def fold(actor: Actor) -> None:
    """Close the actor's own registration and let go of what it claimed. Raises Refused where something rests on it."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=actor.account_id or 0)
        person, unit = person_of(account.pk), unit_of(account.pk)
        verdict = rules.may_fold(
            verified=_verified(person, unit), posts=_has_posts(account, unit), work=_has_work(account, unit)
        )
        if not verdict.ok:
            raise Refused(verdict)
        for case in Case.objects.filter(asker_account=account, state__in=rules.OPEN):
            perform(CASE, case, "void", the_system(""), note="folded")
        if person is not None:
            person.doc_number = person.doc_key = ""
            person.save(update_fields=["doc_number", "doc_key", "doc_index"])
        if unit is not None:
            # the name is free again for whoever recovers the first account
            unit.uscc, unit.name_key, unit.active_until = None, f"#{unit.pk}", clock.today()
            unit.save(update_fields=["uscc", "name_key", "active_until"])
        account.closed_at = account.sessions_from = clock.now()
        account.save(update_fields=["closed_at", "sessions_from"])
        publish(Happened(actor, "realname.folded", f"identity.account:{account.pk}"))


def _verified(person: Person | None, unit: Organisation | None) -> bool:
    statuses = [person.real_name] if person else []
    statuses += [unit.real_name, unit.agent_real_name] if unit else []
    return RealName.PASSED in statuses


def _has_posts(account: Account, unit: Organisation | None) -> bool:
    held = Q(account=account)
    if unit is not None:
        held |= Q(organisation=unit)
    return active_mandates().filter(held).exists()


def _has_work(account: Account, unit: Organisation | None) -> bool:
    concerns = Q(account=account) | Q(asker_account=account)
    if unit is not None:
        concerns |= Q(asker_organisation=unit) | Q(organisation=unit)
    return open_items().filter(concerns).exclude(process=CASE.name).exists()
