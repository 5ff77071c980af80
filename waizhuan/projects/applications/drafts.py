"""A section of the form as it was typed. Pure.

A draft takes everything: what cannot be read as a date today stays on the screen until somebody mends it. It is one flat
list of named values, so that two people in one section can be told apart field by field: every value remembers the
version of the section in which it last changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.projects.applications.kinds import COSTS, EXPERTS_AT_MOST, VISITS_AT_MOST
from waizhuan.projects.applications.questions import EXPERT, PLAIN, VISIT

_EXPERT_FIELD = re.compile(r"(?P<expert>e[0-9a-f]{8})-(?P<name>[a-z_]+)")
_VISIT_FIELD = re.compile(r"(?P<expert>e[0-9a-f]{8})-(?P<visit>v[0-9a-f]{8})-(?P<name>[a-z_]+)")
_COST_FIELD = re.compile(r"(?P<visit>v[0-9a-f]{8})-(?P<name>[a-z_]+)")
_EXPERT_NAMES = frozenset(q.name for q in EXPERT)
_VISIT_NAMES = frozenset(q.name for q in VISIT)
_COST_NAMES = frozenset(COSTS) | {"other_why"}

#: (expert key, keys of the expert's visits)
Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """One section. `rows` exist only in the experts' section; rows that were removed keep their values, and their keys
    are remembered: (expert, visit), the visit "" where the whole expert was removed."""

    values: Mapping[str, str] = field(default_factory=dict)
    changed_in: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def changed_since(self, version: int) -> dict[str, str]:
        """The values that were changed after that version of the section."""
        return {name: self.get(name) for name, at in self.changed_in.items() if at > version}

    @property
    def visits(self) -> tuple[str, ...]:
        return tuple(v for _, visits in self.rows for v in visits)

    @property
    def keys(self) -> frozenset[str]:
        """Every row that there is or was: experts, and visits."""
        there = {e for e, _ in self.rows} | set(self.visits)
        return frozenset(there | {k for pair in self.removed for k in pair if k})


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people wrote different things into one field."""

    name: str
    mine: str
    theirs: str


def is_field(section: str, name: str) -> bool:
    """Is there such a field in this section? Anything else that a form posts is nothing of ours."""
    if section == "experts":
        if visit := _VISIT_FIELD.fullmatch(name):
            return visit["name"] in _VISIT_NAMES
        expert = _EXPERT_FIELD.fullmatch(name)
        return bool(expert and expert["name"] in _EXPERT_NAMES)
    if section == "funding" and (cost := _COST_FIELD.fullmatch(name)):
        return cost["name"] in _COST_NAMES
    return name in {q.name for q in PLAIN.get(section, ())}


def clean(text: str) -> str:
    """What was typed, in one normal form and without characters that nobody can see (NUL and its kin)."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def merge(
    section: str,
    draft: Draft,
    posted: Mapping[str, str],
    *,
    base: int,
    version: int,
    touched: Collection[str] | None = None,
    visits: Collection[str] = (),
) -> tuple[Draft, list[Clash]]:
    """Take over what was posted by somebody who saw version `base`; `version` is the one that this save will have.

    `visits`: the keys of the visits, where the section is about them (funding). `touched` names the fields that the person changed; None: not known (no JavaScript), so every field that differs. A
    field that somebody else changed since `base` to something else is a clash; it is not taken over, everything else is.
    """
    values, changed_in = dict(draft.values), dict(draft.changed_in)
    clashes: list[Clash] = []
    taken: list[str] = []
    known = draft.keys | set(visits)
    for name, raw in posted.items():
        if not is_field(section, name) or (touched is not None and name not in touched):
            continue
        if any(key not in known for key in name.split("-")[:-1]):
            continue  # a row that never was
        mine, theirs = clean(raw), draft.get(name)
        if mine == theirs:
            continue
        if draft.changed_in.get(name, 0) > base:
            clashes.append(Clash(name, mine, theirs))
            continue
        values[name], changed_in[name] = mine, version
        taken.append(name)
    merged = replace(draft, values=values, changed_in=changed_in)
    for name in taken if section == "experts" else ():
        # somebody typed into a row that somebody else removed meanwhile: it comes back, nothing is lost
        expert, *visit, _ = name.split("-")
        merged = put_back(merged, expert, visit[0] if visit else "")
    return merged, clashes


# ---------------------------------------------------------------- rows

NewKey = Callable[[], str]


def add_expert(draft: Draft, new_key: NewKey) -> Draft | Verdict:
    if len(draft.rows) >= EXPERTS_AT_MOST:
        return no(say("一份申报书至多 {n} 位专家", n=EXPERTS_AT_MOST))
    if len(draft.visits) >= VISITS_AT_MOST:
        return _too_many_visits()
    return replace(draft, rows=(*draft.rows, ("e" + new_key(), ("v" + new_key(),))))


def add_visit(draft: Draft, expert: str, new_key: NewKey) -> Draft | Verdict:
    if len(draft.visits) >= VISITS_AT_MOST:
        return _too_many_visits()
    rows = tuple((e, (*vs, "v" + new_key())) if e == expert else (e, vs) for e, vs in draft.rows)
    return replace(draft, rows=rows)


def remove(draft: Draft, expert: str, visit: str = "") -> Draft:
    """Take an expert, or one visit, off the list. What was typed stays until it is handed in, so it can be put back."""
    if visit:
        rows = tuple((e, tuple(v for v in vs if v != visit)) if e == expert else (e, vs) for e, vs in draft.rows)
        gone = [(expert, visit)]
    else:
        rows = tuple((e, vs) for e, vs in draft.rows if e != expert)
        gone = [(expert, ""), *((e, v) for e, vs in draft.rows if e == expert for v in vs)]
    if rows == draft.rows:
        return draft
    return replace(draft, rows=rows, removed=tuple(dict.fromkeys((*draft.removed, *gone))))


def put_back(draft: Draft, expert: str, visit: str = "") -> Draft:
    """The reverse of `remove`; an expert comes back with the visits that went with it."""
    if expert in {e for e, _ in draft.rows}:
        visits = [visit] if (expert, visit) in draft.removed and visit else []
        rows = tuple((e, (*vs, *visits)) if e == expert else (e, vs) for e, vs in draft.rows)
    elif (expert, "") in draft.removed:
        visits = [v for e, v in draft.removed if e == expert and v]
        rows = (*draft.rows, (expert, tuple(visits)))
    else:
        return draft
    gone = {(expert, ""), *((expert, v) for v in visits)}
    back = replace(draft, rows=rows, removed=tuple(pair for pair in draft.removed if pair not in gone))
    return back if len(rows) <= EXPERTS_AT_MOST and len(back.visits) <= VISITS_AT_MOST else draft


def pruned(draft: Draft) -> Draft:
    """Without what belongs to rows that were removed: an application that is handed in holds no more than it shows."""
    experts, visits = {e for e, _ in draft.rows}, set(draft.visits)

    def belongs(name: str) -> bool:
        keys = name.split("-")
        return keys[0] in experts and (len(keys) == 2 or keys[1] in visits)

    values = {k: v for k, v in draft.values.items() if belongs(k)}
    return Draft(values, {k: v for k, v in draft.changed_in.items() if k in values}, draft.rows)


def _too_many_visits() -> Verdict:
    return no(say("一份申报书至多 {n} 次来华", n=VISITS_AT_MOST))
