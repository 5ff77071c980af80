"""Old accounts as a person and as a unit see them, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from waizhuan.identity import api as identity
from waizhuan.kernel.actor import Actor
from waizhuan.projects.legacy.models import LegacyAccount
from waizhuan.projects.legacy.rules import login_key
from waizhuan.projects.linking.models import OPEN, Claim
from waizhuan.projects.linking.rules import Evidence

#: How many old accounts one page shows; nobody had more.
SHOWN = 20


def _with_unit(rows: QuerySet[LegacyAccount], *counted: Q) -> QuerySet[LegacyAccount]:
    return rows.select_related("unit__organisation").annotate(
        project_count=Count("projects", filter=Q(*counted) or None)
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform knows of a person, the units that have authorised them, and the old accounts that this speaks for."""

    known: identity.Known
    units: frozenset[int]
    rows: Sequence[LegacyAccount] = ()


def known_of(account_id: int) -> Seen:
    """Three queries."""
    units = identity.active_mandates().filter(account_id=account_id).values_list("organisation_id", flat=True)
    return Seen(identity.known_of(account_id), frozenset(units))


def seen_by(account_id: int) -> Seen:
    """The old accounts that are linked to this account, or that its verified number or phone speaks for. Four queries."""
    seen = known_of(account_id)
    mine = Q(account_id=account_id)
    if seen.known.documents:
        mine |= Q(doc_index__in=seen.known.documents)
    if seen.known.phone:
        mine |= Q(phone_index=seen.known.phone)
    return replace(seen, rows=list(_with_unit(LegacyAccount.objects.filter(mine)).order_by("pk")[:SHOWN]))


def by_login(text: str) -> LegacyAccount | None:
    """The old account of this login name, with or without its prefix."""
    key = login_key(text)[:60]
    return _with_unit(LegacyAccount.objects.filter(login_key=key)).first() if key else None


def evidence(old: LegacyAccount, account_id: int, seen: Seen, login_name: str) -> Evidence:
    """What speaks for it. No query, where `old` came with its unit."""
    known, units = seen.known, seen.units
    organisation_id = old.unit.organisation_id if old.unit else None
    number = ""
    if known.verified and known.documents and old.doc_index:
        number = "same" if old.doc_index in known.documents else "different"
    return Evidence(
        verified=known.verified,
        number=number,
        phone=bool(known.phone) and old.phone_index == known.phone,
        unit_known=organisation_id is not None,
        authorised=organisation_id in units if organisation_id else False,
        same_login=login_key(login_name) == old.login_key,
        linked="" if old.account_id is None else "me" if old.account_id == account_id else "other",
    )


def claims_of(account_id: int) -> Sequence[Claim]:
    """Open and the latest settled claims of this person. One query."""
    rows = Claim.objects.filter(asker_account_id=account_id).select_related("old__unit", "decider")
    return list(rows.order_by("-id")[:SHOWN])


def open_claim(account_id: int, old_id: int) -> bool:
    return Claim.objects.filter(asker_account_id=account_id, old_id=old_id, state__in=OPEN).exists()


def of_unit(actor: Actor) -> QuerySet[LegacyAccount]:
    """The old accounts of the unit acted for, as its administrators see them: with the projects of this unit alone."""
    if not actor.has("unit.admin") or actor.organisation_id is None:
        return LegacyAccount.objects.none()
    rows = LegacyAccount.objects.filter(unit__organisation_id=actor.organisation_id)
    own = Q(projects__organisation_id=actor.organisation_id)
    return _with_unit(rows, own).select_related("account__person")


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """One's own, and those that one's post decides."""
    seen = Q(asker_account_id=actor.account_id)
    if actor.organisation_id is not None and actor.roles:
        seen |= Q(decider_id=actor.organisation_id, role__in=actor.roles)
    rows = Claim.objects.select_related("old__unit__organisation", "decider", "asker_account__person", "document")
    return rows.filter(seen) if actor.signed_in else rows.none()
