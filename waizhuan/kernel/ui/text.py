"""What people type, made plain: one form of every character, no invisible ones."""

from __future__ import annotations

import re
import unicodedata

#: never wanted in what people type: controls, and what turns the direction of text round
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: pasted along unseen; dropped without a word
_UNSEEN = re.compile(r"[\u200b\u2060\ufeff\u00ad]")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－／￥", "0123456789.,-/¥")


def plain(value: str) -> str:
    """NFC, without zero-width characters, line ends as \\n."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", unicodedata.normalize("NFC", value))


def has_controls(value: str, *, lines: bool) -> bool:
    """Control characters; line ends and tabs count as such where only one line is wanted."""
    return bool(_FORBIDDEN.search(value)) or (not lines and ("\n" in value or "\t" in value))


def half_width(value: str) -> str:
    """Figures and their punctuation as they are on a Western keyboard."""
    return value.translate(_FULL_WIDTH)


def whole(text: str) -> int | None:
    """The whole number that a form or an address gave as text, no longer than the database holds; None where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
