"""The captcha's question in words, for whoever neither sees the picture nor hears the digits. Pure.

Everyday words, each of one kind only, drawn anew for each form: which of them are this and that, or what they begin or end with. No single
sentence to read out a sum from, and no short list of answers to try.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from itertools import permutations

from django.utils.translation import gettext as _

from waizhuan.kernel.ui import marks

BETWEEN = "|"  # in a stored answer: between words in any order; the picture and the digits have none
KINDS = ("animal", "fruit", "colour", "furniture", "body")
ZH = {
    "animal": "老虎 兔子 猴子 熊猫 山羊 鸭子 狮子 大象",
    "fruit": "苹果 葡萄 香蕉 西瓜 草莓 荔枝 樱桃 桃子",
    "colour": "红色 蓝色 绿色 黄色 白色 黑色 紫色 灰色",
    "furniture": "桌子 椅子 沙发 柜子 书架 板凳",
    "body": "眼睛 耳朵 鼻子 嘴巴 肩膀 膝盖 手指",
}
EN = {
    "animal": "horse tiger rabbit sheep monkey elephant duck lion",
    "fruit": "apple pear peach banana melon cherry grape strawberry",
    "colour": "red blue green yellow white black purple grey",
    "furniture": "table chair sofa cupboard bookshelf desk",
    "body": "ear nose mouth shoulder knee finger elbow",
}
FILLERS = re.compile(r"\b(and|the|an?)\b|[和与跟及]")


def question(language: str) -> tuple[str, str]:
    """What is asked, in this language, and the answer as it is kept."""
    draw = secrets.SystemRandom()
    words = EN if language.startswith("en") else ZH
    kinds = draw.sample(KINDS, 5)
    drawn = [draw.choice(words[kind].split()) for kind in kinds]
    comma = str(marks.LISTING)
    if draw.random() < 0.5:
        first, second = draw.sample(range(5), 2)
        names = {
            "animal": _("动物"), "fruit": _("水果"), "colour": _("颜色"), "furniture": _("家具"), "body": _("身体部位"),
        }  # fmt: skip
        asked = {"words": comma.join(drawn), "one": names[kinds[first]], "other": names[kinds[second]]}
        return _("%(words)s：哪个是%(one)s，哪个是%(other)s？两个都写") % asked, drawn[first] + BETWEEN + drawn[second]
    shown = comma.join(drawn[:4])
    if draw.random() < 0.5:
        return _("%(words)s：依次写出每个词的第一个字") % {"words": shown}, BETWEEN + "".join(w[0] for w in drawn[:4])
    return _("%(words)s：依次写出每个词的最后一个字") % {"words": shown}, BETWEEN + "".join(w[-1] for w in drawn[:4])


def is_answer(given: str, kept: str) -> bool:
    """Is it this answer? In any order and case, with whatever stands between the words, and one letter may be wrong in long ones."""
    text = unicodedata.normalize("NFKC", given[:200]).lower()
    letters = kept.startswith(BETWEEN)  # "a" is one of them, not an article
    typed = re.sub(r"[\W_]+", "", text if letters else FILLERS.sub(" ", text))
    return any(_alike(typed, "".join(words)) for words in permutations(w for w in kept.split(BETWEEN) if w))


def _alike(typed: str, wanted: str) -> bool:
    if typed == wanted:
        return True
    if len(wanted) < 7 or abs(len(typed) - len(wanted)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(typed, wanted, strict=False)) if a != b), min(len(typed), len(wanted)))
    rest, left = typed[at:], wanted[at:]
    return rest[1:] == left[1:] or rest[1:] == left or rest == left[1:]
