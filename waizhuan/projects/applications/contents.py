"""The content of an application: from its sections to a judged form, and from there into rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waizhuan.projects.applications import drafts, reading, rules, world
from waizhuan.projects.applications.drafts import Draft
from waizhuan.projects.applications.kinds import COSTS, SECTIONS
from waizhuan.projects.applications.models import Application, ApplicationExpert, Attachment, BudgetLine, Section, Visit
from waizhuan.projects.applications.questions import EXPERT
from waizhuan.projects.applications.reading import Reading, passport_key
from waizhuan.projects.applications.rules import Facts, Limits, Problem


@dataclass(frozen=True)
class Given:
    """What was filled in: all that a page or a letter shows of it."""

    sections: Mapping[str, Section]
    drafts: Mapping[str, Draft]
    attachments: Sequence[Attachment]
    reading: Reading


@dataclass(frozen=True)
class Content(Given):
    """What was filled in, and what is wrong with it."""

    limits: Limits
    facts: Facts
    problems: list[Problem]  # unreadable, missing, and against the call; all of them

    def problems_in(self, section: str, *, missing: bool | None = None) -> list[Problem]:
        return [p for p in self.problems if p.section == section and missing in (None, p.missing)]


def load(draft: str) -> Draft:
    """A section's stored text as a draft."""
    if not draft:
        return Draft()
    data = json.loads(draft)
    return Draft(
        values=data["values"],
        changed_in=data["changed_in"],
        rows=tuple((e, tuple(vs)) for e, vs in data.get("rows", ())),
        removed=tuple((e, v) for e, v in data.get("removed", ())),
    )


def dump(draft: Draft) -> str:
    data = {"values": draft.values, "changed_in": draft.changed_in, "rows": draft.rows, "removed": draft.removed}
    return json.dumps(data, ensure_ascii=False)


def given(application: Application) -> Given:
    """Two queries: sections and attachments."""
    sections = {s.name: s for s in Section.objects.filter(application=application)}
    typed = {name: load(section.content) for name, section in sections.items()}
    files = Attachment.objects.filter(application=application).select_related("document").order_by()
    attachments = sorted(files, key=lambda file: (file.added_at, file.pk))
    return Given(sections, typed, attachments, reading.read_form(typed, {a.kind for a in attachments}))


def of(application: Application) -> Content:
    """Judged as well: two queries more, for the facts. `application.call.standard` should be at hand."""
    there = given(application)
    read = there.reading
    limits = world.limits_of(application.call)
    facts = world.facts_of(application, read)
    found = [*read.problems, *rules.check(read.plan, limits, facts)]
    order = {name: i for i, name in enumerate(SECTIONS)}
    # a field with an unreadable value needs no second complaint
    unreadable = {(p.section, p.field) for p in read.problems}
    found = [p for i, p in enumerate(found) if i < len(read.problems) or (p.section, p.field) not in unreadable]
    found.sort(key=lambda p: order[p.section])
    return Content(there.sections, there.drafts, there.attachments, read, limits, facts, found)


def project(application: Application, content: Content) -> None:
    """What was typed becomes rows; rows of an earlier submission are replaced. The caller saves the application."""
    read = content.reading
    plan = read.plan
    application.title = plan.title
    application.title_key = world.topic_key(plan.title)
    application.starts_on, application.ends_on = plan.starts_on, plan.ends_on
    application.expert_count = len(plan.experts)
    application.total_fen, application.match_fen = plan.total, plan.match
    if application.first_submitted_at:
        application.experts.all().delete()
    experts = ApplicationExpert.objects.bulk_create(
        _expert_row(application, i, e, read) for i, e in enumerate(plan.experts)
    )
    pairs = [
        (v, Visit(expert=row, position=i, key=v.key, first=_known(v.first), last=_known(v.last), days=v.days))
        for row, e in zip(experts, plan.experts, strict=True)
        for i, v in enumerate(e.visits)
    ]
    Visit.objects.bulk_create(row for _, row in pairs)
    BudgetLine.objects.bulk_create(
        BudgetLine(
            visit=row,
            cost=cost,
            fen=plan.cost(v.key, cost),
            why=read.text("funding", f"{v.key}-other_why") if cost == "other" else "",
        )
        for v, row in pairs
        for cost in COSTS
        if plan.cost(v.key, cost)
    )
    section = content.sections.get("experts")
    if section and (pruned := drafts.pruned(content.drafts["experts"])) != content.drafts["experts"]:
        section.content = dump(pruned)
        section.save(update_fields=["content"])


def _known(day: object) -> dt.date:
    """A day that the checks have let through: an application with an unreadable one is not handed in."""
    assert isinstance(day, dt.date)
    return day


def _expert_row(application: Application, position: int, expert: rules.Expert, read: Reading) -> ApplicationExpert:
    texts = {q.name: read.text("experts", f"{expert.key}-{q.name}") for q in EXPERT if q.kind != "day"}
    birth = read.value("experts", f"{expert.key}-birth")
    return ApplicationExpert(
        application=application,
        position=position,
        key=expert.key,
        birth=_known(birth),
        passport_key=passport_key(texts["passport"], texts["nationality"]),
        days=expert.days,
        **texts,
    )
