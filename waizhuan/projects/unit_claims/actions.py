"""A claim: kept while it is typed, with its papers, handed in."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.words import say
from waizhuan.projects.drafts import Papers, not_saved_since
from waizhuan.projects.unit_claims import rules
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.text import compact


def draft_for(actor: Actor) -> UnitClaim:
    """The unit's draft; begun where there is none. Two first presses make one. Raises Hidden, Refused."""
    unit = actor.organisation_id
    if not actor.has("unit.admin") or unit is None:
        raise Hidden
    verdict = rules.may_begin(verified=actor.organisation_verified)
    if not verdict.ok:
        raise Refused(verdict)
    found = UnitClaim.objects.filter(unit_id=unit, state="draft").first()
    if found is not None:
        return found
    fresh = UnitClaim(
        unit_id=unit, ministry=identity.ministry(), asker_organisation_id=unit, asker_account_id=actor.account_id
    )
    try:
        with transaction.atomic():
            return start(CLAIM, fresh, actor)
    except IntegrityError:
        return UnitClaim.objects.get(unit_id=unit, state="draft")


def _locked(actor: Actor, claim: UnitClaim) -> UnitClaim:
    row = UnitClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if not actor.holds(row.unit_id, "unit.admin"):
        raise Hidden
    if row.state not in rules.EDITABLE:
        raise Conflict(say("这个认领已经提交，正在办理，这次修改没有保存。要修改请先撤回。"))
    return row


def save(*, actor: Actor, claim: UnitClaim, old_name: str, old_code: str, why: str, seen: str | None) -> UnitClaim:
    """Keep what was typed, complete or not. `seen`: the stamp of what the actor saw; None: there was nothing yet. Asked for
    more, the old unit stays the one that was claimed. Raises Hidden, Conflict, Refused where somebody has saved since."""
    with transaction.atomic():
        row = _locked(actor, claim)
        not_saved_since(row, seen, code="F9")
        if row.state == "draft":
            row.old_name, row.old_code = old_name.strip()[:200], compact(old_code)[:40]
            row.name_key = name_key(row.old_name)[:200]
        row.why = why.strip()[:1000]
        row.updated_at = clock.now()
        row.save(update_fields=["old_name", "old_code", "name_key", "why", "updated_at"])
    return row


def submit(*, actor: Actor, claim: UnitClaim) -> UnitClaim:
    """To the ministry, or back to it; the reason stands in what has happened, so that a later one does not hide it. Raises
    Refused with everything that is missing."""
    try:
        return perform(CLAIM, claim, "answer" if claim.state == "asked" else "submit", actor, note=claim.why)
    except IntegrityError as error:  # the same claim of another administrator, faster by a moment
        raise Refused(rules.TWICE) from error


PAPERS = Papers(CLAIM, "unit_claim", at_most=rules.FILES_AT_MOST, draft=_locked, loose={"handed_in": False})
