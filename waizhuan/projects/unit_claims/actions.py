"""A claim: kept while it is typed, with its papers, handed in."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.projects.unit_claims import rules
from waizhuan.projects.unit_claims.models import ClaimDocument, UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.refdata.names import name_key
from waizhuan.shared.refdata.text import compact

PURPOSE = "unit_claim"


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


def stamp(claim: UnitClaim) -> str:
    """What a form carries along, so that it is known whether somebody has saved since."""
    return claim.updated_at.isoformat()


def save(*, actor: Actor, claim: UnitClaim, old_name: str, old_code: str, why: str, seen: str | None) -> UnitClaim:
    """Keep what was typed, complete or not. `seen`: the stamp of what the actor saw; None: there was nothing yet. Asked for
    more, the old unit stays the one that was claimed. Raises Hidden, Conflict, Refused where somebody has saved since."""
    with transaction.atomic():
        row = _locked(actor, claim)
        if seen is not None and seen != stamp(row):
            raise Refused(rules.SAVED_SINCE)
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


def _loose(claim: UnitClaim) -> QuerySet[ClaimDocument]:
    """Its files that were not handed in yet."""
    return ClaimDocument.objects.filter(claim=claim, handed_in=False)


def add_document(*, actor: Actor, claim: UnitClaim, upload: UploadedFile[Any] | None) -> None:
    """One file, at once. Raises Refused, Hidden, Conflict."""
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field="file", code="E12"))
    if claim.state not in rules.EDITABLE or not actor.holds(claim.unit_id, "unit.admin"):
        raise Hidden
    verdict = rules.may_add_file(_loose(claim).count())
    if not verdict.ok:
        raise Refused(verdict)
    document = documents.store(upload, actor=actor, purpose=PURPOSE)  # outside the transaction: it takes its time
    with transaction.atomic():
        row = _locked(actor, claim)  # it may have been handed in meanwhile: what is decided is what was handed in
        verdict = rules.may_add_file(_loose(row).count())
        if not verdict.ok:
            raise Refused(verdict)
        ClaimDocument.objects.create(claim=row, document=document)
        documents.attach(document, subject=f"{CLAIM.name}:{row.pk}")


def remove_document(*, actor: Actor, claim: UnitClaim, id: int) -> None:
    """Take off a file that was not handed in yet; the file itself stays in the store."""
    with transaction.atomic():
        row = _locked(actor, claim)
        gone, _ = _loose(row).filter(pk=id).delete()
        if gone:
            publish(Happened(actor, "unit_claims.document_removed", f"{CLAIM.name}:{row.pk}", {"document": id}))
