"""Marks that stand between two pieces of text. English writes each differently; within a sentence they are translated with it."""

from __future__ import annotations

from collections.abc import Iterable

from waizhuan.kernel.words import SILENCE, Words, say

COLON = say("：")
COMMA = say("，")
LISTING = say("、")
SEMICOLON = say("；")
STOP = say("。")

#: the Chinese mark, as templates write it (`{% mark "：" %}`)
MARKS = {words.msgid: words for words in (COLON, COMMA, LISTING, SEMICOLON, STOP)}


def listed(parts: Iterable[object], mark: Words = LISTING) -> Words:
    """All of them in one line: 甲、乙、丙. The parts and the marks become text in each reader's language."""
    given = {f"part{n}": part for n, part in enumerate(parts)}
    return Words("{mark}".join(f"{{{name}}}" for name in given), {"mark": mark, **given}) if given else SILENCE


def aside(text: object, more: object) -> Words:
    """What is said with more beside it: 甲（乙）."""
    return say("{text}（{more}）", text=text, more=more)
