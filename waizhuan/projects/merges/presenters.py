"""Plain data for the pages and the letter of a merge."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from waizhuan.kernel.ui import marks
from waizhuan.kernel.words import SILENCE, Words, say
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.merges.models import Merge
from waizhuan.shared.flow.api import WorkItem
from waizhuan.shared.refdata import old_logins


def source_name(merge: Merge) -> Words:
    """How the letter and the list name the old account."""
    if merge.old:
        return Words(old_logins.PREFIX + merge.old.login_name)
    person = getattr(merge.person, "person", None)
    return marks.aside(person.name, merge.person.login_name) if person and merge.person else SILENCE


def target_name(merge: Merge) -> Words:
    """Whom the projects go to, in the reader's language."""
    if merge.target is None:
        return say("{unit}（单位账号）", unit=merge.unit.name)
    person = getattr(merge.target, "person", None)
    return marks.aside(person.name, merge.target.login_name) if person else Words(merge.target.login_name)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What will move, in numbers."""

    old_projects: int
    by_state: list[tuple[Words, int]]
    work: int


def dry_run(merge: Merge) -> DryRun:
    """One query; of a person's projects, who alone leads new ones, two more."""
    if merge.person_id is None:
        return DryRun(merge.lines.count(), [], 0)
    olds = merge.lines.filter(old_project__isnull=False).count()
    states = (
        merge.lines.filter(application__isnull=False)
        .values_list("application__state")
        .annotate(n=Count("pk"))
        .order_by("application__state")
    )
    work = WorkItem.objects.filter(
        process=PROCESS.name,
        closed_at=None,
        account_id=merge.person_id,
        subject_id__in=merge.lines.filter(application__isnull=False).values("application_id"),
    )
    return DryRun(olds, [(PROCESS.state(state).label, n) for state, n in states], work.count())


def title(merge: Merge) -> Words:
    return say("把 {source} 的项目移给{target}", source=source_name(merge), target=target_name(merge))
