"""Plain data for the templates of work and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from waizhuan.kernel import clock, roles
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.ui import marks
from waizhuan.kernel.ui.addresses import address_of
from waizhuan.kernel.words import SILENCE, Words, from_json, say
from waizhuan.shared.flow.engine import NO_PROMISE, Choice, available
from waizhuan.shared.flow.models import Step, Subject, WorkItem
from waizhuan.shared.flow.process import Process, State, process
from waizhuan.shared.flow.queries import HOLDER, HOLDER_OF, ROW, asks, current_item, history, person_of
from waizhuan.shared.flow.queue import Neighbours, neighbours


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of work: `task` is what to do, `title` whom or what it is about, `process` what kind of case it is."""

    id: int
    process: Words
    task: Words
    title: str
    line: str
    number: str
    url: str
    due: dt.datetime | None
    provisional: bool
    opened: dt.datetime
    holder: str
    personal: bool  # a person has it, no office
    state: State
    overdue: bool
    reminded: bool


@dataclass(frozen=True, slots=True)
class Rows:
    rows: Sequence[Row]
    more: bool  # there are more than are shown

    @property
    def count(self) -> str:
        return f"{len(self.rows)}+" if self.more else str(len(self.rows))

    @property
    def overdue(self) -> int:
        return sum(r.overdue for r in self.rows)


def rows_of(*lists: QuerySet[WorkItem], limit: int, held_by_others: bool = False) -> Rows:
    """The first `limit` items of these lists together, by due time, as plain rows. One query a list."""
    found: list[WorkItem] = []
    for items in lists:
        rows = items.select_related(*HOLDER_OF).only(*ROW, *HOLDER) if held_by_others else items.only(*ROW)
        found += rows.order_by("due_at", "id")[: limit + 1]
    found.sort(key=lambda item: (item.due_at, item.pk))
    return Rows([row_of(i, holder_name(i) if held_by_others else "") for i in found[:limit]], len(found) > limit)


def row_of(item: WorkItem, holder: str = "") -> Row:
    """`holder`: who has it, for a list of what others have."""
    of = process(item.process)
    state = of.state(item.state)
    due = item.due_at if item.promised else None
    # the unit knows its own name, which the line mostly says; a person's cases are told apart by it
    awaited_by_unit = bool(holder) and item.asker_organisation_id is not None
    return Row(
        id=item.pk,
        process=of.label,
        task=state.task,
        title=item.title,
        line="" if awaited_by_unit else line_of(item),
        number=item.number,
        url=address_of("flow.open", item.pk),
        due=due,
        provisional=item.provisional,
        opened=item.opened_at,
        holder=holder,
        personal=bool(holder) and item.organisation is None,
        state=state.to(asker=not holder),
        overdue=bool(due and due < clock.now()),
        reminded=item.reminded_at is not None,
    )


def line_of(item: Any) -> str:
    """The line of a work item, or of a row of the queue, in the reader's language; no longer than one in Chinese may be."""
    return str(from_json(item.line_words))[:300] if item.line_words else str(item.line)


def holder_name(item: WorkItem) -> str:
    if item.organisation is not None:
        return item.organisation.name
    person = getattr(item.account, "person", None) if item.account else None
    return person.name if person else ""


@dataclass(frozen=True, slots=True)
class Holder:
    """The tinted panel that opens a case: who has it, since when, until when, whom to call (F1)."""

    name: str
    role: Words
    opened: dt.datetime
    due: dt.datetime | None
    provisional: bool
    phone: str
    hours: str
    mine: bool
    assignee: str  # who of the post takes care of it; only the post itself is told
    item_id: int
    asked: bool  # by the reader, who may remind
    may_remind: bool
    reminded: dt.datetime | None
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Day:
    """One segment of the day ruler. `kind`: past | today | ahead | off | due."""

    day: dt.date
    kind: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the timeline."""

    at: dt.datetime
    what: Words
    who: str
    note: str
    data: Mapping[str, Any]
    now: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    label: Words
    text: Words
    tone: str
    name: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a case page shows about the process: three queries at most (item, history, and the lock-free
    rules of the buttons)."""

    state: State
    holder: Holder | None
    outcomes: Sequence[Outcome]
    timeline: Sequence[Past]
    choices: Sequence[Choice]
    version: int
    process: Process


def case_of(of: Process, subject: Subject, actor: Actor, *, deciding_side: bool = False) -> Case:
    """The case page's data for this reader. `deciding_side`: also the lines of the timeline that the asker does not see."""
    state = of.state(subject.state)
    item = current_item(of, subject) if state.holder else None
    holder = _holder(item, actor) if item else None
    return Case(
        state=state.to(asker=holder is None or holder.mine),
        holder=holder,
        outcomes=[Outcome(t.met or t.label, t.outcome, t.tone, t.name) for t in of.leaving(subject.state) if t.outcome],
        timeline=_timeline(of, history(of, subject), deciding_side),
        choices=available(of, subject, actor),
        version=subject.version,
        process=of,
    )


def beside(case: Case, actor: Actor) -> Neighbours:
    """The work before and after this case in the reader's queue; where nobody has the case, the first comes next. One query."""
    holder = case.holder
    return neighbours(actor, WorkItem(pk=holder.item_id, due_at=holder.due or NO_PROMISE) if holder else None)


def on_the_note(case: Case, reader: Words) -> Words:
    """The hint of a decision's note: which of this page's own buttons need one, and whether `reader`, whom it concerns, reads
    it."""
    open_to = [(c, case.process.transition(c.name).public) for c in case.choices if c.verdict.ok]

    def named(*, needed: Collection[bool] = (True, False), public: Collection[bool] = (True, False)) -> Words:
        return marks.listed(
            say("“{label}”", label=c.label) for c, p in open_to if c.needs_note in needed and p in public
        )

    lines = (
        (named(needed=[True]), say("要写理由")),
        (named(needed=[False], public=[True]), say("可以不写")),
    )
    takes = marks.listed((marks.listed(line, marks.COLON) for line in lines if line[0]), marks.SEMICOLON)
    if not takes:
        return SILENCE
    hidden = named(needed=[True], public=[False])
    if not hidden:
        return say("{takes}。写的内容{reader}会看到。", takes=takes, reader=reader)
    if named(public=[True]):
        return say("{takes}。写的内容{reader}会看到，{hidden}的除外。", takes=takes, reader=reader, hidden=hidden)
    return say("{takes}。写的内容{reader}看不到。", takes=takes, reader=reader)


def _holder(item: WorkItem, actor: Actor) -> Holder:
    mine = item.account_id == actor.account_id if item.account_id else actor.holds(item.organisation_id, item.role)
    today = clock.today()
    return Holder(
        name=item.office or (person_of(item, "account") if item.account_id else ""),
        role=roles.role(item.role).label if item.role else SILENCE,
        opened=item.opened_at,
        due=item.due_at if item.promised else None,
        provisional=item.provisional,
        phone=item.office_phone or "",
        hours=item.office_hours or "",
        mine=mine,
        assignee=person_of(item, "assignee") if mine and item.assignee_id else "",
        item_id=item.pk,
        asked=not mine and asks(item, actor),
        may_remind=not mine and not (item.reminded_at and item.reminded_at.astimezone(clock.CHINA).date() == today),
        reminded=item.reminded_at,
        days=day_ruler(item) if item.promised else (),
    )


def day_ruler(item: WorkItem, at_most: int = 12) -> Sequence[Day]:
    """One segment a working day from the day after receipt to the due day; runs of days off become one gap."""
    today, day = clock.today(), item.opened_at.astimezone(clock.CHINA).date()
    last = item.due_at.astimezone(clock.CHINA).date()
    days: list[Day] = []
    while day < last:
        day += dt.timedelta(days=1)
        if clock.calendar().is_workday(day):
            kind = "today" if day == today else "due" if day == last else "past" if day < today else "ahead"
            days.append(Day(day, kind))
        elif not days or days[-1].kind != "off":
            days.append(Day(day, "off"))
    return days if len(days) <= at_most else ()


def _timeline(of: Process, steps: Sequence[Step], deciding_side: bool) -> Sequence[Past]:
    known = {t.name: t for t in of.transitions}
    lines: list[Past] = []
    for step in steps:
        t = known.get(step.transition)
        if t is not None and not t.public and not deciding_side:
            continue
        what = t.past if t else of.begun if step.transition == "start" else say("处理")
        lines.append(Past(step.at, what, "　".join(step.by), step.note, step.data, now=not lines))
    return lines
