"""Guards and effects of the table: they run on the locked row, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.projects.legacy import pairing
from waizhuan.projects.unit_claims import rules

if TYPE_CHECKING:
    from waizhuan.projects.legacy.models import LegacyUnit
    from waizhuan.projects.unit_claims.models import UnitClaim


def complete(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """Everything that is missing is said at once. Whether there is such an old unit is not: a stranger would learn it."""
    from waizhuan.projects.unit_claims.models import UnitClaim

    others = UnitClaim.objects.filter(unit_id=claim.unit_id, state__in=rules.WAITING).exclude(pk=claim.pk)
    keys = list(others.values_list("name_key", flat=True))
    refusals = [v for v in (rules.may_begin(verified=_verified(claim)),) if not v.ok]
    refusals += rules.missing(old_name=claim.old_name, why=claim.why, files=claim.documents.count(), waiting=len(keys))
    if claim.name_key and claim.name_key in keys:
        refusals.append(rules.TWICE)
    if refusals:
        raise Refused(*refusals)
    claim.asker_account_id = actor.account_id
    claim.documents.filter(handed_in=False).update(handed_in=True)


def _verified(claim: UnitClaim) -> bool:
    return identity.verified_unit(claim.unit_id) is not None


def proposed(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """Somebody has found out which old unit it is; an administrator of the ministry, another person, approves it."""
    heads = identity.people_with(claim.ministry_id, pairing.SENIOR).keys()
    mine = {actor.account_id or 0}
    verdict = rules.somebody_approves(any(not identity.is_any_of(head, mine) for head in sorted(heads)))
    if not verdict.ok:
        raise Refused(verdict)
    claim.old, claim.checked_by_id = _free(claim, actor, int(data["old"])), actor.account_id


def checked_it(claim: UnitClaim, actor: Actor) -> bool:
    """Was it this very person, with this account or another, who found it out? One query for all the buttons of a page."""
    if claim.looked is None:
        claim.looked = claim.checked_by_id is not None and identity.is_any_of(actor.account_id, {claim.checked_by_id})
    return claim.looked


def not_found(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """Which old unit it is, is open again, or is none."""
    claim.old, claim.checked_by = None, None


def accepted(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """The old unit is this unit, with the claim as the evidence; where it was found to be meanwhile, that stands."""
    if checked_it(claim, actor):
        raise Refused(rules.FOUR_EYES)
    old = _free(claim, actor, claim.old_id or 0)
    claim.old = pairing.pair(actor=actor, old_id=old.pk, unit_id=claim.unit_id, why=claim.number or "")


def found(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """The ministry has said by hand that it is this unit: what the unit was asked for is not needed any more."""
    claim.old = pairing.old_unit(actor, int(data["old"]))


def _free(claim: UnitClaim, actor: Actor, id: int) -> LegacyUnit:
    """The old unit, if it may be this claim's. Raises Hidden, Refused."""
    old = pairing.old_unit(actor, id)
    elsewhere = old.organisation_id not in (None, claim.unit_id)
    verdict = rules.may_accept(verified=_verified(claim), somebody_elses=elsewhere, old=old.pk)
    if not verdict.ok:
        raise Refused(verdict)
    return old
