"""The one-time link by which a new holder of an account sets its password (E10, G3). Never a password by message."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from waizhuan.identity.models import Account
from waizhuan.identity.sign_in.actions import set_password
from waizhuan.identity.sign_in.models import PasswordLink
from waizhuan.kernel import clock, crypto, refusals
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say

DAYS = 3


def _fingerprint(token: str) -> str:
    return crypto.blind_index("password-link", token[:100])


def make(account: Account, *, why: str, target: str = "") -> tuple[PasswordLink, str]:
    """A new link and its whole address, for the message that is sent with it; in the caller's transaction."""
    token, now = secrets.token_urlsafe(32), clock.now()
    row = PasswordLink.objects.create(
        account=account,
        fingerprint=_fingerprint(token),
        why=why,
        target=target,
        sent_at=now,
        expires_at=now + dt.timedelta(days=DAYS),
    )
    return row, str(settings.BASE_URL) + reverse("sign_in.link", args=[token])


def read(token: str) -> PasswordLink | None:
    """The link, with its account; None where it is used up, too old or wrong, or where the account was locked, recovered,
    passed on or closed since it was sent."""
    link = (
        PasswordLink.objects.select_related("account")
        .filter(fingerprint=_fingerprint(token), used_at=None, expires_at__gt=clock.now(), account__closed_at=None)
        .first()
    )
    if link is not None and link.account.sessions_from <= link.sent_at:
        return link
    refusals.notice(refusals.LINK)
    return None


def use(link: PasswordLink, password: str) -> None:
    """Set the password; the link is used up in the same transaction. Raises Refused."""
    with transaction.atomic():
        if not PasswordLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.now()):
            raise Refused(no(say("这个链接已经用过了")))
        set_password(link.account, password, verb="sign_in.password_by_link")
