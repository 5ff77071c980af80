"""One-time codes by SMS or e-mail: six digits, ten minutes, five tries, used once.

Only the newest code of a purpose and destination counts. The database holds an HMAC of it, so that who reads the
database cannot sign in with it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from waizhuan.kernel import clock, crypto
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say, say_n
from waizhuan.shared.notify import outbox
from waizhuan.shared.notify.models import OneTimeCode
from waizhuan.shared.notify.templates_registry import fill

DIGITS = 6
MINUTES = 10
TRIES = 5
PAUSE = 60  # seconds before another one is sent
KEPT = dt.timedelta(days=1)  # after it is void
AN_HOUR = 5  # codes of one purpose to one destination
CEILING = 10  # codes an hour to one destination, whatever they are for: nobody's phone is flooded
#: Errands by which one gets into one's account, each with a ceiling of its own: whatever a stranger asks for elsewhere in the
#: name of somebody's number shuts none of them. Who asks at the door itself, from several networks, can keep others waiting
#: there for an hour, but not a browser that the account knows.
DOORS = {"sign_in": 8, "sign_in.known": AN_HOUR, "recovery": 8, "recovery.known": AN_HOUR, "appeal": 8}
SUBJECT = say("验证码 {code}")
TEXT = say("【外专】验证码 {code}，{minutes} 分钟内有效。工作人员不会向您要验证码，请不要告诉别人。")


@dataclass(frozen=True, slots=True)
class Issued:
    """`verdict` is no where none was sent; `wait`: seconds until another one may be asked for."""

    verdict: Verdict
    wait: int = PAUSE


def issue(
    purpose: str,
    destination: str,
    channel: str = "sms",
    *,
    at_once: bool = True,
    holder: str = "",
    text: Words = TEXT,
) -> Issued:
    """Send a code for `purpose` ("registration") to a phone (E.164) or an e-mail address, in the reader's language. `text`
    says what it opens, where that is more than signing in.

    `holder` ties it to whom it is for (a browser): only their answer counts, only their own wrong ones use it up, and what
    others ask for does not replace it.
    `at_once=False` leaves the sending to the job, a second later: where the time of an answer must not tell whether
    anything was sent.
    """
    index = _index(destination)
    purpose = _held(purpose, holder)
    now = clock.now()
    with transaction.atomic():
        _one_at_a_time(index)
        wait = _wait(index, purpose, now) if settings.RATE_LIMITS_ON else 0
        if wait > PAUSE:
            minutes = -(-wait // 60)
            return Issued(_no(say_n("发给这里的验证码太多了，请 {n} 分钟后再试", minutes)), wait)
        if wait:
            return Issued(_no(say_n("验证码刚发过，请 {n} 秒后再试", wait)), wait)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        row = OneTimeCode.objects.create(
            purpose=purpose,
            destination_index=index,
            code_mac=_mac(purpose, index, code),
            created_at=now,
            expires_at=now + dt.timedelta(minutes=MINUTES),
        )
        filling = {"code": code, "minutes": MINUTES}
        outbox.put(
            channel,
            destination,
            fill(text, filling),
            subject=fill(SUBJECT, filling),
            key=f"code:{row.pk}:{secrets.token_hex(4)}",
            at_once=at_once,
        )
    return Issued(YES)


def check(purpose: str, destination: str, code: str, *, holder: str = "") -> Verdict:
    """Is this the code that was sent? A yes uses it up.

    A transaction of its own: a caller's rollback must not give a try back. So it is called before the caller's
    transaction, never within it (Django raises RuntimeError there).
    """
    index = _index(destination)
    purpose = _held(purpose, holder)
    given = "".join(str(int(c)) for c in code[:40] if c.isdecimal())  # full-width digits too
    now = clock.now()
    with transaction.atomic(durable=True):
        row = _newest(purpose, index)
        if row is None:
            return _no(say("还没有给这里发过验证码，请先获取验证码"))
        if row.used_at:
            return _no(say("这个验证码已经用过了，请重新获取"))
        if row.expires_at <= now:
            return _no(say("验证码已过期，请重新获取"))
        if row.tries >= TRIES:
            return _no(say("这个验证码输错太多次，已经作废，请重新获取"))
        if len(given) != DIGITS:
            return _no(say("验证码是 6 位数字"))
        if not hmac.compare_digest(row.code_mac, _mac(purpose, index, given)):
            OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            left = TRIES - row.tries - 1
            return _no(
                say_n("验证码不对，请核对最新收到的那一条，还可以试 {n} 次", left)
                if left
                else say("验证码不对，这个验证码已经作废，请重新获取")
            )
        OneTimeCode.objects.filter(pk=row.pk).update(used_at=now)
    return YES


def void(*destinations: str) -> None:
    """Codes that went there and were not used count no more: what they would open has changed hands."""
    indexes = [_index(d) for d in destinations if d]
    OneTimeCode.objects.filter(destination_index__in=indexes, used_at=None).update(used_at=clock.now())


def forget_old() -> int:
    """Delete codes that have been void for a day."""
    deleted, _ = OneTimeCode.objects.filter(expires_at__lt=clock.now() - KEPT).delete()
    return deleted


def _held(purpose: str, holder: str) -> str:
    return f"{purpose}:{holder}" if holder else purpose


def _errand(purpose: str) -> str:
    return purpose.partition(":")[0]


def _no(reason: Words) -> Verdict:
    return no(reason, field="code")


def _newest(purpose: str, index: str) -> OneTimeCode | None:
    """Locked: two simultaneous answers are judged one after the other."""
    rows = OneTimeCode.objects.select_for_update().filter(destination_index=index, purpose=purpose)
    return rows.order_by("-id").first()


def _index(destination: str) -> str:
    return crypto.blind_index("code", destination.strip().lower())


def _mac(purpose: str, index: str, code: str) -> str:
    return crypto.blind_index("code:" + purpose, f"{index}:{code}")


def _one_at_a_time(index: str) -> None:
    """Until the end of the transaction, so that simultaneous requests cannot outrun the limits. SQLite does so anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(index[:15], 16)])


def _wait(index: str, purpose: str, now: dt.datetime) -> int:
    """Seconds until another code may go to this destination for this purpose. One query."""
    an_hour = dt.timedelta(hours=1)
    every = list(
        OneTimeCode.objects.filter(destination_index=index, created_at__gt=now - an_hour)
        .order_by("-id")
        .values_list("created_at", "purpose")[: CEILING + sum(DOORS.values())]
    )
    errand = _errand(purpose)
    ceiling = DOORS.get(errand, CEILING)
    together = [
        at for at, what in every if (_errand(what) == errand if errand in DOORS else _errand(what) not in DOORS)
    ]
    recent = [at for at, what in every if what == purpose][:AN_HOUR]
    free = now
    if recent:
        free = max(free, recent[0] + dt.timedelta(seconds=PAUSE))
    if len(recent) == AN_HOUR:
        free = max(free, recent[-1] + an_hour)
    if len(together) >= ceiling:
        free = max(free, together[ceiling - 1] + an_hour)
    return -(-int((free - now).total_seconds() * 1000) // 1000)
