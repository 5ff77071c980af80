"""The list of a merge: what the source holds, which of it may move, and the trace of each line."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, Q, QuerySet, Value, When

from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.applications.models import Application
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.merges import rules
from waizhuan.projects.merges.models import Line, Merge

#: Lines of one merge. More in one request would be a mistake.
MOST = 50_000
#: What the rule of one line reads of an old project.
JUDGED = ("organisation", "lead", "moved")


def held_old(merge: Merge) -> QuerySet[LegacyProject]:
    """Old projects that the source held, wherever they are now."""
    if merge.old_id:
        return LegacyProject.objects.filter(account_id=merge.old_id)
    return LegacyProject.objects.filter(lead_id=merge.person_id, organisation_id=merge.unit_id)


def held_new(merge: Merge) -> QuerySet[Application]:
    """Applications and projects that a person leads in this unit; an old account has none."""
    if merge.old_id:
        return Application.objects.none()
    return Application.objects.filter(lead_id=merge.person_id, unit_id=merge.unit_id)


def holder(merge: Merge) -> int | None:
    """The account by which the source holds its projects now."""
    return merge.old.account_id if merge.old else merge.person_id


def judged(merge: Merge) -> Iterator[tuple[LegacyProject, Verdict]]:
    """Every old project of the source with the verdict of its line. One query."""
    source = holder(merge)
    for row in held_old(merge).only("number", "title", *JUDGED).order_by("pk")[:MOST]:
        yield row, _verdict(merge, row, source)


def _verdict(merge: Merge, row: LegacyProject, source: int | None) -> Verdict:
    project = rules.Project(row.organisation_id, row.lead_id, row.moved)
    # another unit may have handed the account over: here its projects are nobody's still
    held_by = None if merge.old_id and row.lead_id is None else source
    return rules.may_move(project, unit=merge.unit_id, source=held_by, target=merge.target_id)


def lines_for(merge: Merge) -> list[Line]:
    """The lines of everything that may move. Two queries."""
    lines = [Line(old_project=row, number=row.number, title=row.title) for row, verdict in judged(merge) if verdict.ok]
    for pk, number, project_number, title in (
        held_new(merge).order_by("pk").values_list("pk", "number", "project_number", "title")[:MOST]
    ):
        lines.append(Line(application_id=pk, number=project_number or number or "", title=title))
    return lines[:MOST]


def left_out(merge: Merge, at_most: int = 20) -> tuple[int, list[tuple[LegacyProject, Verdict]]]:
    """Projects that the source held in the old system and that cannot move: how many, and the first with their reasons. Two
    queries, whatever there is; `rules.may_move` in the database's words."""
    source = holder(merge)
    if merge.old_id is None and source != merge.target_id:
        return 0, []  # what a person holds in the unit may move
    held = Q(lead=None, moved=False) if merge.old_id else Q(pk=None)
    if source is not None and source != merge.target_id:
        held |= Q(lead_id=source)
    # a comparison with nobody is neither true nor false: what is not plainly so is not so
    fits = Case(When(Q(organisation_id=merge.unit_id) & held, then=Value(True)), default=Value(False))
    rows = held_old(merge).alias(fits=fits).filter(fits=False).only("number", "title", *JUDGED)
    first = list(rows.order_by("pk")[:at_most])
    return rows.count() if len(first) == at_most else len(first), [(row, _verdict(merge, row, source)) for row in first]


def changed_since_listed(merge: Merge) -> int:
    """How many listed projects are no longer what they were when the list was made. Two queries."""
    source = holder(merge)
    olds = LegacyProject.objects.filter(pk__in=merge.lines.values("old_project_id"))
    still = Q(organisation_id=merge.unit_id, lead_id=source) if source else Q(pk=None)
    if merge.old_id:
        still |= Q(organisation_id=merge.unit_id, lead=None, moved=False)
    news = Application.objects.filter(pk__in=merge.lines.values("application_id"))
    return olds.exclude(still).count() + news.exclude(unit_id=merge.unit_id, lead_id=merge.person_id).count()
