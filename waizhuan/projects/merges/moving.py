"""Carrying a merge out, and back: one transaction, a fixed number of statements, whatever the number of projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, Tell, publish
from waizhuan.kernel.verdict import Verdict
from waizhuan.projects.applications import transfers
from waizhuan.projects.applications.models import Application
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.merges import lists, rules
from waizhuan.projects.merges.models import Line, Merge
from waizhuan.shared.flow.api import link as address


def target_fits(merge: Merge) -> bool:
    """The unit itself, or somebody who is its verified project lead at this moment."""
    if merge.target_id is None:
        return True
    return is_lead(merge.unit_id, merge.target_id)


def is_lead(unit: int, account: int) -> bool:
    return account in identity.people_with(unit, "projects.lead") and identity.known_of(account).verified


def _hold(accounts: Iterable[int | None]) -> None:
    """Nobody closes or merges these accounts until they have the projects. Raises Refused where somebody is at it: the request
    is locked already, and a merge of accounts locks the account first."""
    for account in sorted(a for a in accounts if a is not None):
        identity.hold(account, wait=False)


def execute(merge: Merge, actor: Actor, data: Mapping[str, Any]) -> None:
    """Move every listed project. Runs inside the transaction of the decision, on the locked merge: killed half way, nothing has
    happened. Raises Refused where the list no longer holds."""
    _hold([merge.target_id])
    olds, news = _listed(merge)
    list(olds.select_for_update().order_by("pk").values_list("pk", flat=True))
    list(news.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    verdict = rules.may_execute(changed=lists.changed_since_listed(merge), target_fits=target_fits(merge))
    if not verdict.ok:
        raise Refused(verdict)
    note = merge.number or ""
    _remember(merge)
    moved = olds.update(lead_id=merge.target_id, moved=True, version=F("version") + 1, updated_at=clock.now())
    moved += transfers.give(news, lead=merge.target_id, actor=actor, note=note)
    merge.moved_at = clock.now()
    _tell_concerned(merge, actor, "merges.moved", moved)
    publish(
        Happened(
            actor,
            "merges.moved",
            f"merges.merge:{merge.pk}",
            {"projects": moved, "old": merge.old_id, "person": merge.person_id, "target": merge.target_id},
        )
    )


def _tell_concerned(merge: Merge, actor: Actor, template: str, count: int) -> None:
    """Whose projects these were, whose they are (a person, or the unit by its own account), and the unit's administrators;
    whoever asked hears of it anyway."""
    before = (
        merge.lines.filter(before_lead__isnull=False).order_by().values_list("before_lead_id", flat=True).distinct()
    )
    heir = merge.target_id or merge.unit.account_id
    people = {*before, heir, *identity.people_with(merge.unit_id, "unit.admin")}
    told = tuple(sorted(p for p in people - {merge.asker_account_id, actor.account_id} if p is not None))
    if told:
        context = {"number": merge.number or "", "count": count, "unit": merge.unit.name}
        publish(Tell(template, accounts=told, context=context, link=address("web.home", ())))


def _listed(merge: Merge) -> tuple[QuerySet[LegacyProject], QuerySet[Application]]:
    return (
        LegacyProject.objects.filter(pk__in=merge.lines.filter(old_project__isnull=False).values("old_project_id")),
        Application.objects.filter(pk__in=merge.lines.filter(application__isnull=False).values("application_id")),
    )


def _remember(merge: Merge) -> None:
    """The trace: who has each project before it moves, and the version that it gets by moving: whoever changes it later makes
    an undo impossible."""
    old = LegacyProject.objects.filter(pk=OuterRef("old_project_id"))
    new = Application.objects.filter(pk=OuterRef("application_id"))
    merge.lines.filter(old_project__isnull=False).update(
        before_lead_id=Subquery(old.values("lead_id")[:1]),
        before_moved=Subquery(old.values("moved")[:1]),
        version_after=Subquery(old.values("version")[:1]) + 1,
        open=False,
    )
    merge.lines.filter(application__isnull=False).update(
        before_lead_id=Subquery(new.values("lead_id")[:1]),
        version_after=Subquery(new.values("version")[:1]) + 1,
        open=False,
    )


# ---------------------------------------------------------------- undo


def may_undo(merge: Merge) -> Verdict:
    """Five queries, and one for each former lead of an application."""
    old = LegacyProject.objects.filter(pk=OuterRef("old_project_id"))
    new = Application.objects.filter(pk=OuterRef("application_id"))
    changed = (
        merge.lines.filter(old_project__isnull=False).exclude(version_after=Subquery(old.values("version")[:1])).count()
        + merge.lines.filter(application__isnull=False)
        .exclude(version_after=Subquery(new.values("version")[:1]))
        .count()
    )
    olds, news = _listed(merge)
    elsewhere = Line.objects.filter(open=True).exclude(merge=merge)
    listed = elsewhere.filter(old_project__in=olds).count() + elsewhere.filter(application__in=news).count()
    # an old project may go back to somebody who left: nobody sees it then, until they are authorised again; who has no
    # account any more, or another one, will never be. An application needs a lead who is there
    before = merge.lines.filter(before_lead__closed_at__isnull=False)
    leads = merge.lines.filter(application__isnull=False).values_list("before_lead_id", flat=True).distinct()
    fits = all(is_lead(merge.unit_id, lead) for lead in leads if lead is not None)
    return rules.may_undo(changed=changed, listed=listed, target_fits=fits, closed=before.exists())


def undo(merge: Merge, actor: Actor, data: Mapping[str, Any]) -> None:
    """Everything back to whom it came from. The guard is asked again on the locked rows."""
    _hold(set(merge.lines.order_by().values_list("before_lead_id", flat=True)))
    olds, news = _listed(merge)
    list(olds.select_for_update().order_by("pk").values_list("pk", flat=True))
    list(news.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    verdict = may_undo(merge)
    if not verdict.ok:
        raise Refused(verdict)
    count = 0
    # a handful of groups, each by constants: a look-up for every row would depend on the database's statistics
    for lead, moved in set(merge.lines.filter(old_project__isnull=False).values_list("before_lead_id", "before_moved")):
        theirs = merge.lines.filter(old_project__isnull=False, before_lead_id=lead, before_moved=moved)
        count += LegacyProject.objects.filter(pk__in=theirs.values("old_project_id")).update(
            lead_id=lead, moved=moved, version=F("version") + 1, updated_at=clock.now()
        )
    for lead in set(merge.lines.filter(application__isnull=False).values_list("before_lead_id", flat=True)):
        listed = merge.lines.filter(application__isnull=False, before_lead_id=lead).values("application_id")
        count += transfers.give(
            Application.objects.filter(pk__in=listed), lead=lead, actor=actor, note=merge.number or ""
        )
    _tell_concerned(merge, actor, "merges.moved_back", count)
    publish(Happened(actor, "merges.undone", f"merges.merge:{merge.pk}", {"projects": count}))


def let_go(merge: Merge, actor: Actor, data: Mapping[str, Any]) -> None:
    """The request is over: its projects are free for another one."""
    merge.lines.update(open=False)
