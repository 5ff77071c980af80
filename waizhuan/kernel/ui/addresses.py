"""Addresses of screens that every page links to."""

from __future__ import annotations

from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse


def address(screen: str) -> str:
    """Where this screen is; "" where no errand of this installation has it. A page asks for thirty of them, each the same
    in every request."""
    return _address(screen, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=500)
def _address(screen: str, urlconf: str | None, prefix: str) -> str:
    try:
        return reverse(screen, urlconf)
    except NoReverseMatch:
        return ""


def address_of(screen: str, id: int) -> str:
    """Where this screen shows the row with this id: a list asks once for each line."""
    before, after = _around(screen, get_urlconf(), get_script_prefix())
    return f"{before}{id}{after}"


@lru_cache(maxsize=500)
def _around(screen: str, urlconf: str | None, prefix: str) -> tuple[str, str]:
    before, _, after = reverse(screen, urlconf, args=[_ANY]).partition(str(_ANY))
    return before, after


#: Stands for any id; no path holds it otherwise.
_ANY = 9_876_543_210
