"""The fields of a section as its page draws them: plain data from questions, drafts and problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.kernel.words import SILENCE, Words, say, say_n
from waizhuan.projects.applications import reading
from waizhuan.projects.applications.contents import Content
from waizhuan.projects.applications.drafts import Clash
from waizhuan.projects.applications.kinds import ATTACHMENTS, COSTS, SECTIONS
from waizhuan.projects.applications.questions import EXPERT, OTHER_WHY, PLAIN, VISIT, Question
from waizhuan.projects.applications.rules import Problem, yuan

#: kinds of question that are chosen from a list
LISTS = ("area", "country", "degree", "title")
COLUMNS = ("travel", "pocket", "living", "intercity", "other")


@dataclass(frozen=True, slots=True)
class Field:
    """One control: its name in the form, what it asks, what was typed, what is wrong, what somebody else typed."""

    name: str
    label: Words
    hint: Words
    kind: str
    value: str
    most: int
    required: bool
    autocomplete: str
    options: Sequence[tuple[str, object]]
    error: Words
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Stay:
    key: str
    first: Field
    last: Field
    days: int


@dataclass(frozen=True, slots=True)
class ExpertRow:
    key: str
    title: str
    fields: Sequence[Field]
    stays: Sequence[Stay]
    days: int
    error: Words


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One visit in the budget table."""

    key: str
    expert: str
    country: object
    first: dt.date | None
    last: dt.date | None
    days: int
    cells: Sequence[Field]
    why: Field
    total: str
    errors: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Mark:
    """A section in the list at the left: shape and words of its state."""

    name: str
    label: Words
    shape: str
    state: Words
    current: bool


class Page:
    """The fields of one section. `strict`: also what is merely missing is shown as an error (after asking to hand in)."""

    def __init__(self, content: Content, section: str, *, strict: bool, clashes: Sequence[Clash] = ()) -> None:
        self.content, self.section, self.strict = content, section, strict
        self.clashes = {c.name: c for c in clashes}
        self.errors: dict[str, Problem] = {}
        for problem in content.problems_in(section):
            if strict or not problem.missing:
                self.errors.setdefault(problem.field, problem)

    def field(self, question: Question, name: str) -> Field:
        draft = self.content.drafts.get(self.section)
        clash = self.clashes.get(name)
        value = clash.mine if clash else draft.get(name) if draft else ""
        options: Sequence[tuple[str, object]] = ()
        if question.kind in LISTS:
            options = list(reading.choices(question.kind).items())
        error = self.errors[name].reason if name in self.errors else SILENCE
        return Field(
            name,
            question.label,
            question.hint,
            question.kind,
            value,
            question.most,
            question.required,
            question.autocomplete,
            options,
            error,
            clash.theirs if clash else None,
        )

    def plain(self) -> list[Field]:
        return [self.field(q, q.name) for q in PLAIN.get(self.section, ())]

    def experts(self) -> list[ExpertRow]:
        rows = []
        draft = self.content.drafts.get("experts")
        plan = {e.key: e for e in self.content.reading.plan.experts}
        for key, visits in draft.rows if draft else ():
            expert = plan[key]
            days = {v.key: v.days for v in expert.visits}
            stays = [
                Stay(
                    v, self.field(VISIT[0], f"{key}-{v}-first"), self.field(VISIT[1], f"{key}-{v}-last"), days.get(v, 0)
                )
                for v in visits
            ]
            error = self.errors.get(f"{key}-add-visit")
            rows.append(
                ExpertRow(
                    key,
                    expert.name,
                    [self.field(q, f"{key}-{q.name}") for q in EXPERT],
                    stays,
                    expert.days,
                    error.reason if error else SILENCE,
                )
            )
        return rows

    def budget(self) -> list[BudgetRow]:
        plan = self.content.reading.plan
        asked = [
            (c, label, say("至多 {limit}", limit=limit) if limit else SILENCE)
            for c, label, limit in limits_line(self.content)
        ]
        rows = []
        for expert in plan.experts:
            for visit in expert.visits:
                cells = [
                    self.field(Question(c, label, "money", most, required=False), f"{visit.key}-{c}")
                    for c, label, most in asked
                ]
                why = self.field(OTHER_WHY, f"{visit.key}-{OTHER_WHY.name}")
                names = [f"{visit.key}-{c}" for c in (*COLUMNS, OTHER_WHY.name)]
                rows.append(
                    BudgetRow(
                        visit.key,
                        expert.name,
                        reading.choices("country").get(expert.nationality, ""),
                        visit.first,
                        visit.last,
                        visit.days,
                        cells,
                        why,
                        yuan(plan.visit_total(visit.key)),
                        [self.errors[n].reason for n in names if n in self.errors],
                    )
                )
        return rows

    def attachments(self) -> list[dict[str, object]]:
        required = self.content.limits.required_attachments
        return [
            {
                "kind": kind,
                "label": label,
                "required": kind in required,
                "given": [a for a in self.content.attachments if a.kind == kind],
                "error": self.errors[kind].reason if kind in self.errors else SILENCE,
            }
            for kind, label in ATTACHMENTS.items()
        ]


def limits_line(content: Content) -> list[tuple[str, Words, str]]:
    """The columns of the budget: code, name, the limit as the head says it."""
    s = content.limits.standard
    limits = {"travel": s.travel, "pocket": s.pocket, "living": s.living, "intercity": s.intercity}
    return [(c, COSTS[c], yuan(limits[c]) if c in limits else "") for c in COLUMNS]


def sums(content: Content) -> list[tuple[str, Words, str]]:
    """The sums beside the budget: code, name, amount."""
    plan = content.reading.plan
    return [(c, COSTS[c], yuan(sum(plan.cost(v.key, c) for v in plan.visits))) for c in COLUMNS]


def marks(content: Content, current: str) -> list[Mark]:
    """The sections with their states, for the list at the left."""
    found = []
    for name, label in SECTIONS.items():
        wrong = content.problems_in(name, missing=False)
        open_ = content.problems_in(name, missing=True)
        draft = content.drafts.get(name)
        begun = bool(draft and any(v.strip() for v in draft.values.values())) or (
            name == "attachments" and bool(content.attachments)
        )
        if wrong:
            shape, state = "bad", say_n("{n} 处要改", len({p.field for p in wrong}))  # places, as above the form
        elif not open_ and (begun or name == "attachments"):
            shape, state = "ok", say("已完成")
        elif not begun:
            shape, state = "none", say("还没填")
        else:
            shape, state = "half", say_n("还差 {n} 处", len({p.field for p in open_}))
        found.append(Mark(name, label, shape, state, name == current))
    return found
