"""Saving conditions, asking for an export, fetching it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from waizhuan.identity import api as identity
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.projects.lookup import queries, rules
from waizhuan.projects.lookup.models import Export, SavedFilter
from waizhuan.shared.audit import api as audit
from waizhuan.shared.documents import stores

AT_MOST = 100


def _reader(actor: Actor, kind: str) -> tuple[int, int]:
    if (
        kind not in rules.KINDS
        or not rules.may_look(actor).ok
        or actor.account_id is None
        or actor.organisation_id is None
    ):
        raise Hidden
    return actor.account_id, actor.organisation_id


def save_filter(*, actor: Actor, kind: str, name: str, conditions: Mapping[str, str]) -> SavedFilter:
    """Keep these conditions under this name; the same name again replaces them."""
    account, organisation = _reader(actor, kind)
    with transaction.atomic():
        others = queries.filters_of(actor, kind).exclude(name=name).count()
        refusal = rules.may_save(name, others)
        if not refusal.ok:
            raise Refused(refusal)
        saved, _ = SavedFilter.objects.update_or_create(
            account_id=account,
            organisation_id=organisation,
            kind=kind,
            name=name,
            defaults={"conditions": dict(conditions)},
        )
    return saved


def forget_filter(*, actor: Actor, id: int) -> None:
    """Take a saved filter away; pressing twice does no harm."""
    SavedFilter.objects.filter(
        pk=id, account_id=actor.account_id or 0, organisation_id=actor.organisation_id or 0
    ).delete()


def find_by_number(*, actor: Actor, number: str, purpose: str) -> list[Any]:
    """The posts (newest first, a hundred at most) of whoever has a document of this number, as far as the actor may see them.
    The log keeps what for and whom it found, never the number. Raises Refused (purpose missing, too many tries)."""
    _reader(actor, "people")
    refusals = rules.may_search_by_number(number=number, purpose=purpose)
    if refusals:
        raise Refused(*refusals)
    within = identity.may_try("look-up-number", actor.account_id, times=rules.NUMBERS_AN_HOUR)
    if not within.ok:
        raise Refused(within)
    with transaction.atomic():
        found = list(queries.people_of_number(actor, number).order_by(*queries.ORDERS["people"])[:AT_MOST])
        detail = {"found": len(found), "purpose": purpose.strip()}
        publish(Happened(actor, "lookup.number", "lookup.number:0", detail))
        for account in sorted({row.account_id for row in found}):
            audit.viewed(actor, f"identity.account:{account}", purpose.strip())
    return found


def ask_for_export(
    *, actor: Actor, kind: str, conditions: Mapping[str, str], personal: bool = False, purpose: str = ""
) -> Export:
    """Have a spreadsheet made of what these conditions find. Raises Refused (purpose missing, one is at work already)."""
    account, organisation = _reader(actor, kind)
    at_work = Export.objects.filter(account_id=account, state__in=("waiting", "working")).exists()
    refusals = rules.may_export(kind=kind, personal=personal, purpose=purpose, at_work=at_work)
    if refusals:
        raise Refused(*refusals)
    try:
        with transaction.atomic():
            made = Export.objects.create(
                account_id=account,
                organisation_id=organisation,
                kind=kind,
                conditions=dict(conditions),
                personal=personal,
                purpose=purpose.strip() if personal else "",
                second_factor=actor.second_factor,
            )
            detail = {"kind": kind, "personal": personal, "purpose": made.purpose}
            publish(Happened(actor, "lookup.export", f"lookup.export:{made.pk}", detail))
            return made
    except IntegrityError as error:  # two presses at the same moment
        raise Refused(*rules.may_export(kind=kind, personal=False, purpose="", at_work=True)) from error


def fetch(*, actor: Actor, id: int) -> tuple[Export, bytes]:
    """The finished file, for whoever asked for it, as long as they still hold the post. Raises Hidden."""
    found = queries.exports_of(actor).filter(pk=id, state="done").first()
    if found is None or not rules.may_look(actor).ok or found.expires_at is None or found.expires_at <= clock.now():
        raise Hidden
    content = stores.get(found.key)
    if content is None:
        raise Hidden
    detail = {"kind": found.kind, "personal": found.personal}
    publish(Happened(actor, "lookup.download", f"lookup.export:{found.pk}", detail))
    return found, content
