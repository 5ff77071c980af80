"""Counting tries: how often something may be asked within a while, from one place or about one thing."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from waizhuan.identity.models import TryCount
from waizhuan.kernel import clock, refusals
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say_n

#: Beside a counter in the cache, which does not tell it: when its window ends.
ENDS = ".until"
#: One statement: the database's cache reads and writes in two, and two at once would count as one. A window that is over
#: begins anew.
COUNT_ONE = """
INSERT INTO identity_trycount (name, count, until) VALUES (%s, 1, %s)
ON CONFLICT (name) DO UPDATE SET
    count = CASE WHEN identity_trycount.until > %s THEN identity_trycount.count + 1 ELSE 1 END,
    until = CASE WHEN identity_trycount.until > %s THEN identity_trycount.until ELSE excluded.until END
RETURNING count
"""


def _name(key: str, seconds: int) -> str:
    """Of the counter. What is counted is not readable in the cache."""
    return "rate:" + hashlib.sha256(f"{settings.SECRET_KEY}\x00{key}\x00{seconds}".encode()).hexdigest()[:40]


def _running(names: Sequence[str]) -> QuerySet[TryCount]:
    return TryCount.objects.filter(pk__in=names, until__gt=clock.now())


def spent(key: str, *, seconds: int) -> int:
    """How many tries were counted in this window, which begins with the first of them."""
    return spent_each(key, seconds=seconds)[0]


def spent_each(*keys: str, seconds: int) -> list[int]:
    """The same of several at once. One query."""
    names = [_name(key, seconds) for key in keys]
    found = dict(_running(names).values_list("pk", "count")) if _in_database() else cache.get_many(names)
    return [int(found.get(name, 0)) for name in names]


def count(key: str, *, seconds: int) -> int:
    """Count one try; how many there are now."""
    name, now = _name(key, seconds), clock.now()
    until = now + dt.timedelta(seconds=seconds)
    if _in_database():
        ends, this = (connection.ops.adapt_datetimefield_value(at) for at in (until, now))
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ONE, [name, ends, this, this])
            return int(cursor.fetchone()[0])
    cache.add(name + ENDS, until, seconds)
    if cache.add(name, 1, seconds):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # it ended between the two calls
        cache.add(name, 1, seconds)
        return 1


def _ends(key: str, seconds: int) -> dt.datetime:
    name = _name(key, seconds)
    found = _running([name]).values_list("until", flat=True).first() if _in_database() else cache.get(name + ENDS)
    return found or clock.now()


def forget(key: str, *, seconds: int) -> None:
    name = _name(key, seconds)
    if _in_database():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM identity_trycount WHERE name = %s", [name])
    else:
        cache.delete_many([name, name + ENDS])


def forget_old() -> int:
    """Counters whose window is over."""
    return TryCount.objects.filter(until__lt=clock.now()).delete()[0]


def _in_database() -> bool:
    """Valkey counts atomically by itself; the cache in the database does not, and has a table of its own instead."""
    return isinstance(caches["default"], DatabaseCache)


def limit(key: str, *, times: int, seconds: int) -> Verdict:
    """Count one try and say whether it is within `times` per `seconds`; no limits where they are switched off."""
    if not settings.RATE_LIMITS_ON:
        return YES
    if count(key, seconds=seconds) <= times:
        return YES
    return too_often((_ends(key, seconds) - clock.now()).total_seconds())


def allowed(key: str, *, times: int, seconds: int) -> Verdict:
    """Like `limit`, without counting."""
    if not settings.RATE_LIMITS_ON or spent(key, seconds=seconds) < times:
        return YES
    return too_often((_ends(key, seconds) - clock.now()).total_seconds())


def too_often(seconds: float) -> Verdict:
    refusals.notice(refusals.THROTTLED)
    return no(say_n("试得太频繁了，请 {n} 分钟后再试", max(1, math.ceil(seconds / 60))), code="E2")


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: the entry of X-Forwarded-For that our own proxies wrote, else the peer."""
    proxies = settings.ENV["TRUSTED_PROXIES"]
    forwarded = [p.strip() for p in request.headers.get("X-Forwarded-For", "").split(",") if p.strip()]
    if proxies and len(forwarded) >= proxies:
        return str(forwarded[-proxies])[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def network_of(request: HttpRequest) -> str:
    """The /24 or /48 that the address belongs to: one neighbourhood has one budget."""
    address = address_of(request)
    return ":".join(address.split(":")[:3]) if ":" in address else ".".join(address.split(".")[:3])
