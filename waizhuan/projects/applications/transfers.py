"""Many projects change hands at once: what `assign` does to one, done to thousands in a fixed number of statements."""

from __future__ import annotations

from django.db.models import F, QuerySet

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.shared.flow.api import WorkItem
from waizhuan.shared.flow.many import note_step

#: states whose work is whoever fills in: the lead, or the unit where there is none
FILLERS = ("draft", "more")
#: ids in one statement
AT_ONCE = 5000


def give(projects: QuerySet[Application], *, lead: int | None, actor: Actor, note: str) -> int:
    """Make `lead` (None: nobody, so the unit) the project lead of all of these, inside the caller's transaction: rows, history,
    open work and who is waiting for it. Gives how many there were."""
    locked = projects.select_for_update(of=("self",)).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    now = clock.now()
    for start in range(0, len(ids), AT_ONCE):
        these = ids[start : start + AT_ONCE]
        rows = Application.objects.filter(pk__in=these)
        rows.update(lead_id=lead, asker_account_id=lead, version=F("version") + 1, updated_at=now)
        note_step(PROCESS, rows, "assign", actor, note=note, data={"lead": lead})
        _work(these, lead)
    return len(ids)


def _work(ids: list[int], lead: int | None) -> None:
    """Open work goes to whoever fills in now; what others hold is awaited by them."""
    items = WorkItem.objects.filter(process=PROCESS.name, subject_id__in=ids, closed_at=None)
    items.exclude(state__in=FILLERS).update(asker_account_id=lead)
    theirs = items.filter(state__in=FILLERS)
    if lead is not None:
        theirs.update(asker_account_id=lead, account_id=lead, organisation=None, role="", assignee=None)
    else:
        theirs.update(
            asker_account=None,
            account=None,
            organisation_id=F("asker_organisation_id"),
            role="unit.admin",
            assignee=None,
        )
