"""Scoped reads of merges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.paging import Page, page
from waizhuan.kernel.ui.text import whole
from waizhuan.projects.applications.models import Application
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.legacy.rules import login_key
from waizhuan.projects.merges.models import FormerList, Merge
from waizhuan.projects.merges.process import HEADS
from waizhuan.shared.refdata import names, old_logins

REVIEWERS = (*HEADS, *HEADS.values())
COLUMNS = tuple(f.name for f in Merge._meta.concrete_fields)
#: What is shown of whom and what a request names; much of the rest is sealed.
NAMES = (
    "unit__name",
    "unit__uscc",
    "department__name",
    "old__login_name",
    "old__account_id",
    "person__login_name",
    "person__person__name",
    "target__login_name",
    "target__person__name",
)
#: How many old accounts and people the form offers; of more, nobody reads a list: they are found on the page of all of them.
OFFERED = 20


def visible_to(actor: Actor) -> QuerySet[Merge]:
    """The unit's own, and those that the actor's department reviews, once they are handed in."""
    seen = Q(pk=None)
    if actor.has("unit.admin"):
        seen |= Q(unit_id=actor.organisation_id)
    if actor.has(*REVIEWERS):
        never_handed_in = Q(state="draft") | Q(state="withdrawn", version=1)  # withdrawing was its first step
        seen |= Q(department_id=actor.organisation_id) & ~never_handed_in
    rows = Merge.objects.select_related("unit", "department", "old", "person__person", "target__person")
    return rows.only(*COLUMNS, *NAMES).filter(seen) if actor.signed_in else rows.none()


def lines_of(merge: Merge) -> QuerySet[Any, Any]:
    """What the list shows of each line, as named columns; of what was moved also whose it was, of whom much more is sealed."""
    before = ("before_lead__person__name",) if merge.moved_at else ()
    return merge.lines.values_list("id", "number", "title", *before, named=True)


def former_of(merge: Merge) -> QuerySet[FormerList]:
    """Lists that the unit stood for before, newest first: none before one was changed or handed in."""
    if merge.listing == 1 and merge.version < 2:  # handing in is the first step, and sending back the second
        return FormerList.objects.none()
    return merge.former_lists.only("merge", "source", "target", "count", "kept_at").order_by("-id")


@dataclass(frozen=True, slots=True)
class Source:
    """Whoever holds projects of a unit: an old account, or a person. `code` is what forms and addresses call it."""

    code: str
    name: str
    old: LegacyAccount | None = None
    person: int | None = None
    count: int = 0


def _olds(unit: int) -> QuerySet[LegacyAccount]:
    """The old accounts that hold projects of this unit."""
    return LegacyAccount.objects.filter(Exists(LegacyProject.objects.filter(organisation=unit, account=OuterRef("pk"))))


def _people(unit: int) -> QuerySet[identity.Person]:
    """Who leads something in this unit, whether authorised still or not."""
    new = Application.objects.filter(unit=unit, lead__isnull=False).order_by().values("lead_id")
    old = LegacyProject.objects.filter(organisation=unit, lead__isnull=False).order_by().values("lead_id")
    return identity.Person.objects.filter(pk__in=new.union(old))


def _old(row: LegacyAccount, count: int = 0) -> Source:
    return Source(f"o{row.pk}", old_logins.PREFIX + row.login_name, old=row, count=count)


def _person(row: identity.Person) -> Source:
    return Source(f"p{row.pk}", row.name, person=row.pk)


def offered(unit: int) -> tuple[list[Source], bool]:
    """Those that a form offers, old accounts with most projects first; and whether there are more. Two queries."""
    held = Count("projects", filter=Q(projects__organisation_id=unit))
    olds = list(_olds(unit).only("login_name").annotate(held=held).order_by("-held", "pk")[: OFFERED + 1])
    people = list(_people(unit).only("name").order_by("name_key", "pk")[: OFFERED + 1])
    more = max(len(olds), len(people)) > OFFERED
    return [*map(_old, olds[:OFFERED]), *map(_person, people[:OFFERED])], more


def source(unit: int, code: str) -> Source | None:
    """The one of this code, if it holds projects of the unit. One query."""
    id = whole(code[1:])
    if id is None or code[0] not in "op":
        return None
    if code[0] == "o":
        return next(map(_old, _olds(unit).filter(pk=id)), None)
    return next(map(_person, _people(unit).filter(pk=id)), None)


def sources(unit: int, kind: str, text: str, cursor: str) -> tuple[Page[Any], list[Source]]:
    """A page of all of them: `kind` is "people" or "old". Found by the beginning of a name or a login name. Two queries."""
    if kind == "people":
        people = _people(unit).only("name", "name_key")
        if text:
            people = people.filter(name_key__startswith=names.name_key(text))
        named = page(people, ("name_key", "pk"), cursor)
        return named, [_person(row) for row in named.rows]
    olds = _olds(unit).only("login_name", "login_key", "name")
    if text:
        olds = olds.filter(Q(login_key__startswith=login_key(text)) | Q(name__startswith=text))
    found = page(olds, ("login_key", "id"), cursor)
    held = LegacyProject.objects.filter(organisation=unit, account__in=[row.pk for row in found.rows]).order_by()
    counts = dict(held.values_list("account_id").annotate(Count("pk")))
    return found, [_old(row, counts.get(row.pk, 0)) for row in found.rows]
