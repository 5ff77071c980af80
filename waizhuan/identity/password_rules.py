"""What a password must be (B4). Pure: the same table ticks off on the page and decides on the server.

Two profiles: `dengbao3` (等保 level 3, GB/T 22239-2019: composition) and `nist` (SP 800-63B-4: length, no composition).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import Words, say

SPECIALS = "!@#$%^&*_-.?"
CLASSES: tuple[tuple[str, Words, str], ...] = (
    ("upper", say("大写字母"), r"[A-Z]"),
    ("lower", say("小写字母"), r"[a-z]"),
    ("digit", say("数字"), r"[0-9]"),
    ("special", say("特殊字符 {specials}", specials=" ".join(SPECIALS)), "[" + re.escape(SPECIALS) + "]"),
)
SHORTEST = {"dengbao3": 10, "nist": 15}
LONGEST = 128
#: What everybody here would guess first: the names of the service, of its predecessor, and what it is about.
SERVICE = ("waizhuan", "wgzjxm", "waiguozhuanjia", "foreignexpert", "外专", "外国专家", "政务服务")
KINDS_ASKED = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """One line under the field: what is asked, and whether it is met."""

    code: str
    label: Words
    met: bool
    kinds: Sequence[Rule] = ()
    pattern: str = ""  # of one kind of character; the page ticks it off by the same expression


def shortest(profile: str) -> int:
    return SHORTEST[profile]


def classes_in(password: str) -> frozenset[str]:
    return frozenset(code for code, _, pattern in CLASSES if re.search(pattern, password))


def strange_in(password: str) -> str:
    """The characters that the composition profile does not allow."""
    return re.sub(r"[A-Za-z0-9" + re.escape(SPECIALS) + "]", "", password)


def similar(password: str, words: Collection[str]) -> bool:
    """Does it contain a name of the account or of the service, or look much like one? The page asks the same
    (`password-rules.js`). Two letters are no name, two Chinese characters are."""
    plain = password.casefold()
    for word in words:
        word = word.casefold().strip()
        if len(word) >= (3 if word.isascii() else 2) and (
            word in plain or SequenceMatcher(None, plain, word).ratio() > 0.7
        ):
            return True
    return False


def rules(password: str, *, profile: str, common: bool, words: Collection[str]) -> Sequence[Rule]:
    """Every rule with its verdict. `common`: it stands in the list of common passwords; `words`: login name, name, …"""
    table = [
        Rule("length", say("{n} 位以上", n=shortest(profile)), shortest(profile) <= len(password) <= LONGEST),
        Rule("common", say("不是常见密码"), bool(password) and not common),
        Rule(
            "similar",
            say("与姓名、登录名不相近，不含单位或本系统的名称"),
            bool(password) and not similar(password, (*words, *SERVICE)),
        ),
    ]
    if profile == "dengbao3":
        there = classes_in(password)
        kinds = [Rule(code, label, code in there, pattern=pattern) for code, label, pattern in CLASSES]
        table.append(Rule("kinds", say("四类字符至少三类"), len(there) >= KINDS_ASKED, kinds))
        # only worth a line once somebody has typed something else: the kinds above say which are allowed
        table.append(Rule("allowed", say("特殊字符只用 {specials}", specials=SPECIALS), not strange_in(password)))
    return table


#: what is said beside the field when a rule is not met
_MISSING: dict[str, Words] = {
    "common": say("这个密码太常见，容易被人猜到，请换一个"),
    "similar": say("密码与姓名、登录名、单位或本系统的名称太接近，请换一个"),
    "kinds": say("大写字母、小写字母、数字、特殊字符四类，至少要有三类"),
    "allowed": say("有不能用的字符。特殊字符可以用 {specials}", specials=SPECIALS),
}


def objections(password: str, *, profile: str, common: bool, words: Collection[str]) -> list[Verdict]:
    """Every rule that is not met, as verdicts beside the field, all at once."""
    found = []
    for rule in rules(password, profile=profile, common=common, words=words):
        if not rule.met:
            reason = _MISSING.get(rule.code) or say("密码要 {n} 到 {most} 位", n=shortest(profile), most=LONGEST)
            found.append(no(reason, field="password", code="B4"))
    return found
