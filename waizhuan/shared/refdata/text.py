"""How people type numbers: full-width digits, spaces, hyphens of every kind, lower case. And how they are compared."""

from __future__ import annotations

import re
import unicodedata

HYPHENS = "‐‑‒–—―−﹣－-"  # the ASCII one last: it then stands for itself in a character class
_BETWEEN = re.compile(rf"[\s{HYPHENS}]+")
_HYPHEN = re.compile(f"[{HYPHENS}]")


def compact(text: str) -> str:
    """NFKC, upper case, without spaces, hyphens and invisible characters."""
    folded = unicodedata.normalize("NFKC", text).upper()
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc"))
    return _BETWEEN.sub("", visible)


def plain_hyphens(text: str) -> str:
    """NFKC, with every hyphen and dash as "-"."""
    return _HYPHEN.sub("-", unicodedata.normalize("NFKC", text))
