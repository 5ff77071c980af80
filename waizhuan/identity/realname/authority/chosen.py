"""Which authority answers here: `WAIZHUAN_AUTHORITY`."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from waizhuan.identity.realname.authority.answers import Authority
from waizhuan.identity.realname.authority.over_http import HttpAuthority


@lru_cache(maxsize=2)
def _http(url: str, token: str) -> HttpAuthority:
    # one for the whole process: its circuit breaker has to remember
    return HttpAuthority(url, token)


def authority() -> Authority:
    """The authority of this installation."""
    if settings.ENV["AUTHORITY"] == "http":
        return _http(settings.ENV["AUTHORITY_URL"], settings.ENV["AUTHORITY_TOKEN"])
    from waizhuan.identity.realname.authority.register import RegisterAuthority

    return RegisterAuthority()
