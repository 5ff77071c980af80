"""What the clock does for other systems."""

from __future__ import annotations

import datetime as dt

from waizhuan.identity.openid import keys, logout
from waizhuan.identity.openid.models import Grant, LogoutNotice, Token
from waizhuan.kernel import clock
from waizhuan.kernel.jobs import every

#: What ran out stays so long: a code or a token that turns up again is still known for what it was.
KEPT = dt.timedelta(days=7)
A_ROUND = 2000


@every(seconds=1)
def tell() -> None:
    """Carry the logout notices."""
    logout.deliver_due()


@every(seconds=3600)
def forget() -> None:
    """Delete what ran out long ago, and keys that are not published any more."""
    before = clock.now() - KEPT
    Token.objects.filter(pk__in=Token.objects.filter(expires_at__lt=before).values("pk")[:A_ROUND]).delete()
    Grant.objects.filter(pk__in=Grant.objects.filter(expires_at__lt=before).values("pk")[:A_ROUND]).delete()
    LogoutNotice.objects.filter(created_at__lt=before).delete()
    keys.forget_retired()
