"""The operator's page as plain data: tabs of documents, rows of what they prove, checks, buttons."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from waizhuan.identity.realname import evidence, registered, rules
from waizhuan.identity.realname.checks import Check, checks_of
from waizhuan.identity.realname.models import Case, Evidence
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.queries import submitted_documents_of
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.kernel.words import SILENCE, Words, say
from waizhuan.shared.flow.engine import Choice
from waizhuan.shared.flow.presenters import Case as FlowCase
from waizhuan.shared.flow.presenters import case_of
from waizhuan.shared.refdata.countries import country_name
from waizhuan.shared.refdata.identity_numbers import check_document
from waizhuan.shared.refdata.identity_numbers import label as doc_label
from waizhuan.shared.refdata.masks import mask_number, mask_phone
from waizhuan.shared.refdata.unit_numbers import bare, called

SEX = {"1": say("男"), "2": say("女")}


@dataclass(frozen=True, slots=True)
class Tab:
    """One document on the stage."""

    entry: Evidence
    label: Words
    current: bool
    replaced: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One numbered row of data, and the document on which it is to be read."""

    mark: int
    label: Words
    value: object
    on: Words  # the label of the document
    slot: str
    private: bool
    #: of a change: what is registered until then, and whether it is to be another
    before: object = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A decision in the bar, with its single-key shortcut."""

    name: str
    label: Words
    tone: str
    key: str
    verdict: Verdict


#: In the order of the bar: declining never stands alone, the primary one comes last.
KEYS = {"decline": "d", "ask": "m", "recommend": "a", "approve": "a", "confirm": "a"}


@dataclass(frozen=True, slots=True)
class Review:
    case: FlowCase
    tabs: Sequence[Tab]
    shown: Tab | None
    rows: Sequence[Row]
    checks: Sequence[Check]
    warnings: int
    passes: int
    phone: str
    agent_of: str
    buttons: Sequence[Button]


def review_of(case: Case, actor: Actor, *, revealed: bool, shown: str, may: Verdict) -> Review:
    """Everything on the page. Three queries."""
    documents = submitted_documents_of(case)
    tabs = _tabs(documents, shown)
    checks = checks_of(case)
    flow_case = case_of(CASE, case, actor, deciding_side=True)
    return Review(
        case=flow_case,
        tabs=tabs,
        shown=next((t for t in tabs if t.current), None),
        rows=_rows(case, {e.slot for e in documents if e.replaced_at is None}, revealed),
        checks=checks,
        warnings=sum(c.warning for c in checks),
        passes=sum(not (c.warning or c.told) for c in checks),
        phone=_phone(case, revealed),
        agent_of=case.unit_name if case.kind == rules.Kind.AGENT else "",
        buttons=_buttons(flow_case.choices) if may.ok else (),
    )


def _buttons(choices: Sequence[Choice]) -> Sequence[Button]:
    found = [
        Button(
            c.name,
            c.label,
            c.tone,
            KEYS[c.name],
            c.verdict,
        )
        for c in choices
        if c.name in KEYS
    ]
    return sorted(found, key=lambda b: list(KEYS).index(b.name))


def _phone(case: Case, revealed: bool) -> str:
    account = case.asker_account
    if account is None or not account.phone:
        return ""
    return account.phone if revealed else mask_phone(account.phone)


def _tabs(documents: Sequence[Evidence], shown: str) -> Sequence[Tab]:
    chosen = next((e.pk for e in documents if str(e.pk) == shown), documents[0].pk if documents else None)
    return [Tab(e, evidence.BY_CODE[e.slot].label, e.pk == chosen, e.replaced_at is not None) for e in documents]


def _rows(case: Case, given: set[str], revealed: bool) -> Sequence[Row]:
    slots = [s for s in case.slots if s.code in given]
    rows = []
    for mark, (field, label, value, private) in enumerate(_fields(case, revealed), start=1):
        proof = next((s for s in slots if field in s.proves), None)
        row = Row(mark, label, value, proof.label if proof else SILENCE, proof.code if proof else "", private)
        rows.append(dataclasses.replace(row, **_before(case, field, revealed)))
    return rows


#: The columns of a case that each row of a unit shows.
COLUMNS = {
    "unit_name": ("unit_name",),
    "uscc": ("uscc",),
    "rep_name": ("name",),
    "rep_doc_number": ("doc_number", "doc_type", "doc_country"),
}


def _before(case: Case, field: str, revealed: bool) -> dict[str, Any]:
    if not case.was:
        return {}
    if field in rules.PARTICULARS:
        return {"before": registered.shown(field, case.was[field]), "changed": True}
    shown = case.was[COLUMNS[field][0]]
    if field == "uscc":
        shown = bare(shown)
    elif field == "rep_doc_number":
        number = shown if revealed else mask_number(shown)
        shown = f"{doc_label(case.was['doc_type'])} {number}" if case.was["doc_type"] != case.doc_type else number
    return {"before": shown, "changed": any(c in case.changed for c in COLUMNS[field])}


def _fields(case: Case, revealed: bool) -> Sequence[tuple[str, Words, object, bool]]:
    number = case.doc_number if revealed else mask_number(case.doc_number)
    checked = check_document(case.doc_type, case.doc_number, case.doc_country)
    kind = doc_label(case.doc_type)
    fields: list[tuple[str, Words, object, bool]] = []
    if case.kind == rules.Kind.UNIT:
        fields += [
            ("unit_name", say("单位全称"), case.unit_name, False),
            ("uscc", called(case.uscc), bare(case.uscc), False),
            ("rep_name", say("法定代表人"), case.name, False),
            ("rep_doc_number", kind, number, True),
        ]
        for column in (c for c in rules.PARTICULARS if c in case.changed):
            fields.append((column, registered.LABELS[column], registered.shown(column, getattr(case, column)), False))
        return fields
    fields += [("name", say("姓名"), case.name, False), ("doc_number", kind, number, True)]
    if case.doc_type == "passport":
        fields.append(("doc_country", say("签发国家"), country_name(case.doc_country), False))
    if checked.birth:
        # derived from the number: as private as the number itself
        sex = SEX.get(str(checked.sex), SILENCE)
        born = f"{checked.birth:%Y-%m-%d}" if revealed else f"{checked.birth:%Y}-**-**"
        fields.append(("name", say("出生日期和性别"), f"{born}　{sex}", True))
    if case.doc_expires:
        fields.append(("doc_expires", say("有效期至"), case.doc_expires, False))
    return fields
