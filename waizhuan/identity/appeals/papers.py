"""Which papers an appeal needs, where they are put, and what the code on a scan says (E9, E11, E12, G5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from waizhuan.identity.appeals import rules
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.realname.evidence import (
    CERTIFICATE,
    ID_BACK,
    ID_FRONT,
    OTHER,
    PASSPORT,
    PERMIT_BACK,
    PERMIT_FRONT,
    Slot,
)
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.documents import api as documents
from waizhuan.shared.documents.models import Document
from waizhuan.shared.letters import codes

PURPOSE = "appeal"
#: place → what the square code on its printed paper says, before the case's number
CODES = {"form": "WZ-APPEAL:", "statement": "WZ-RENAME:"}
PAGES = 5  # of a scan that are looked at for the code

SIGNED = Slot(
    "form",
    say("签名的申诉书"),
    say("打印上面的申诉书，签名后扫描或拍照。没有打印机：在纸上写申诉编号和姓名，签名，和证件一起拍照。"),
    proves=("name",),
)
SEALED = Slot(
    "form",
    say("签名盖章的申诉书"),
    say("打印上面的申诉书，主代办人签名，盖单位公章，扫描或拍照"),
    proves=("unit_name",),
)
REQUEST = Slot(
    "form",
    say("签名盖章的申请（附件1）"),
    say("打印上面的申请，签名，盖单位公章，扫描或拍照；也可以直接在 PDF 上加盖电子印章"),
    proves=("name",),
)
STATEMENT = Slot(
    "statement",
    say("更名说明"),
    say("打印上面的更名说明，签名，盖单位公章，扫描或拍照；也可以用登记机关的变更通知"),
    proves=("unit_name",),
)
COPY = say("复印件，本人签字、盖单位公章，四角完整，字看得清")
ALL = (SEALED, ID_FRONT, ID_BACK, PERMIT_FRONT, PERMIT_BACK, PASSPORT, CERTIFICATE, STATEMENT, OTHER)


def slots(kind: str, doc_type: str) -> tuple[Slot, ...]:
    """The papers of this appeal: both sides of cards, the data page of passports; seal and certificate for units."""
    if doc_type == "resident_id":
        own: tuple[Slot, ...] = (ID_FRONT, ID_BACK)
    elif doc_type == "passport":
        own = (PASSPORT,)
    else:
        own = (PERMIT_FRONT, PERMIT_BACK)
    if kind in rules.UNITS:
        sealed = tuple(replace(slot, hint=COPY) for slot in own)
        more = (CERTIFICATE, STATEMENT) if kind == rules.RENAME else (CERTIFICATE,)
        return (SEALED, *sealed, *more, OTHER)
    return (REQUEST if kind == rules.PHONE else SIGNED, *own, OTHER)


def label_of(appeal: Appeal, code: str) -> Words:
    return next((s.label for s in slots(appeal.kind, appeal.doc_type) if s.code == code), OTHER.label)


def missing(appeal: Appeal) -> list[Verdict]:
    """Every required paper that is not there yet, all at once. One query."""
    given = set(Evidence.objects.filter(appeal=appeal, replaced_at=None).values_list("slot", flat=True))
    return [
        no(say("还缺：{document}", document=slot.label), code="E12", field=slot.code)
        for slot in slots(appeal.kind, appeal.doc_type)
        if slot.required and slot.code not in given
    ]


def declare() -> None:
    """Papers of appeals: the appellant sees them by the case's own pages, the operator's reviewers in their queue."""
    documents.purpose(
        PURPOSE, label=say("申诉材料"), accept=("image", "pdf"), max_mb=20, may_view=_may_view, strangers=True
    )


def _may_view(actor: Actor, document: Document) -> bool:
    entry = Evidence.objects.filter(document=document, submitted_at__isnull=False).select_related("appeal").first()
    return entry is not None and any(
        actor.holds(entry.appeal.operator_id, role) for role in ("operator.reviewer", "operator.senior")
    )


@dataclass(frozen=True, slots=True)
class Place:
    """One place on the papers page."""

    code: str
    label: Words
    hint: Words
    required: bool
    entry: Evidence | None
    problem: Verdict | None

    @property
    def submitted(self) -> bool:
        return bool(self.entry and self.entry.submitted_at)


def places_of(appeal: Appeal, refusals: Sequence[Verdict] = ()) -> Sequence[Place]:
    """Every place in its order. One query."""
    found = Evidence.objects.filter(appeal=appeal, replaced_at=None).select_related("document")
    given = {e.slot: e for e in found}
    problems = {v.field: v for v in refusals}
    return [
        Place(s.code, s.label, s.hint, s.required, given.get(s.code), problems.get(s.code))
        for s in slots(appeal.kind, appeal.doc_type)
    ]


def add(appeal: Appeal, slot: str, upload: UploadedFile) -> None:  # type: ignore[type-arg]
    """Put a paper into its place. What was submitted before stays, replaced. Raises Refused, Hidden, Unavailable."""
    if slot not in {s.code for s in slots(appeal.kind, appeal.doc_type)}:
        raise Hidden
    _refuse(rules.may_add(appeal.state))
    document = documents.store(upload, actor=Actor(), purpose=PURPOSE)
    scan = read_code(document, slot, appeal.number or "")
    with transaction.atomic():
        row = Appeal.objects.select_for_update().get(pk=appeal.pk)
        _refuse(rules.may_add(row.state))
        there = Evidence.objects.filter(appeal=row, slot=slot, replaced_at=None)
        there.filter(submitted_at=None).delete()
        there.update(replaced_at=clock.now())
        Evidence.objects.create(appeal=row, slot=slot, document=document, scan=scan)
        documents.attach(document, subject=f"appeals.appeal:{row.pk}")


def _refuse(verdict: Verdict) -> None:
    if not verdict.ok:
        raise Refused(verdict)


def read_code(document: Document, slot: str, number: str) -> str:
    """Does the square code on the scan of a printed paper name this case? Looks at the first pages only."""
    if slot not in CODES:
        return ""
    for page in range(1, min(document.pages, PAGES) + 1):
        found = codes.match(codes.read(documents.preview(document, page)), CODES[slot], number)
        if found:
            return found
    return ""
