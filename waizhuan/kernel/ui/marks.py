"""Marks that stand between two pieces of text. English writes each differently; within a sentence they are translated with it."""

from __future__ import annotations

from collections.abc import Iterable

from waizhuan.kernel.words import say

COLON = say("：")
COMMA = say("，")
LISTING = say("、")
STOP = say("。")

#: the Chinese mark, as templates write it (`{% mark "：" %}`)
MARKS = {words.msgid: words for words in (COLON, COMMA, LISTING, STOP)}


def listed(parts: Iterable[object]) -> str:
    """All of them in one line: 甲、乙、丙."""
    return str(LISTING).join(map(str, parts))
