"""'This was not me': a link in every security message that locks the account and opens the way to recover it.

The link carries a signed token, works for seven days and without signing in: who reads the message is who was told. It
works once: locking voids every link that was sent until then, and so does passing the account on.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel import clock, refusals
from waizhuan.kernel.events import Happened, publish

SALT = "not-me"
DAYS = 7


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is, and whether it still locks."""

    account: Account
    good: bool


def path(account: Account) -> str:
    sent = int(clock.now().timestamp() * 1000)
    return reverse("sign_in.not_me", args=[signing.dumps([account.pk, sent], salt=SALT)])


def address(account: Account) -> str:
    """The whole address, for text messages."""
    return str(settings.BASE_URL) + path(account)


def read(token: str) -> Link | None:
    """None for a link that is too old, altered, or of an account that is closed."""
    try:
        pk, sent = signing.loads(token, salt=SALT, max_age=DAYS * 86400)
    except (signing.BadSignature, TypeError, ValueError):
        refusals.notice(refusals.LINK)
        return None
    account = Account.objects.filter(pk=pk, closed_at=None).first()
    return None if account is None else Link(account, trusted(account, sent))


def trusted(account: Account, at: int) -> bool:
    """Does what was given out at this moment (milliseconds) still count?"""
    return account.trust_from is None or at > int(account.trust_from.timestamp() * 1000)


def lock(account: Account) -> None:
    """Nobody gets in any more, and whoever is in is out; setting a new password by recovery unlocks. Twice is once."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.locked_at:
            return
        row.locked_at = row.trust_from = clock.now()
        row.save(update_fields=["locked_at", "trust_from"])
        sessions.end_others(row)
        publish(Happened(actor_of(row), "sign_in.not_me", f"identity.account:{row.pk}", {}))
