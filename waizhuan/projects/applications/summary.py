"""An application as others read it: every section as plain data, for the review pages and the PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.kernel.ui import dates
from waizhuan.kernel.words import Words, say
from waizhuan.projects.applications import contents, reading
from waizhuan.projects.applications.contents import Given
from waizhuan.projects.applications.fields import COLUMNS
from waizhuan.projects.applications.kinds import ATTACHMENTS, COSTS, SECTIONS
from waizhuan.projects.applications.models import Application, Attachment
from waizhuan.projects.applications.questions import EXPERT, PLAIN, Question
from waizhuan.projects.applications.rules import yuan
from waizhuan.shared.refdata.masks import mask_number

Facts = Sequence[tuple[Words, object]]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    facts: Facts
    stays: Sequence[tuple[str, str, int]]
    days: int


@dataclass(frozen=True, slots=True)
class Money:
    """One visit: expert, days, amounts in the order of COLUMNS, the total, the reason for 'other'."""

    name: str
    days: int
    amounts: Sequence[str]
    total: str
    why: str

    @property
    def cells(self) -> Sequence[tuple[Words, str]]:
        """Each amount with its column: on a phone a row becomes a block with its labels."""
        return _cells(self.amounts)


@dataclass(frozen=True, slots=True)
class Files:
    label: Words
    given: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class Summary:
    sections: dict[str, Words]
    basic: Facts
    people: Sequence[Person]
    columns: Sequence[Words]
    money: Sequence[Money]
    sums: Sequence[str]
    total: str
    match: str
    funding: Facts
    performance: Facts
    files: Sequence[Files]

    @property
    def sum_cells(self) -> Sequence[tuple[Words, str]]:
        return _cells(self.sums)


def _cells(amounts: Sequence[str]) -> Sequence[tuple[Words, str]]:
    return [(COSTS[c], amount) for c, amount in zip(COLUMNS, amounts, strict=True)]


def summary(application: Application, *, masked: bool = True) -> Summary:
    """Everything that was filled in. Two queries, whatever the application holds. `masked`: passports only by their ends."""
    return of_given(contents.given(application), masked=masked)


def of_given(content: Given, *, masked: bool) -> Summary:
    plan = content.reading.plan
    money = []
    for expert in plan.experts:
        for v in expert.visits:
            amounts = [yuan(plan.cost(v.key, c)) for c in COLUMNS]
            why = content.reading.text("funding", f"{v.key}-other_why")
            money.append(Money(expert.name, v.days, amounts, yuan(plan.visit_total(v.key)), why))
    return Summary(
        sections=SECTIONS,
        basic=_facts(content, "basic"),
        people=[_person(content, i, masked) for i in range(len(plan.experts))],
        columns=[COSTS[c] for c in COLUMNS],
        money=money,
        sums=[yuan(sum(plan.cost(v.key, c) for v in plan.visits)) for c in COLUMNS],
        total=yuan(plan.total),
        match=yuan(plan.match),
        funding=_facts(content, "funding"),
        performance=_facts(content, "performance"),
        files=[
            Files(label, [a for a in content.attachments if a.kind == kind])
            for kind, label in ATTACHMENTS.items()
            if any(a.kind == kind for a in content.attachments)
        ],
    )


def _facts(content: Given, section: str) -> Facts:
    return [(q.label, _shown(content, section, q, q.name)) for q in PLAIN[section]]


def _person(content: Given, index: int, masked: bool) -> Person:
    expert = content.reading.plan.experts[index]
    facts = []
    for q in EXPERT:
        value = _shown(content, "experts", q, f"{expert.key}-{q.name}")
        facts.append((q.label, mask_number(str(value)) if q.kind == "passport" and masked and value else value))
    stays = [(_day(v.first), _day(v.last), v.days) for v in expert.visits]
    return Person(expert.name, facts, stays, expert.days)


def _shown(content: Given, section: str, question: Question, name: str) -> object:
    """The answer in words, or a date; what could not be read, as it was typed."""
    draft = content.drafts.get(section)
    raw = draft.get(name) if draft else ""
    value = content.reading.value(section, name)
    if question.kind in ("area", "degree", "title", "country"):
        return reading.choices(question.kind).get(raw, raw)
    if question.kind == "money" and isinstance(value, int):
        return say("{sum} 元", sum=yuan(value))
    return value if value not in (None, "") else raw


def _day(day: dt.date | None) -> str:
    return dates.full_day(day) if day else "—"
