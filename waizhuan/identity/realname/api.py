"""What the other errands of identity use of real-name verification."""

from __future__ import annotations

from collections.abc import Sequence

from waizhuan.identity.realname import actions, rules
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.presenters import Status, primary_of, statuses_of
from waizhuan.identity.realname.queries import operator_organisation
from waizhuan.identity.realname.rules import Kind
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused

__all__ = [
    "Case",
    "Kind",
    "Status",
    "operator_organisation",
    "primary_of",
    "start_check",
    "status_of",
]


def status_of(actor: Actor) -> Sequence[Status]:
    """The state of everything this account has to have verified, with reason and next step (D1)."""
    return statuses_of(actor)


def start_check(actor: Actor) -> Sequence[Case]:
    """Begin whatever is not verified yet, at once: the automatic check first. Asking twice makes one case.

    Raises Refused where everything is verified or the unit's data is not complete.
    """
    kinds = (rules.Kind.PERSON,) if actor.kind == "natural" else (rules.Kind.AGENT, rules.Kind.UNIT)
    begun: list[Case] = []
    refused: list[Refused] = []
    for kind in kinds:
        try:
            begun.append(actions.start_check(actor, kind))
        except Refused as error:
            refused.append(error)
    if not begun:
        raise Refused(*(v for error in refused for v in error.verdicts))
    return begun
