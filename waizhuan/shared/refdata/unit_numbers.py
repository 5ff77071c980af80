"""The number under which a unit is registered where it was founded: the unified social credit code on the mainland, elsewhere
the number of that place, kept as `<place>:<number>` ("HKG:12345678"). No credit code has a colon, so that one column, one
index and one rule hold both.

Sources: domain §2 (units from Hong Kong, Macao, Taiwan and abroad go to manual review); Hong Kong: Business Registration
Ordinance (8 digits, the certificate adds a branch number of 3); Taiwan: 營利事業統一編號 (8 digits, check digit by the Ministry of
Finance, sum divisible by 5 since April 2023); Macao: number in the commercial register, general knowledge; others: as printed.
"""

from __future__ import annotations

import re

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata.countries import countries
from waizhuan.shared.refdata.identity_numbers import Checked, check_uscc
from waizhuan.shared.refdata.text import compact

MAINLAND, HONG_KONG, MACAO, TAIWAN, ABROAD = "CHN", "HKG", "MAC", "TWN", "XXX"
#: Where units are registered, as the first page of registration offers it.
PLACES: tuple[tuple[str, Words], ...] = (
    (MAINLAND, say("内地")),
    (HONG_KONG, say("香港")),
    (MACAO, say("澳门")),
    (TAIWAN, say("台湾")),
    (ABROAD, say("其他国家和地区")),
)
#: What the number is called there, and how it looks.
CALLED: dict[str, tuple[Words, Words]] = {
    MAINLAND: (say("统一社会信用代码"), say("18 位，在登记证书上。")),
    HONG_KONG: (say("商业登记号码"), say("商业登记证上的 8 位数字；后面 3 位分行号可以不填。")),
    MACAO: (say("商业登记编号"), say("登记证明上的编号，例如 12345 SO。")),
    TAIWAN: (say("统一编号"), say("8 位数字。")),
    ABROAD: (say("当地的登记号码"), say("和登记证书上一样，3 到 40 个字符。")),
}
#: Divisions of GB/T 2260 for the places that have one.
DIVISIONS = {HONG_KONG: "810000", MACAO: "820000", TAIWAN: "710000"}
CREDIT_CODE = 18  # characters
WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_ABROAD = re.compile(r"[0-9A-Z][0-9A-Z./-]{2,39}")


def place_of(number: str) -> str:
    """Of a number as it is kept."""
    place, colon, _ = number.partition(":")
    return place if colon else MAINLAND


def bare(number: str) -> str:
    """As it is printed on the certificate."""
    return number.partition(":")[2] if ":" in number else number


def called(number: str) -> Words:
    """What a number that is kept is called; of one that was typed without its place, as far as it tells."""
    typed_abroad = number and ":" not in number and len(number) != CREDIT_CODE
    return CALLED.get(ABROAD if typed_abroad else place_of(number), CALLED[ABROAD])[0]


def unit_kind(place: str) -> str:
    """The kind of unit that the place decides; "" on the mainland, where it is asked."""
    return "" if place == MAINLAND else "hkmt" if place in DIVISIONS else "foreign"


def check(place: str, text: str) -> Checked:
    """Check the number of a unit of this place (ISO alpha-3); `number` is the form that is kept."""
    if place == MAINLAND:
        return check_uscc(text)
    given = compact(text)
    verdict, given = {HONG_KONG: _hong_kong, MACAO: _macao, TAIWAN: _taiwan}.get(place, _abroad)(given)
    number = f"{place}:{given}"
    return Checked(verdict, number, number if verdict.ok else "")


def check_kept(number: str) -> Checked:
    """A number as it is kept, of whatever place."""
    return check(place_of(number), bare(number))


def may_mean(text: str) -> list[str]:
    """The kept forms that a number typed without its place can mean; for countries abroad the name has to decide."""
    place, colon, number = text.strip().upper().partition(":")
    if colon:
        found = [check(place, number)] if re.fullmatch("[A-Z]{3}", place) else []
    else:
        found = [check(place, text) for place in (MAINLAND, HONG_KONG, MACAO, TAIWAN)]
    return [c.number for c in found if c.verdict.ok]


def may_mean_anywhere(text: str) -> list[str]:
    """Likewise, and that number in every country abroad: where one is looked up by its number alone."""
    verdict, given = _abroad(compact(text))
    if not verdict.ok:
        return may_mean(text)
    places = [place for place, _ in countries() if place not in CALLED]
    return [*may_mean(text), *(f"{place}:{given}" for place in (*places, ABROAD))]


def is_meant(kept: str, text: str) -> bool:
    """Does what was typed mean this number, the name being right already?"""
    return bool(kept) and (kept in may_mean(text) or (":" in kept and bare(kept) == compact(text)))


def _no(reason: Words) -> Verdict:
    return no(reason, field="uscc", code="A3")


def _hong_kong(given: str) -> tuple[Verdict, str]:
    digits = given.replace("-", "")
    if not re.fullmatch(r"[0-9]{8}([0-9]{3})?", digits):
        return _no(say("香港商业登记号码是 8 位数字，可以带 3 位分行号，例如 12345678-000")), given
    return YES, digits[:8]


def _macao(given: str) -> tuple[Verdict, str]:
    if not re.fullmatch(r"[0-9]{3,8}([A-Z]{2})?", given):
        return _no(say("澳门登记编号是 3 到 8 位数字，可以带两个字母，例如 12345 SO")), given
    return YES, given


def _taiwan(given: str) -> tuple[Verdict, str]:
    if not re.fullmatch(r"[0-9]{8}", given):
        return _no(say("台湾统一编号是 8 位数字")), given
    products = [int(d) * w for d, w in zip(given, WEIGHTS, strict=True)]
    total = sum(p // 10 + p % 10 for p in products)
    # a seven in the seventh place gives 28 → 10 → 1 or 0: both count
    if total % 5 and not (given[6] == "7" and (total + 1) % 5 == 0):
        return _no(say("台湾统一编号的校验码对不上，请核对有没有录错或录反的数字")), given
    return YES, given


def _abroad(given: str) -> tuple[Verdict, str]:
    if not _ABROAD.fullmatch(given):
        return _no(say("登记号码是 3 到 40 个字母和数字，可以有点、横线和斜线")), given[:40]
    return YES, given
