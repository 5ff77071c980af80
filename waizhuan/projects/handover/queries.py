"""Hand-overs as their readers may see them; work whose post has nobody."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.projects.applications import api as applications
from waizhuan.projects.applications.api import FILLERS, PROCESS, left_behind
from waizhuan.projects.handover import rules
from waizhuan.projects.handover.models import HandOver
from waizhuan.projects.handover.rules import may_start
from waizhuan.shared.flow.api import WorkItem, open_items

UNDECIDED = ("draft", "ministry", "asked")
JOINED = ("organisation", "ministry", "leaver__person", "successor__person", "asker_account")


def visible_to(actor: Actor) -> QuerySet[HandOver]:
    """One's own organisation's; the ministry sees those of every department, once they are handed in."""
    rows = HandOver.objects.select_related(*JOINED)
    if actor.has("ministry.head", "ministry.clerk"):
        handed_in = ~Q(state="draft") | Q(asker_organisation_id=actor.organisation_id)
        return rows.filter(Q(ministry_id=actor.organisation_id) & handed_in)
    return rows.filter(organisation_id=actor.organisation_id or 0) if may_start(actor).ok else rows.none()


def again(actor: Actor, at: identity.Organisation, id: int | None) -> dict[str, str]:
    """What the form begins with, after the hand-over of this id came to nothing: who leaves and why; the successor's name
    too, unless it was they who could not receive the post. {} without such a hand-over. One query where an id is given."""
    row = visible_to(actor).filter(pk=id, organisation=at, state__in=rules.ENDED_WITHOUT).first() if id else None
    if row is None:
        return {}
    known = {"why": row.why} if row.leaver_id is None else {"leaver": str(row.leaver_id), "why": row.why}
    return known if row.state == "failed" else {**known, "name": row.successor.person.name}


def somebody_confirms(actor: Actor, row: HandOver | None = None) -> Verdict:
    """For the ministry's administrators, who can mend it: is there one who may confirm this hand-over, or the one that the
    actor is about to begin? Another account of whoever began it is nobody else. Two queries for them, none for others."""
    ministry = row.ministry_id if row else actor.organisation_id
    if ministry is None or not actor.holds(ministry, "ministry.head") or (row and row.state not in UNDECIDED):
        return YES
    asker = row.asker_account_id if row else actor.account_id
    began = set() if asker is None else {asker}
    concerned = {row.leaver_id, row.successor_id} if row else set()
    heads = identity.people_with(ministry, "ministry.head").keys() - concerned
    return rules.somebody_confirms(any(not identity.is_any_of(head, began) for head in sorted(heads)))


def stuck(actor: Actor) -> QuerySet[WorkItem]:
    """Open work of posts that nobody holds: the ministry sees all of the experts system, a department its own tree, a unit
    its own. A unit's own account holds every post of its unit. And what lies with a project lead whom the unit does not
    authorise any more, of the applications that the reader sees. Three queries, whatever the number of cases, and the rows'."""
    here = actor.organisation_id
    if actor.organisation_kind == "unit":
        within = Q(organisation_id=here or 0)
    elif actor.organisation_kind == "department":
        within = Q(organisation_id=here) | Q(organisation__parent_id=here)
    elif actor.organisation_kind == "ministry":
        within = ~Q(organisation__kind="operator")
    else:
        return WorkItem.objects.none()
    wanted = _vacant(open_items().filter(within, organisation__isnull=False)) | _left_behind(actor)
    rows = open_items().filter(wanted) if wanted else WorkItem.objects.none()
    return rows.select_related("organisation", "account__person")


def _vacant(rows: QuerySet[WorkItem]) -> Q:
    """The work among `rows` whose post nobody holds. Two queries."""
    with_account = Q(organisation__account__isnull=False, organisation__account__closed_at=None)
    posts = rows.exclude(with_account).order_by().values_list("organisation_id", "role").distinct()
    wanted = {(organisation, role) for organisation, role in posts if organisation is not None}
    empty: dict[str, list[int]] = {}
    for organisation, role in wanted - identity.held_posts({organisation for organisation, _ in wanted}):
        empty.setdefault(role, []).append(organisation)
    named = Q()
    for role, organisations in empty.items():
        named |= Q(role=role, organisation_id__in=organisations)
    return named


def _left_behind(actor: Actor) -> Q:
    """Applications that their lead was to fill in or to complete. One query."""
    found = left_behind(applications.visible_to(actor)).filter(state__in=FILLERS)
    ids = list(found.order_by().values_list("pk", flat=True))
    return Q(process=PROCESS.name, subject_id__in=ids, account__isnull=False) if ids else Q()
