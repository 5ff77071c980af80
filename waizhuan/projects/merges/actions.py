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
from waizhuan.projects.merges import former, lists, moving, papers, rules
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
    department, role = _reviewer(unit)
    made = Merge(
        unit_id=unit,
        old=old,
        person_id=person,
        target_id=whole(target),
        department=department,
        role=role,
        reason=reason.strip()[:2000],
        asker_organisation_id=unit,
        asker_account_id=actor.account_id,
    )
    busy = _open_merge(made)
    if busy is not None and _same(busy, made):
        return busy  # pressed twice
    lines = _lines(made, actor, busy, itself=target == UNIT_ITSELF)
    try:
        with transaction.atomic():
            start(MERGE, made, actor)
            _list(made, lines)
    except IntegrityError as error:
        other = _open_merge(made)
        if other is not None and _same(other, made):
            return other
        raise Refused(_taken(other)) from error
    return made


def relist(
    *,
    actor: Actor,
    merge: Merge,
    old: LegacyAccount | None,
    person: int | None,
    target: str,
    reason: str,
    listing: int | None,
) -> Merge:
    """Another source or target while the unit has the request: the list is made anew, what was sealed before counts no more.
    `listing`: the list that the actor saw. Raises Refused with everything that is wrong at once, Conflict, Hidden."""
    wanted = (old.pk if old else None, person, whole(target), reason.strip()[:2000])
    try:
        with transaction.atomic():
            row = _draft(actor, merge)
            there = (row.old_id, row.person_id, row.target_id, row.reason)
            if listing is not None and row.listing == listing + 1 and there == wanted:
                return row  # pressed twice
            _seen(row, listing)
            if _stood_for(row):
                former.keep(row)
            row.old, row.person_id, row.target_id, row.reason = old, person, whole(target), wanted[3]
            row.listing += 1
            lines = _lines(row, actor, _open_merge(row), itself=target == UNIT_ITSELF)
            row.lines.all().delete()
            row.save()
            _list(row, lines)
            detail = {"listing": row.listing, "lines": len(lines), "old": row.old_id, "person": row.person_id}
            subject = f"merges.merge:{row.pk}"
            publish(Happened(actor, "merges.relisted", subject, {**detail, "target": row.target_id}))
    except IntegrityError as error:
        raise Refused(_taken(None)) from error
    return row


def _lines(made: Merge, actor: Actor, busy: Merge | None, *, itself: bool) -> list[Line]:
    """The list of what is asked for. `itself`: the target is the unit. Raises Refused with everything that is wrong."""
    given = made.old is not None or made.person_id is not None
    to = made.target_id
    known = itself or (to is not None and moving.is_lead(made.unit_id, to))
    source = made.old.account_id if made.old else made.person_id
    lines = lists.lines_for(made) if given and known and not busy else []
    refusals = rules.may_ask(
        verified=actor.organisation_verified,
        source_given=given,
        same=to is not None and given and to == source,
        known=known,
        lines=len(lines),
        busy=(busy.number or "") if busy else "",
    )
    if not made.reason:
        refusals.append(no(say("请写明原因，例如原管理员离职"), field="reason"))
    if refusals:
        raise Refused(*refusals)
    return lines


def _list(merge: Merge, lines: list[Line]) -> None:
    for line in lines:
        line.merge = merge
    Line.objects.bulk_create(lines, batch_size=2000)


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
    """Another one under way with this source."""
    if made.old_id is None and made.person_id is None:
        return None
    same = Merge.objects.filter(unit_id=made.unit_id, old_id=made.old_id, person_id=made.person_id, state__in=OPEN)
    return same.exclude(pk=made.pk).first()


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
    rows = Merge.objects.select_for_update(of=("self",)).select_related("unit", "old", "person", "target")
    row = rows.get(pk=merge.pk)
    if not actor.holds(row.unit_id, "unit.admin"):
        raise Hidden
    if row.state != "draft":
        raise Conflict(say("申请已经提交或结束，这次改动没有保存"))
    return row


def _stood_for(row: Merge) -> bool:
    """Has the unit sealed or confirmed this list?"""
    return row.letter_id is not None or row.confirmed_at is not None


def _seen(row: Merge, listing: int | None) -> None:
    """Nobody seals or confirms a list that they have not seen. `listing`: the one on their page; None: whatever there is."""
    if listing is not None and row.listing != listing:
        raise Conflict(say("清单刚才改过了，请看过现在的清单再办"))


def leave_out(*, actor: Actor, merge: Merge, lines: Collection[int], listing: int | None = None) -> int:
    """Take these lines off the list; what was sealed or confirmed before no longer counts."""
    with transaction.atomic():
        row = _draft(actor, merge)
        _seen(row, listing)
        chosen = row.lines.filter(pk__in=list(lines)[:1000])
        if _stood_for(row) and chosen.exists():
            former.keep(row)
        gone, _ = chosen.delete()
        if gone:
            row.listing += 1
            row.save(update_fields=["letter", "confirmed_by", "confirmed_at", "scan", "listing"])
            publish(Happened(actor, "merges.left_out", f"merges.merge:{row.pk}", {"lines": gone}))
    return gone


def add_letter(*, actor: Actor, merge: Merge, upload: UploadedFile[Any] | None, listing: int | None = None) -> Merge:
    """The sealed letter, scanned. Its code says whether it belongs to this merge (G5); another merge's letter is refused, and one
    that is sent from the page of a former list (`listing`): its code may not be readable."""
    if upload is None:
        raise Refused(no(say("请选择要上传的文件"), field="letter", code="E12"))
    _seen(merge, listing)
    document = documents.store(upload, actor=actor, purpose=papers.PURPOSE)
    scan = papers.read_code(document, merge)
    if scan == "old":
        raise Refused(no(say("这是改动以前的清单，请下载现在的申请重新盖章"), field="letter", code="G5"))
    if scan == "other":
        raise Refused(no(say("这是另一个合并的申请，请核对右上角的二维码"), field="letter", code="G5"))
    with transaction.atomic():
        row = _draft(actor, merge)
        _seen(row, merge.listing)
        row.letter, row.scan = document, scan
        row.save(update_fields=["letter", "scan"])
        documents.attach(document, subject=f"{MERGE.name}:{row.pk}")
    return row


def confirm(*, actor: Actor, merge: Merge, listing: int | None = None) -> Merge:
    """Instead of the seal: the verified unit confirms the list electronically."""
    with transaction.atomic():
        row = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if row.state == "review" and row.confirmed_by_id == actor.account_id and actor.holds(row.unit_id, "unit.admin"):
            return row  # a double click
        row = _draft(actor, row)
        _seen(row, listing)
        verdict = rules.may_confirm(
            verified=actor.organisation_verified, target_is_actor=row.target_id == actor.account_id
        )
        if not verdict.ok:
            raise Refused(verdict)
        row.confirmed_by_id, row.confirmed_at = actor.account_id, clock.now()
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        publish(Happened(actor, "merges.confirmed", f"merges.merge:{row.pk}", {"lines": row.lines.count()}))
    return row


def submit(*, actor: Actor, merge: Merge, version: int | None, listing: int | None = None) -> Merge:
    """Hand it in for review. Raises Refused with everything that is missing, Conflict."""
    with transaction.atomic():
        row = Merge.objects.select_for_update(of=("self",)).select_related("unit", "department").get(pk=merge.pk)
        _seen(row, listing)
        return perform(MERGE, row, "submit", actor, version=version)
