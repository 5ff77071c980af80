"""Four eyes are two people's, not two accounts'. Where somebody else has to decide, people are compared here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from django.db.models import OuterRef, Subquery

from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.models import Person, RealName
from waizhuan.identity.realname.models import FormerDocument


class Looked(Protocol):
    """A case whose second look is another person's. `decided`: what is known already of whoever reads it."""

    first_by_id: int | None
    decided: bool | None


def looked_first(case: Looked, reviewer: int | None) -> bool:
    """Was the first look at this case this person's? One query at most."""
    if case.decided is not None:
        return case.decided
    return case.first_by_id is not None and is_any_of(reviewer, {case.first_by_id})


def is_any_of(account_id: int | None, others: Collection[int]) -> bool:
    """Is the person of this account behind one of the others? By the account, or by a verified document that both have or had.
    (One whose number turned out to be another's counts as that other: it costs one more colleague's look.) One query at
    most, none where the accounts say it."""
    if account_id is None or not others or account_id in others:
        return account_id is not None and account_id in others
    ids = {account_id, *others}
    present = Person.objects.filter(account_id__in=ids, real_name=RealName.PASSED)
    former = FormerDocument.objects.filter(account_id__in=ids)
    # an account that was merged into another one left its document there
    left = FormerDocument.objects.filter(pk=OuterRef("former_document")).values("doc_index")[:1]
    merged = AccountMerge.objects.filter(closing_id__in=ids, former_document__isnull=False).annotate(
        left=Subquery(left)
    )
    had = present.values_list("account_id", "doc_index").union(
        former.values_list("account_id", "doc_index"), merged.values_list("closing_id", "left")
    )
    documents = [(account, document) for account, document in had if document]
    own = {document for account, document in documents if account == account_id}
    return any(account != account_id and document in own for account, document in documents)
