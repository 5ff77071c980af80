"""Cases as the asker and the operator see them, and accounts that look like one person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery

from waizhuan.identity import one_person
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.process import REVIEWER, SENIOR, UNDER_WAY
from waizhuan.identity.models import Person
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden


def at_the_desk(actor: Actor, merge: AccountMerge) -> bool:
    return actor.holds(merge.operator_id, REVIEWER) or actor.holds(merge.operator_id, SENIOR)


def may_see(actor: Actor, merge: AccountMerge) -> bool:
    """Whoever asked for it, and the operator's desk; while it is under way also the holder of either account, who may say
    no. Of one that was not carried out the others see no more: the two may be different people's."""
    concerned = actor.account_id in (merge.survivor_id, merge.closing_id) and merge.state in UNDER_WAY
    return at_the_desk(actor, merge) or concerned or actor.account_id == merge.asker_account_id


def case_for(actor: Actor, pk: int) -> AccountMerge:
    """Raises Hidden for whom there is none. One query; at the desk one more, for whether the first look was the reader's."""
    rows = AccountMerge.objects.select_related("survivor__person", "closing__person", "first_by__person")
    had = FormerDocument.objects.filter(
        account_id=OuterRef("closing"), doc_index=OuterRef("survivor__person__doc_index")
    ).exclude(doc_index="")
    found = rows.annotate(had_number=Exists(had)).filter(pk=pk).first()
    if found is None or not actor.signed_in or not may_see(actor, found):
        raise Hidden
    if at_the_desk(actor, found) and found.state in ("second", "merged"):
        found.decided = one_person.looked_first(found, actor.account_id)
    return found


def cases_of(actor: Actor) -> Sequence[AccountMerge]:
    """Merges that this person asked for, or that are about this account. One query."""
    mine = Q(asker_account_id=actor.account_id or 0) | Q(sides__account_id=actor.account_id or 0)
    return list(AccountMerge.objects.filter(mine).select_related("survivor", "closing").distinct().order_by("-id")[:20])


def merged_into(account_id: int) -> list[int]:
    """The accounts that became part of this one, and those that had become part of them. One query for each step."""
    found: list[int] = []
    of = [account_id]
    while of:
        rows = AccountMerge.objects.filter(survivor_id__in=of, state="merged").exclude(closing_id__in=found)
        of = list(rows.order_by("pk").values_list("closing_id", flat=True))
        found += of
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """Two open accounts that had the same verified document, one after the other."""

    now: Person
    before: Person


def candidates(at_most: int = 50) -> Sequence[Pair]:
    """Open accounts whose verified number another open account had before. Two queries."""
    holder = Person.objects.filter(doc_index=OuterRef("doc_index"), account__closed_at=None).exclude(doc_index="")
    rows = (
        FormerDocument.objects.filter(account__closed_at=None)
        .annotate(now=Subquery(holder.values("account_id")[:1]))
        .filter(now__isnull=False)
        .exclude(now=F("account_id"))
        .order_by("-id")
        .values_list("account_id", "now")[:at_most]
    )
    pairs = list(dict.fromkeys(rows))
    people = {
        p.pk: p for p in Person.objects.select_related("account").filter(pk__in={id for pair in pairs for id in pair})
    }
    return [Pair(people[now], people[before]) for before, now in pairs if now in people and before in people]
