"""By which number a system knows a person (`sub`), and what becomes of it where two accounts become one, or one passes to
another person.

A number belongs to an account and a sector: the host of a system whose numbers are its own (OpenID Connect Core, 8.1), or
all systems that are told the same one. So it is decided for a sector, never for a single system of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from django.db.models import F, Q, QuerySet

from waizhuan.identity.openid.models import Client, Grant, KnownAs, Subject
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.events import Happened, publish

CURRENT_FIRST = (F("former_since").desc(nulls_first=True), "-pk")


def sector(client: Client) -> str:
    """Within it a person has one number; two sectors cannot put together what they know."""
    if client.subject == Subject.PUBLIC:
        return ""
    return urlsplit(client.redirect_uris[0]).hostname or client.client_id


def own(account_id: int, sector: str, holder: int = 0) -> str:
    """An account's own number: a keyed fingerprint, the same for ever. `holder`: how many people held it before."""
    of = f"{account_id}.{holder}" if holder else str(account_id)
    return crypto.blind_index(f"openid.subject:{sector}", of)[:40]


def numbers(account_id: int, client: Client) -> tuple[str, ...]:
    """The number that the system is told, then those that it may have met the person by before. One query."""
    where = sector(client)
    rows = list(_about([account_id]).order_by(*CURRENT_FIRST))
    known = [number_of(k) for k in rows if (k.account_id, k.sector) == (account_id, where)]
    return tuple(known) or (own(account_id, where, _holders(rows).get(account_id, 0)),)


def subjects_of(grants: Iterable[Grant]) -> dict[int, str]:
    """Grant → the number that its system was told. One query."""
    found = list(grants)
    rows = list(_about({g.account_id for g in found}))
    known = {(k.account_id, k.sector): k for k in rows if k.former_since is None}
    holders, told = _holders(rows), {}
    for grant in found:
        where = sector(grant.client)
        row = known.get((grant.account_id, where))
        told[grant.pk] = number_of(row) if row else own(grant.account_id, where, holders.get(grant.account_id, 0))
    return told


def _about(accounts: Collection[int]) -> QuerySet[KnownAs]:
    return KnownAs.objects.filter(Q(account_id__in=accounts) | Q(origin_id__in=accounts))


def _holders(rows: Iterable[KnownAs]) -> dict[int, int]:
    """Account → how many people held it before whoever does now: also where it has not been met, because a system may come
    that knows what another one of its sector was told."""
    found: dict[int, int] = {}
    for k in rows:
        found[k.origin_id] = max(k.holder, found.get(k.origin_id, 0))
    return found


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
    """Another person holds the account from now on (`consents.corrected`). Every system that met it, or that will, is told a
    number that nobody had, so that none takes this person for the former one. Numbers that came with a merge go back to whom
    they name. The account is locked by the caller."""
    known = KnownAs.objects.filter(account_id=account_id)
    met = _met(account_id) | set(known.values_list("sector", flat=True))
    holder = _holders(_about([account_id])).get(account_id, 0) + 1
    known.exclude(origin_id=account_id).update(account_id=F("origin_id"))
    known.update(holder=holder, former_since=None)
    there = set(KnownAs.objects.filter(origin_id=account_id).values_list("sector", flat=True))
    KnownAs.objects.bulk_create(
        KnownAs(account_id=account_id, origin_id=account_id, sector=where, holder=holder)
        for where in sorted(met - there)
    )
    if met:
        publish(Happened(the_system(), "openid.renumbered", f"identity.account:{account_id}", {"sectors": len(met)}))


def _current(account_id: int) -> QuerySet[KnownAs]:
    return KnownAs.objects.filter(account_id=account_id, former_since=None)


def _write_down(account_id: int) -> None:
    rows = list(_about([account_id]))
    written = {k.sector for k in rows if k.account_id == account_id}
    holder = _holders(rows).get(account_id, 0)
    KnownAs.objects.bulk_create(
        KnownAs(account_id=account_id, origin_id=account_id, sector=where, holder=holder)
        for where in sorted(_met(account_id) - written)
    )


def _met(account_id: int) -> set[str]:
    """Where the account was known: what its consents say, those that were taken back included."""
    return {sector(c) for c in Client.objects.filter(consents__account_id=account_id).distinct()}
