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


def accepted(claim: UnitClaim, actor: Actor, data: Mapping[str, Any]) -> None:
    """The old unit is this unit, with the claim as the evidence; where it was found to be meanwhile, that stands."""
    old = pairing.old_unit(actor, int(data["old"]))
    elsewhere = old.organisation_id not in (None, claim.unit_id)
    verdict = rules.may_accept(verified=_verified(claim), somebody_elses=elsewhere, old=old.pk)
    if not verdict.ok:
        raise Refused(verdict)
    claim.old = pairing.pair(actor=actor, old_id=old.pk, unit_id=claim.unit_id, why=claim.number or "")
