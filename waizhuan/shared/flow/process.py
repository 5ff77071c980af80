"""Processes are tables. This file is what a table is made of; `engine` is its one interpreter.

Everything here has the same shape: somebody asks, with evidence → a post is responsible within so many working days →
it decides → an effect happens once → the asker is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from waizhuan.kernel import traces
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.kernel.words import SILENCE, Words, say

if TYPE_CHECKING:
    from waizhuan.shared.flow.models import Subject


@dataclass(frozen=True, slots=True)
class Post:
    """Who has the ball: an organisation's role (a post), or one account where the asker is a person."""

    organisation_id: int | None = None
    role: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A state of a process.

    `tone` chooses the badge: "none" not started · "wait" with somebody else · "turn" the asker's turn · "ok" · "warn" ·
    "bad". `holder(subject)` names the post whose work it is to move on; such a state opens a work item, due after `due`
    working days (None: no promise). `task` is what the holder reads as the title of that work.
    `asker_turn`: the ball is with the asker; the clock of the state it came from is paused and goes on afterwards.
    `final`: nothing follows, or only what a transition explicitly allows (reopen).
    `upper(subject)` names the post that an overdue case is escalated to; `hours_before`: so long before the promise is
    missed (0: when it has been missed). `upper_page`: the screen where an upper post that must not see the case, nor whose
    it is, sees to it that somebody is there for it; it hears of it once the promise is missed.
    """

    name: str
    label: Words
    tone: str
    holder: Callable[[Any], Post | None] | None = None
    due: int | None = None
    task: Words = SILENCE
    asker_turn: bool = False
    final: bool = False
    upper: Callable[[Any], Post | None] | None = None
    upper_page: str = ""
    hours_before: int = 0

    def to(self, *, asker: bool) -> State:
        """As a reader sees it: whoever is not asked for more reads that somebody is, not that they are."""
        return replace(self, label=say("待补充"), tone="wait") if self.asker_turn and not asker else self


def always(subject: Any) -> Verdict:
    return YES


@dataclass(frozen=True, slots=True)
class Need:
    """A field that a transition asks for (`note`, or a key of `data`): its label, and the error when it is empty."""

    name: str
    label: Words
    missing: Words


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table.

    `by(actor, subject)`: who may (also decides whether the button is seen at all) · `when(subject)`: the guard, whose
    reason stands beside the disabled button · `needs`: what must be given with it · `effect(subject, actor, data)`: what
    happens, inside the transaction, exactly once · `past`: how the timeline tells it ("单位提交了信息") · `notify`: key of
    the message to the asker · `sms`: also by text message · `outcome`: the line under "接下来会怎样" while the source state
    lasts · `met`: its name there, where whoever asked calls it otherwise than who decides ("要您补充") · `others`: the answer to whoever asked, where somebody else of the same post has to do it (four eyes) · `tone`: "primary", "secondary" or "bad" (declining; needs a reason) · `seen=False`: never drawn as a button
    (the system's own, or started from a form of its own). `target=""`: the subject stays in its state; its work item goes
    on unless the post that holds it has changed.
    """

    name: str
    source: tuple[str, ...]
    target: str
    label: Words
    past: Words
    by: Callable[[Actor, Any], Verdict]
    when: Callable[[Any], Verdict] = always
    others: Verdict = YES
    needs: tuple[Need, ...] = ()
    effect: Callable[[Any, Actor, Mapping[str, Any]], None] | None = None
    notify: str = ""
    sms: bool = False
    outcome: Words = SILENCE
    met: Words = SILENCE
    tone: str = "secondary"
    seen: bool = True
    public: bool = True  # False: only the deciding side sees this line of the timeline


@dataclass(frozen=True)
class Process:
    """A whole process. `screen(subject, for_holder)` gives (screen id, args) of the page for the asker or the holder."""

    name: str  # "entry.profile"; also the subject's name in work items, history and audit
    label: Words
    model: Callable[[], type[Subject]]
    states: tuple[State, ...]
    initial: str
    transitions: tuple[Transition, ...]
    screen: Callable[[Any, bool], tuple[str, tuple[object, ...]]]
    title: Callable[[Any], str]  # a name, which reads alike in every language
    #: more about it; Words where it is not the same in every language
    line: Callable[[Any], str | Words] = field(default=lambda subject: "")
    #: where those who decided read it afterwards; without it on the asker's page
    decided: Callable[[Any], tuple[str, tuple[object, ...]]] | None = None
    begun: Words = field(default_factory=lambda: say("开始填写"))  # the first line of the timeline, in the past tense
    prefix: str = ""  # of the case number: "DW" → DW-2026-000187
    #: what guards, effects and titles read of other tables: fetched with the row when it is locked. Only keys that never
    #: change: PostgreSQL drops a row whose joined key changed while it waited for the lock
    joined: tuple[str, ...] = ()

    def state(self, name: str) -> State:
        return next(s for s in self.states if s.name == name)

    def transition(self, name: str) -> Transition:
        return next(t for t in self.transitions if t.name == name)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        return tuple(t for t in self.transitions if state in t.source)


_PROCESSES: dict[str, Process] = {}


def register(process: Process) -> Process:
    """Make a process known; a table that is not sound stops the start."""
    problems = check(process)
    if problems:
        raise ValueError(f"process {process.name}: " + "; ".join(problems))
    _PROCESSES[process.name] = process
    done = {f"{process.name}.{t.name}": t.label for t in process.transitions}
    done |= {f"{process.name}.start": process.begun, f"{process.name}.reroute": say("转到了新的归口单位")}
    states = {f"{process.name}.{state.name}": state.label for state in process.states}
    traces.name(done=done, things={process.name: process.label}, states=states)
    return process


def process(name: str) -> Process:
    return _PROCESSES[name]


def all_processes() -> tuple[Process, ...]:
    return tuple(_PROCESSES.values())


def check(process: Process) -> list[str]:
    """What is wrong with a table: unknown or unreachable states, dead ends, missing labels, waiting for nobody."""
    names = {s.name for s in process.states}
    problems = []
    if process.initial not in names:
        problems.append(f"the initial state {process.initial} is unknown")
    for t in process.transitions:
        for state in (*t.source, t.target):
            if state and state not in names:
                problems.append(f"{t.name} names the unknown state {state}")
        if not t.label or not t.past:
            problems.append(f"{t.name} lacks a label or its past tense")
        if t.tone == "bad" and not any(n.name == "note" for n in t.needs):
            problems.append(f"{t.name} declines without a reason")
    reached = {process.initial}
    while True:
        more = {t.target for t in process.transitions if t.target and reached & set(t.source)} - reached
        if not more:
            break
        reached |= more
    problems += [f"the state {s} is never reached" for s in sorted(names - reached)]
    for s in process.states:
        if not s.label:
            problems.append(f"the state {s.name} lacks a label")
        if not s.final and not any(t.target for t in process.leaving(s.name)):
            problems.append(f"the state {s.name} is a dead end")
        if s.holder and not s.task:
            problems.append(f"the state {s.name} gives work without saying what")
        if s.due and not s.holder:
            problems.append(f"the state {s.name} promises a time but nobody holds it")
    twice = [t.name for i, t in enumerate(process.transitions) if t.name in {u.name for u in process.transitions[:i]}]
    problems += [f"the transition {name} is declared twice" for name in twice]
    return problems
