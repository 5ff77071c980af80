"""Names of people and of organisations: what may be one, and the key by which two are compared (domain §1)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata.text import HYPHENS

DOT = "·"
_DOTS = re.compile(r"\s*[·・•‧∙⋅･᛫⸱ᐧ●．]\s*")
_APOSTROPHES = re.compile(r"[’‘ʼ`´′＇ʻ]")
_HYPHEN = re.compile(f"[{HYPHENS}]")
_HAN_SPACE = re.compile(r"(?<=[^\x00-\u02ff]) | (?=[^\x00-\u02ff])")
LONGEST_KEY = 100  # identity.Person.name_key
LONGEST_ORGANISATION_KEY = 200


@dataclass(frozen=True, slots=True)
class CheckedName:
    """What a check of a name found; `name` is the form that is kept."""

    verdict: Verdict
    name: str


def tidy(text: str) -> str:
    """NFC, one space between words, one kind of middle dot, no invisible characters. What is kept and shown."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return _DOTS.sub(DOT, re.sub(r"\s+", " ", text).strip())


def name_key(text: str) -> str:
    """By what names are compared: NFKC, without case; brackets, dots, apostrophes and hyphens of one kind; no spaces
    beside Chinese characters (沈 知微 = 沈知微, （集团） = (集团), John  SMITH = John Smith)."""
    key, before = _folded(text), text
    while key != before:  # what one pass composes (o ^ ´ → ố) the next one may bring together
        key, before = _folded(key), key
    return key


def _folded(text: str) -> str:
    text = tidy(unicodedata.normalize("NFKC", tidy(text)))
    text = _APOSTROPHES.sub("'", _HYPHEN.sub("-", text))
    text = re.sub(r"\s*([()])\s*", r"\1", text)
    return unicodedata.normalize("NFKC", _HAN_SPACE.sub("", text).casefold())


def check_name(text: str) -> CheckedName:
    """A person's name: 1 to 50 characters of any script, with middle dots, spaces, hyphens, apostrophes, full stops."""
    name = tidy(text)
    if not name:
        return CheckedName(_no(say("请填写姓名")), name)
    wrong = _strange(name, DOT + " -'.,()" + HYPHENS)
    if wrong:
        return CheckedName(_no(say("姓名里不能有这些字符：{wrong}", wrong=wrong)), name)
    if not any(unicodedata.category(c).startswith("L") for c in name):
        return CheckedName(_no(say("请填写证件上的姓名")), name)
    if len(name) > 50 or len(name_key(name)) > LONGEST_KEY:
        return CheckedName(_no(say("姓名最多 50 个字，现在是 {n} 个", n=len(name))), name)
    return CheckedName(YES, name)


def check_organisation_name(text: str) -> CheckedName:
    """A unit's full name: 2 to 100 characters, letters and digits of any script and the usual punctuation."""
    name = tidy(text)
    if not name:
        return CheckedName(_no(say("请填写单位全称")), name)
    if len(name) < 2 or len(name) > 100 or len(name_key(name)) > LONGEST_ORGANISATION_KEY:
        return CheckedName(_no(say("单位全称为 2 到 100 个字，现在是 {n} 个", n=len(name))), name)
    wrong = _strange(name, DOT + " -'.,()（）&、/，。：:+《》“”\"【】[]" + HYPHENS, digits=True)
    if wrong:
        return CheckedName(_no(say("单位全称里不能有这些字符：{wrong}", wrong=wrong)), name)
    if not any(unicodedata.category(c).startswith("L") for c in name):
        return CheckedName(_no(say("请填写登记证书上的单位全称")), name)
    return CheckedName(YES, name)


def _no(reason: Words) -> Verdict:
    return no(reason, field="name")


def _strange(name: str, allowed: str, *, digits: bool = False) -> Words:
    """The characters that are neither letters nor marks (nor digits) nor allowed, for showing."""
    found = []
    for c in name:
        kind = unicodedata.category(c)
        fine = kind[0] in "LM" or c in allowed or _APOSTROPHES.match(c) or (digits and kind in ("Nd", "Nl", "No"))
        fine = fine or kind == "Nl"  # 〇 is a numeral letter
        if not fine and c not in found:
            found.append(c)
    return marks.listed(c if c.isprintable() else f"U+{ord(c):04X}" for c in found[:5])
