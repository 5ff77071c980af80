"""The only door through which other contexts reach identity. Everything here is stable; the rest of identity is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest

from waizhuan.identity import rate
from waizhuan.identity.actors import active_mandates, actor_for, actor_of
from waizhuan.identity.delegation.finding import find as find_person
from waizhuan.identity.delegation.leaving import Left
from waizhuan.identity.delegation.leaving import declare as declare_left
from waizhuan.identity.delegation.passing import can_receive, hold, pass_post
from waizhuan.identity.document_numbers import indexes_of as document_indexes
from waizhuan.identity.earlier import (
    Known,
    add_login_alias,
    called_by,
    drop_login_alias,
    is_main_agent,
    known_of,
    verified_like,
    verified_unit,
    verified_units,
)
from waizhuan.identity.models import Account, Kind, Mandate, Organisation, OrganisationKind, Person, RealName, Tier
from waizhuan.identity.my_information.holdings import DataKind, Obstacle
from waizhuan.identity.my_information.holdings import declare as declare_data
from waizhuan.identity.one_person import is_any_of
from waizhuan.identity.organisations.departments import (
    add_department,
    all_departments,
    change_department,
    close_department,
    invitations_of,
    lock_departments,
    move_invitations,
    move_staff,
    staff_of,
    values_of_department,
)
from waizhuan.identity.services.catalogue import Service
from waizhuan.identity.services.catalogue import declare as declare_service
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.flow.api import Holding
from waizhuan.shared.notify.api import Contact

__all__ = [
    "Account",
    "DataKind",
    "Holding",
    "Kind",
    "Known",
    "Left",
    "Mandate",
    "Obstacle",
    "Organisation",
    "OrganisationKind",
    "Person",
    "RealName",
    "Service",
    "Tier",
    "active_mandates",
    "actor_for",
    "actor_of",
    "add_department",
    "add_login_alias",
    "all_departments",
    "called_by",
    "can_receive",
    "change_department",
    "close_department",
    "contacts_of",
    "count_try",
    "declare_data",
    "declare_left",
    "declare_service",
    "departments",
    "document_indexes",
    "drop_login_alias",
    "find_person",
    "held_posts",
    "hold",
    "holders_of",
    "holdings",
    "invitations_of",
    "is_any_of",
    "is_main_agent",
    "is_oneself",
    "known_of",
    "lock_departments",
    "may_search",
    "may_try",
    "ministry",
    "move_invitations",
    "move_staff",
    "names_of",
    "network_of",
    "organisation",
    "pass_post",
    "people_with",
    "set_language",
    "staff_of",
    "units",
    "values_of_department",
    "verified_like",
    "verified_unit",
    "verified_units",
]


def organisation(id: int) -> Organisation:
    """The organisation of this id; raises Organisation.DoesNotExist."""
    return Organisation.objects.get(pk=id)


def set_language(account_id: int, language: str) -> None:
    """Messages reach the account in this language from now on."""
    Account.objects.filter(pk=account_id).update(language=language)


def units() -> QuerySet[Organisation]:
    """Every unit that is or was registered."""
    return Organisation.objects.filter(kind="unit")


def departments() -> QuerySet[Organisation]:
    """The competent departments (归口单位) that exist today."""
    return Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, active_until=None)


def holders_of(posts: Iterable[tuple[int, str]]) -> Sequence[int]:
    """Ids of the accounts that hold one of these posts (organisation id, role; role "*": any) now. One query, and one
    more for legal entities' own accounts."""
    wanted = set(posts)
    if not wanted:
        return []
    ids = {org for org, _ in wanted}
    found = {
        account
        for account, org, role in active_mandates()
        .filter(organisation_id__in=ids)
        .values_list("account_id", "organisation_id", "role")
        if (org, role) in wanted or (org, "*") in wanted
    }
    found |= set(Organisation.objects.filter(pk__in=ids, account__isnull=False).values_list("account_id", flat=True))
    return sorted(found)


def held_posts(organisation_ids: Collection[int]) -> set[tuple[int, str]]:
    """The posts (organisation id, role) of these organisations that an open account of a person holds now. One query."""
    held = active_mandates().filter(organisation_id__in=organisation_ids, account__closed_at=None)
    return set(held.order_by().values_list("organisation_id", "role").distinct())


def is_oneself(actor: Actor, account_id: int | None) -> bool:
    """Is this the actor, or the person behind the unit's own account that acts? One query for a unit's account."""
    if account_id is None or actor.account_id == account_id:
        return account_id is not None
    return actor.kind == Kind.LEGAL and is_main_agent(actor.organisation_id or 0, account_id)


def may_try(what: str, account_id: int | None, *, times: int) -> Verdict:
    """May this account do this (a name for the counter) once more within the hour? Counts the try."""
    return rate.limit(f"{what}:{account_id}", times=times, seconds=3600)


def count_try(key: str, *, seconds: int) -> int:
    """Count one of these; how many there are now in this window."""
    return rate.count(key, seconds=seconds)


def network_of(request: HttpRequest) -> str:
    """The neighbourhood that the request comes from."""
    return rate.network_of(request)


def may_search(account_id: int | None) -> Verdict:
    """May this account look for a person by name and number once more? Counted together with authorising."""
    return may_try("find-person", account_id, times=30)


def names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """Display names of natural persons' accounts. One query."""
    return dict(Person.objects.filter(account_id__in=set(account_ids)).values_list("account_id", "name"))


def people_with(organisation_id: int, role: str) -> dict[int, str]:
    """The natural persons who hold this post now: account id → name, by name. One query."""
    held = active_mandates().filter(organisation_id=organisation_id, role=role, account__closed_at=None)
    return dict(held.order_by("account__person__name_key").values_list("account_id", "account__person__name"))


def holdings(organisation_ids: Collection[int]) -> Sequence[Holding]:
    """The posts that natural persons hold in these organisations now, by name. One query."""
    held = active_mandates().filter(organisation_id__in=organisation_ids, account__closed_at=None)
    columns = ("account__person__name_key", "account_id", "account__person__name", "organisation_id", "role")
    rows = sorted(
        held.values_list(*columns), key=lambda row: (row[0] or "", row[1])
    )  # cheaper than asking for the order
    return [Holding(account, name or "", organisation, role) for _, account, name, organisation, role in rows]


def contacts_of(account_ids: Iterable[int]) -> dict[int, Contact]:
    """How these accounts are reached; closed ones are not. Only what was verified is used. One query."""
    return {
        a.pk: Contact(
            a.language,
            a.phone if a.phone_verified_at else "",
            a.email if a.email_verified_at else "",
        )
        for a in Account.objects.filter(pk__in=set(account_ids), closed_at=None)
    }


def ministry() -> Organisation:
    """外国专家服务司. Raises Organisation.DoesNotExist where none was set up yet. One query."""
    return Organisation.objects.filter(kind=OrganisationKind.MINISTRY, active_until=None).order_by("id")[:1].get()
