"""Passwords against the rules, with the profile of this installation and the offline list of common passwords."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from waizhuan.identity import password_rules
from waizhuan.kernel.verdict import Verdict


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def profile() -> str:
    return str(settings.ENV["PASSWORD_PROFILE"])


def is_common(password: str) -> bool:
    return password.lower().strip() in _common()


def objections(password: str, words: Collection[str]) -> list[Verdict]:
    """Every rule that this password does not meet."""
    return password_rules.objections(password, profile=profile(), common=is_common(password), words=words)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules as they stand under an empty field, and what the page needs to tick them off while one types."""

    rules: Sequence[password_rules.Rule]
    shortest: int
    longest: int
    words: str  # what the password must not be like, a line each


def sheet(words: Collection[str] = ()) -> Sheet:
    """`words`: names of the account; whatever they are, the page shows them already."""
    found = password_rules.rules("", profile=profile(), common=False, words=words)
    shortest = password_rules.shortest(profile())
    return Sheet(found, shortest, password_rules.LONGEST, "\n".join(w for w in (*words, *password_rules.SERVICE) if w))


@cache
def common_of_length(shortest: int) -> tuple[str, ...]:
    """The common passwords that are long enough to be typed at all, for the page."""
    return tuple(sorted(p for p in _common() if len(p) >= shortest))
