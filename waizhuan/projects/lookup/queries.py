"""What may be looked up: a unit its own, a department its tree, the ministry everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.queries import within_reach
from waizhuan.projects.calls.models import Call
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.legacy.rules import login_key
from waizhuan.projects.lookup.models import Export, SavedFilter
from waizhuan.projects.lookup.rules import MINISTRY, posts_seen
from waizhuan.projects.people.models import Engagement, Expert
from waizhuan.shared.refdata import names
from waizhuan.shared.refdata.labels import Label
from waizhuan.shared.refdata.unit_numbers import may_mean_anywhere

ORDERS = {
    "projects": ("-updated_at", "-id"),
    "units": ("-updated_at", "-id"),
    "people": ("-granted_at", "-id"),
    "experts": ("name_latin", "id"),
    "old": ("-year", "-id"),
}
#: The columns that the list shows, read as they are: rows with their objects take twice as long, and of people and units many
#: more columns are sealed. An export reads more.
LISTED: dict[str, tuple[str, ...]] = {
    "projects": (
        *("id", "number", "project_number", "title", "state", "updated_at", "unit_id", "lead_id"),
        *("unit__name", "lead__person__name", "call__year", "call__label_zh", "call__label_en"),
    ),
    "units": (
        *("id", "number", "state", "updated_at", "unit_id", "unit__name", "unit__uscc"),
        *("department_id", "department__name"),
    ),
    "people": (
        *("id", "role", "granted_at", "valid_from", "valid_until", "withdrawn_at", "organisation_id", "account_id"),
        *("organisation__name", "account__phone", "account__person__name", "account__person__real_name"),
        "account__person__doc_number",
    ),
    "experts": ("id", "name_latin", "name_zh", "employer", "passport", "nationality", "updated_at", "ours"),
    "old": (
        *("id", "number", "title", "year", "updated_at", "unit__name", "organisation_id", "organisation__name"),
        *("lead_id", "lead__person__name", "account_id", "account__account_id", "account__unit__organisation_id"),
    ),
}
FEW = 200
#: People are named one by one up to here: where more begin like this, one post in few is theirs, and a page of them is soon
#: found; where fewer do, reading the posts in their order could mean to read them all.
FEW_PEOPLE = 2_000
Conditions = Mapping[str, str]


def rows(kind: str, actor: Actor, given: Conditions) -> QuerySet[Any]:
    """The rows of this kind that the actor may see and that meet the conditions."""
    found = {"projects": projects, "units": units, "people": people, "experts": experts, "old": old}
    return found[kind](actor, given)


def listed(kind: str, actor: Actor, given: Conditions) -> QuerySet[Any, Any]:
    """The same rows as the list shows them: named columns (LISTED), without their objects."""
    return rows(kind, actor, given).select_related(None).values_list(*LISTED[kind], named=True)


def tree_of(actor: Actor) -> list[int]:
    """The department acted for and its cities. One query; none for others."""
    if actor.organisation_id is None or not actor.has("department.clerk", "department.head"):
        return []
    below = identity.departments().filter(parent_id=actor.organisation_id).values_list("pk", flat=True)
    return [actor.organisation_id, *below]


def _is_ministry(actor: Actor) -> bool:
    return actor.has(*MINISTRY)


def projects(actor: Actor, given: Conditions) -> QuerySet[Application]:
    found = within_reach(actor, tree_of(actor)).select_related("call", "unit", "department", "lead__person")
    if text := given.get("q"):
        named = Q(title__has=text) | Q(number__startswith=text.upper()) | Q(project_number__startswith=text.upper())
        found = found.filter(named | Q(unit__in=_named(text)))
    if year := _whole(given.get("year", "")):
        found = found.filter(call__year=year)
    if call := given.get("category"):
        found = found.filter(call__label_zh=call)
    if state := given.get("state"):
        found = found.filter(state=state)
    return found


def _named(text: str) -> list[int] | QuerySet[Any]:
    """The units with this in their name, or under this number. A few are named one by one, so that the database can look each up in an index;
    where they are many, rows of theirs are everywhere and soon found. One query."""
    found = (
        identity.units()
        .filter(Q(name__has=text) | Q(uscc__in=may_mean_anywhere(text)))
        .order_by()
        .values_list("pk", flat=True)
    )
    few = list(found[: FEW + 1])
    return few if len(few) <= FEW else found


def units(actor: Actor, given: Conditions) -> QuerySet[UnitProfile]:
    """Units by their profiles; a draft is the unit's own business."""
    own = Q(pk=None)
    if actor.has("unit.admin"):
        own |= Q(unit_id=actor.organisation_id)
    if tree := tree_of(actor):
        own |= Q(department_id__in=tree) & ~Q(state="draft")
    if _is_ministry(actor):
        own |= ~Q(state="draft")
    found = UnitProfile.objects.filter(own).select_related("unit", "department")
    if text := given.get("q"):
        found = found.filter(Q(unit__in=_named(text)) | Q(number__startswith=text.upper()))
    if state := given.get("state"):
        found = found.filter(state=state)
    if year := _whole(given.get("year", "")):
        found = found.filter(number__startswith=f"DW-{year}-")
    return found


def people(actor: Actor, given: Conditions) -> QuerySet[identity.Mandate]:
    """Who acts, and who did (F3): the posts that people hold or held. A unit's own, a department's own and those of its units,
    for the ministry all of them and its own."""
    found = identity.Mandate.objects.filter(role__in=[r.code for r in posts_seen(actor)])
    if not _is_ministry(actor):
        own = Q(pk=None)
        if actor.has("unit.admin"):
            own = Q(organisation_id=actor.organisation_id)
        elif tree := tree_of(actor):
            looked_after = UnitProfile.objects.filter(department_id__in=tree).exclude(state="draft")
            own = Q(organisation__in=looked_after.values("unit_id")) | Q(organisation_id=actor.organisation_id)
        found = found.filter(own)
    if text := given.get("q"):
        found = found.filter(_of_name(text))
    if role := given.get("role"):
        found = found.filter(role=role)
    now = clock.now()
    ended = Q(withdrawn_at__isnull=False) | Q(withdrawn_at=None, valid_until__lte=now)
    if given.get("state") == "ended":
        found = found.filter(ended)
    elif given.get("state") == "waiting":  # such a post begins later than it was given, for which there is an index
        found = found.filter(withdrawn_at=None, valid_from__gt=now).filter(valid_from__gt=F("granted_at"))
    elif given.get("state") == "active":
        found = found.filter(valid_from__lte=now).exclude(ended)
    return found.select_related("organisation", "account__person")


def _of_name(text: str) -> Q:
    """Posts of people whose name begins with this, and of organisations with this in their name or under this number. Few are
    named one by one, as units are (`_named`). Where many organisations are, the posts are to be read in their order, in which
    some are soon found: beside the condition on the name, so that the database does not begin with all posts of all of them.
    Two queries."""
    begins = Q(account__person__name_key__begins=names.name_key(text))
    posts = identity.Mandate.objects.filter(account=OuterRef("pk"))
    people = identity.Person.objects.filter(Exists(posts), name_key__begins=names.name_key(text)).order_by()
    few = list(people.values_list("pk", flat=True)[: FEW_PEOPLE + 1])
    by_number = Q(uscc__in=may_mean_anywhere(text))
    organisations = identity.Organisation.objects.filter(Q(name__has=text) | by_number).order_by()
    here = list(organisations.values_list("pk", flat=True)[: FEW + 1])
    if len(here) <= FEW:
        return (Q(account__in=few) if len(few) <= FEW_PEOPLE else begins) | Q(organisation__in=here)
    return begins | Q(organisation__in=identity.Organisation.objects.filter(Q(name__icontains=text) | by_number))


def people_of_number(actor: Actor, number: str) -> QuerySet[Any, Any]:
    """The posts, among those that the actor may see, of whoever has a document of this number; as the list shows them."""
    return listed("people", actor, {}).filter(account__person__doc_index__in=identity.document_indexes(number))


def old(actor: Actor, given: Conditions) -> QuerySet[LegacyProject]:
    """Projects of the old system: a unit's own, those of a department's units, for the ministry all, also those whose unit is
    not known yet."""
    found = LegacyProject.objects.select_related("unit", "organisation", "lead__person", "account__unit")
    if not _is_ministry(actor):
        own = Q(pk=None)
        if actor.has("unit.admin"):
            own |= Q(organisation_id=actor.organisation_id)
        if tree := tree_of(actor):
            looked_after = UnitProfile.objects.filter(department_id__in=tree).exclude(state="draft")
            own |= Q(organisation__in=looked_after.values("unit_id"))
        found = found.filter(own)
    if text := given.get("q"):
        named = Q(title__has=text) | Q(number__startswith=text.upper()) | Q(account__login_key=login_key(text))
        found = found.filter(named | Q(unit__name=text) | Q(organisation__in=_named(text)))
    if year := _whole(given.get("year", "")):
        found = found.filter(year=year)
    if state := given.get("state"):
        held = {
            "lead": Q(lead__isnull=False),
            "unit": Q(lead=None, organisation__isnull=False),
            "unmatched": Q(organisation=None),
        }
        found = found.filter(held.get(state, Q()))
    return found


def experts(actor: Actor, given: Conditions) -> QuerySet[Expert]:
    """Experts by their part in approved projects. `ours`: what stands there of the expert now (employer, degree …) was told by
    a project that the reader may see; of another unit's they learn nothing, not by searching either."""
    parts = Engagement.objects.filter(expert=OuterRef("pk"))
    own: Q | None = None
    if not _is_ministry(actor):
        own = Q(pk=None)
        if actor.has("unit.admin"):
            own |= Q(unit_id=actor.organisation_id)
        if tree := tree_of(actor):
            own |= Q(application__department_id__in=tree)
        parts = parts.filter(own)
    if year := _whole(given.get("year", "")):
        parts = parts.filter(application__call__year=year)
    if category := given.get("category"):
        parts = parts.filter(application__call__label_zh=category)
    running = Q(ended_at=None, ends_on__gte=clock.today())
    if given.get("state") == "running":
        parts = parts.filter(running)
    elif given.get("state") == "over":
        parts = parts.exclude(running)
    found = _with_ours(Expert.objects.filter(Exists(parts)), own)
    if text := given.get("q"):
        named = Q(name_latin__has=text) | Q(name_zh__has=text) | Q(employer__has=text, ours=True)
        in_project = parts.filter(Q(application__project_number=text.upper()) | Q(unit__name=text))
        found = found.filter(named | Exists(in_project))
    return found


def _with_ours(found: QuerySet[Expert], own: Q | None) -> QuerySet[Expert]:
    """`own`: which engagements the reader may see; None: all."""
    if own is None:
        return found.annotate(ours=Value(True))
    latest = Engagement.objects.filter(expert=OuterRef("pk")).order_by("-id").values("pk")[:1]
    told = Engagement.objects.filter(own, pk=OuterRef("told_by"))
    return found.annotate(told_by=Subquery(latest)).annotate(ours=Exists(told))


def categories() -> dict[str, str]:
    """Names of the categories of all years: Chinese name → the reader's. One query; there are a few a year."""
    published = Call.objects.filter(published_at__isnull=False).order_by("-year", "id")
    return {zh: str(Label(zh, en)) for zh, en in published.values_list("label_zh", "label_en")}


def filters_of(actor: Actor, kind: str) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(
        account_id=actor.account_id or 0, organisation_id=actor.organisation_id or 0, kind=kind
    ).order_by("name")


def exports_of(actor: Actor) -> QuerySet[Export]:
    """The actor's own, asked for in the organisation acted for."""
    return Export.objects.filter(account_id=actor.account_id or 0, organisation_id=actor.organisation_id or 0)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 else None
