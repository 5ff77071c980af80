"""A verified unit is registered under another name or code, or has another legal representative (E11): it says so, and the
verification decides on what is new. Until then what was verified stays in force."""

from __future__ import annotations

from django.db import transaction

from waizhuan.identity.models import Account
from waizhuan.identity.realname import rules
from waizhuan.identity.realname.actions import Registered, start_check
from waizhuan.identity.realname.corrections import unit_taken
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.queries import open_case, own_unit
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused


def ask(actor: Actor, given: Registered, *, claim: bool = False) -> Case:
    """Begin the change: where the authority confirms it, it is in force at once; else papers are asked for.

    What another unit's account holds is refused (D4, D5); with `claim` the unit insists that it is its own, and two
    operators decide. Raises Refused.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=actor.account_id or 0)
        unit = own_unit(actor)
        case = open_case(actor.account_id, rules.Kind.UNIT)
        may = rules.may_change(unit.real_name, unit.agent_real_name, case.state if case else "")
        if not may.ok:
            raise Refused(may)
        taken = unit_taken(unit, given.name, given.uscc)
        if taken and not claim:
            raise Refused(*taken)
    return start_check(actor, rules.Kind.UNIT, changed=given)
