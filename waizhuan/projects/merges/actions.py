"""Asking for a merge: the list, the seal or the confirmation, handing it in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.entry import api as entry
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.projects.merges import lists, moving, papers, rules
from waizhuan.projects.merges.models import OPEN, Line, Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.shared.documents import api as documents
from waizhuan.shared.flow.api import perform, start

UNIT_ITSELF = "unit"


def ask(*, actor: Actor, old: LegacyAccount | None, person: int | None, target: str, reason: str) -> Merge:
    """Begin a merge with the list of everything that may move. `target`: "unit", or the id of one of its leads. Raises
    Refused with everything that is wrong at once."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        raise Hidden
    unit = actor.organisation_id
    to = whole(target)
    known = target == UNIT_ITSELF or (to is not None and moving.is_lead(unit, to))
    department, role = _reviewer(unit)
    made = Merge(
        unit_id=unit,
        old=old,
        person_id=person,
        target_id=to,
        department=department,
        role=role,
        reason=reason.strip()[:2000],
        asker_organisation_id=unit,
        asker_account_id=actor.account_id,
    )
    given = old is not None or person is not None
    busy = _open_merge(made) if given else None
    if busy is not None and _same(busy, made):
        return busy  # pressed twice
    same = to is not None and given and to == (person or (old.account_id if old else None))
    lines = lists.lines_for(made) if given and known and not busy else []
    refusals = rules.may_ask(
        verified=actor.organisation_verified,
        source_given=given,
        same=same,
        known=known,
        lines=len(lines),
        busy=(busy.number or "") if busy else "",
    )
    if not reason.strip():
        refusals.append(no(say("请写明原因，例如原管理员离职"), field="reason"))
    if refusals:
        raise Refused(*refusals)
    try:
        with transaction.atomic():
            start(MERGE, made, actor)
            for line in lines:
                line.merge = made
            Line.objects.bulk_create(lines, batch_size=2000)
    except IntegrityError as error:
        other = _open_merge(made)
        if other is not None and _same(other, made):
            return other
        raise Refused(_taken(other)) from error
    return made


def _same(other: Merge, made: Merge) -> bool:
    """A draft that says what this request says, by the same person."""
    return other.state == "draft" and (other.asker_account_id, other.target_id, other.reason) == (
        made.asker_account_id,
        made.target_id,
        made.reason,
    )


def _taken(other: Merge | None) -> Verdict:
    if other is not None:
        return no(say("这个账号正在另一个合并里：{number}", number=other.number or ""), field="source", code="F11")
    return no(say("有项目正在另一个合并里，请先办完或撤回那一个"), field="source", code="F11")


def _open_merge(made: Merge) -> Merge | None:
    return Merge.objects.filter(
        unit_id=made.unit_id, old_id=made.old_id, person_id=made.person_id, state__in=OPEN
    ).first()


def _reviewer(unit: int) -> tuple[identity.Organisation, str]:
    department = entry.department_of(unit)
    if department is not None:
        return department, "department.clerk"
    ministry = identity.Organisation.objects.filter(kind=identity.OrganisationKind.MINISTRY).order_by("pk").first()
    if ministry is None:
        raise Hidden
    return ministry, "ministry.clerk"


def _draft(actor: Actor, merge: Merge) -> Merge:
    """The locked request while the unit has it. Raises Hidden, Conflict."""
    row = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if not actor.holds(row.unit_id, "unit.admin"):
        raise Hidden
    if row.state != "draft":
        raise Conflict(say("申请已经提交或结束，这次改动没有保存"))
    return row


def leave_out(*, actor: Actor, merge: Merge, lines: Collection[int]) -> int:
    """Take these lines off the list; what was sealed or confirmed before no longer counts."""
    with transaction.atomic():
        row = _draft(actor, merge)
        gone, _ = row.lines.filter(pk__in=list(lines)[:1000]).delete()
        if gone:
            row.letter = row.confirmed_by = row.confirmed_at = None
            row.scan = ""
            row.save(update_fields=["letter", "confirmed_by", "confirmed_at", "scan"])
            publish(Happened(actor, "merges.left_out", f"merges.merge:{row.pk}", {"lines": gone}))
    return gone


def add_letter(*, actor: Actor, merge: Merge, upload: UploadedFile[Any] | None) -> Merge:
    """The sealed letter, scanned. Its code says whether it belongs to this merge (G5); another merge's letter is refused."""
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field="letter", code="E12"))
    document = documents.store(upload, actor=actor, purpose=papers.PURPOSE)
    scan = papers.read_code(document, merge.number or "")
    if scan == "other":
        raise Refused(no(say("这是另一个合并的申请，请核对右上角的二维码"), field="letter", code="G5"))
    with transaction.atomic():
        row = _draft(actor, merge)
        row.letter, row.scan = document, scan
        row.save(update_fields=["letter", "scan"])
        documents.attach(document, subject=f"{MERGE.name}:{row.pk}")
    return row


def confirm(*, actor: Actor, merge: Merge) -> Merge:
    """Instead of the seal: the verified unit confirms the list electronically."""
    with transaction.atomic():
        row = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if row.state == "review" and row.confirmed_by_id == actor.account_id and actor.holds(row.unit_id, "unit.admin"):
            return row  # a double click
        row = _draft(actor, row)
        verdict = rules.may_confirm(
            verified=actor.organisation_verified, target_is_actor=row.target_id == actor.account_id
        )
        if not verdict.ok:
            raise Refused(verdict)
        row.confirmed_by_id, row.confirmed_at = actor.account_id, clock.now()
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        publish(Happened(actor, "merges.confirmed", f"merges.merge:{row.pk}", {"lines": row.lines.count()}))
    return row


def submit(*, actor: Actor, merge: Merge, version: int | None) -> Merge:
    """Hand it in for review. Raises Refused with everything that is missing."""
    row = Merge.objects.select_related("unit", "department").get(pk=merge.pk)
    return perform(MERGE, row, "submit", actor, version=version)
