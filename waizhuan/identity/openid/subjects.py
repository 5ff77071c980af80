"""By which number a system knows a person (`sub`), and what becomes of it where two accounts become one, or one passes to
another person.

A number belongs to an account and a sector: the host of a system whose numbers are its own (OpenID Connect Core, 8.1), or
all systems that are told the same one. So it is decided for a sector, never for a single system of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import F, QuerySet

from waizhuan.identity.openid.models import Client, Grant, KnownAs, Subject
from waizhuan.kernel import clock, crypto

CURRENT_FIRST = (F("former_since").desc(nulls_first=True), "-pk")


def sector(client: Client) -> str:
    """Within it a person has one number; two sectors cannot put together what they know."""
    if client.subject == Subject.PUBLIC:
        return ""
    return urlsplit(client.redirect_uris[0]).hostname or client.client_id


def own(account_id: int, sector: str, holder: int = 0) -> str:
    """An account's own number: a keyed fingerprint, the same for ever. `holder`: how many people before this one were
    known by it there."""
    of = f"{account_id}.{holder}" if holder else str(account_id)
    return crypto.blind_index(f"openid.subject:{sector}", of)[:40]


def numbers(account_id: int, client: Client) -> tuple[str, ...]:
    """The number that the system is told, then those that it may have met the person by before. One query."""
    where = sector(client)
    rows = KnownAs.objects.filter(account_id=account_id, sector=where).order_by(*CURRENT_FIRST)
    known = list(rows.values_list("origin_id", "holder")) or [(account_id, 0)]
    return tuple(own(origin, where, holder) for origin, holder in known)


def subjects_of(grants: Iterable[Grant]) -> dict[int, str]:
    """Grant → the number that its system was told. One query."""
    found = list(grants)
    rows = KnownAs.objects.filter(account_id__in={g.account_id for g in found}, former_since=None)
    known = {(k.account_id, k.sector): k for k in rows}
    told = {}
    for grant in found:
        where = sector(grant.client)
        row = known.get((grant.account_id, where))
        told[grant.pk] = number_of(row) if row else own(grant.account_id, where)
    return told


def number_of(known: KnownAs) -> str:
    return own(known.origin_id, known.sector, known.holder)


# ---------------------------------------------------------------- two accounts become one, and two again


def join(survivor_id: int, closing_id: int) -> None:
    """Before the numbers of the account that closes go to the one that is kept, which is known by them from then on where it
    was not known itself; where both were, the other's becomes a former one. Both accounts are locked by the caller."""
    for account_id in (survivor_id, closing_id):
        _write_down(account_id)
    taken = KnownAs.objects.filter(account_id=survivor_id).values("sector")
    _current(closing_id).filter(sector__in=taken).update(former_since=clock.now())


def part(*accounts: int) -> None:
    """After the numbers went back: each is known by its latest one again, wherever the one it was known by is gone."""
    for account_id in accounts:
        without = KnownAs.objects.filter(account_id=account_id).exclude(
            sector__in=_current(account_id).values("sector")
        )
        latest: dict[str, int] = {}
        for where, pk in without.order_by(*CURRENT_FIRST).values_list("sector", "pk"):
            latest.setdefault(where, pk)
        KnownAs.objects.filter(pk__in=latest.values()).update(former_since=None)


def forget(account_id: int) -> None:
    """The account closes: nobody is known by its numbers any more."""
    KnownAs.objects.filter(account_id=account_id).delete()


def renew(account_id: int) -> None:
    """Another person holds the account from now on (`consents.corrected`). Wherever it was met it gets a number that nobody
    had, so that no system takes this person for the former one; where it was not, its own number is nobody's yet. Numbers
    that came with a merge go back to whom they name. The account is locked by the caller."""
    known = KnownAs.objects.filter(account_id=account_id)
    met = _met(account_id) | set(known.values_list("sector", flat=True))
    known.exclude(origin_id=account_id).update(account_id=F("origin_id"))
    known.update(holder=F("holder") + 1, former_since=None)
    there = set(known.values_list("sector", flat=True))
    KnownAs.objects.bulk_create(
        KnownAs(account_id=account_id, origin_id=account_id, sector=where, holder=1) for where in sorted(met - there)
    )


def _current(account_id: int) -> QuerySet[KnownAs]:
    return KnownAs.objects.filter(account_id=account_id, former_since=None)


def _write_down(account_id: int) -> None:
    written = set(KnownAs.objects.filter(account_id=account_id).values_list("sector", flat=True))
    KnownAs.objects.bulk_create(
        KnownAs(account_id=account_id, origin_id=account_id, sector=where)
        for where in sorted(_met(account_id) - written)
    )


def _met(account_id: int) -> set[str]:
    """Where the account was known: what its consents say, those that were taken back included."""
    return {sector(c) for c in Client.objects.filter(consents__account_id=account_id).distinct()}
