"""Identity documents of people, and the unified social credit codes of units (D7).

Standards: GB 11643-1999, GA/T 517, ISO 7064 MOD 11-2, ICAO 9303, GB 32100-2015, GB 11714-1997. A check says at once what
is wrong; what merely looks unusual (a county that the current table does not know) is a warning and never refuses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from stdnum.iso7064 import mod_11_2

from waizhuan.kernel import clock
from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import SILENCE, Words, say
from waizhuan.shared.refdata import countries, divisions
from waizhuan.shared.refdata.text import compact


class DocType(StrEnum):
    """Kinds of identity document (D7)."""

    RESIDENT_ID = "resident_id"
    HKMT_RESIDENCE = "hkmt_residence"
    HKM_PERMIT = "hkm_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PERMANENT_ID = "permanent_id"
    PASSPORT = "passport"


#: What the reader sees, in the order in which it is offered.
LABELS: dict[DocType, Words] = {
    DocType.RESIDENT_ID: say("居民身份证"),
    DocType.PASSPORT: say("护照"),
    DocType.PERMANENT_ID: say("外国人永久居留身份证"),
    DocType.HKM_PERMIT: say("港澳居民来往内地通行证"),
    DocType.TAIWAN_PERMIT: say("台湾居民来往大陆通行证"),
    DocType.HKMT_RESIDENCE: say("港澳台居民居住证"),
}
#: Code of the kind of document in exchanges with authorities (GA/T 517), where one is known.
GAT_517: dict[DocType, str] = {
    DocType.RESIDENT_ID: "111",
    DocType.PASSPORT: "414",
    DocType.TAIWAN_PERMIT: "511",
    DocType.HKM_PERMIT: "513",
}
MALE, FEMALE = "1", "2"  # GB/T 2261.1


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `number` is the normalised form, also of a wrong one; `key` is what two documents are compared
    by, "" while the number is wrong. `birth` and `sex` (GB/T 2261.1) are read from the number where it tells them."""

    verdict: Verdict
    number: str
    key: str = ""
    warning: Words = SILENCE
    birth: dt.date | None = None
    sex: str = ""


def label(doc_type: str) -> Words:
    """What the kind of document is called; a kind that we do not know is shown as it is."""
    try:
        return LABELS[DocType(doc_type)]
    except ValueError:
        return Words(doc_type)


def check_document(doc_type: str, number: str, country: str = "CHN") -> Checked:
    """Check the number of an identity document. `country`, the issuing country (ISO alpha-3), matters for passports."""
    try:
        kind = DocType(doc_type)
    except ValueError:
        return Checked(no(say("请选择证件类型"), code="D7", field="doc_type"), compact(number))
    given = compact(number)
    if not given:
        return Checked(_no(say("请填写证件号码")), "")
    return _CHECKS[kind](given, country.strip().upper())


def may_mean(number: str) -> list[str]:
    """The keys of every document that a number typed without its kind can be, a passport of any country included."""
    found = {check_document(kind, number).key for kind in DocType if kind != DocType.PASSPORT}
    given = compact(number)
    if check_document(DocType.PASSPORT, given).key:  # else no country's: their numbers have one form
        found |= {_passport(given, country).key for country, _ in countries.countries()}
    return sorted(found - {""})


def _no(reason: Words, code: str = "D7") -> Verdict:
    return no(reason, code=code, field="doc_number")


# ---------------------------------------------------------------- numbers of 18 digits


_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_RESIDENCE = ("810000", "820000", "830000")
_OLDEST = 150 * 366


def _eighteen(number: str) -> Checked:
    """Form, birth date and check digit, which all the numbers of 18 digits share."""
    if not _EIGHTEEN.fullmatch(number):
        reason = say("应为 18 位：前 17 位是数字，最后一位是数字或 X。现在是 {n} 位", n=len(number))
        return Checked(_no(reason if len(number) != 18 else say("前 17 位只能是数字，最后一位是数字或 X")), number)
    birth = _date(number[6:14])
    if birth is None:
        return Checked(_no(say("第 7 到 14 位应是出生日期，{digits} 不是有效的日期", digits=number[6:14])), number)
    if not mod_11_2.is_valid(number):
        return Checked(_no(say("最后一位校验码对不上，请核对有没有录错或录反的数字")), number)
    sex = MALE if int(number[16]) % 2 else FEMALE
    return Checked(YES, number, number, birth=birth, sex=sex)


def _date(digits: str) -> dt.date | None:
    """A real date, not in the future, of somebody who may be alive."""
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    age = (clock.today() - day).days
    return day if 0 <= age <= _OLDEST else None


def _resident_id(number: str, country: str) -> Checked:
    """居民身份证, GB 11643-1999: division 6, birth date 8, sequence 3, check character."""
    if re.fullmatch(r"[0-9]{15}", number):
        return Checked(_no(say("15 位的第一代身份证已停用，请填 18 位的号码")), number)
    if number[:6] in _RESIDENCE:
        return Checked(_no(say("这是港澳台居民居住证的号码，请把证件类型改成它")), number)
    if re.fullmatch(r"9[0-9]{16}[0-9X]", number):
        return Checked(_no(say("这是外国人永久居留身份证的号码，请把证件类型改成它")), number)
    found = _eighteen(number)
    if not found.verdict.ok:
        return found
    if not divisions.is_province(number[:2]):
        return Checked(_no(say("前两位 {digits} 不是任何省份的代码", digits=number[:2])), number)
    if not divisions.division_name(number[:6]):
        # Counties come and go; a number once given stays. The table of today proves nothing against it.
        unknown = say("前六位 {digits} 不在现行区划表里，如果证件上就是这样，请继续", digits=number[:6])
        return replace(found, warning=unknown)
    return found


def _hkmt_residence(number: str, country: str) -> Checked:
    """港澳台居民居住证: like the resident ID, beginning with 810000, 820000 or 830000."""
    found = _eighteen(number)
    if found.verdict.ok and number[:6] not in _RESIDENCE:
        return Checked(_no(say("港澳台居民居住证的号码以 810000、820000 或 830000 开头")), number)
    return found


# ---------------------------------------------------------------- other forms


def _hkm_permit(number: str, country: str) -> Checked:
    """港澳居民来往内地通行证: H or M and 8 digits for life, on older cards 2 more that count the renewals."""
    if not re.fullmatch(r"[HM][0-9]{8}([0-9]{2})?", number):
        return Checked(_no(say("应为字母 H 或 M 加 8 位数字，旧证再加 2 位换证次数，例如 H01234567")), number)
    return Checked(YES, number, number[:9])


def _taiwan_permit(number: str, country: str) -> Checked:
    """台湾居民来往大陆通行证 (台胞证): 8 digits, or on old booklets 10 digits and a letter, often in brackets."""
    bare = re.sub(r"[()]", "", number)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{10}[A-Z]", bare):
        return Checked(_no(say("应为 8 位数字，旧证为 10 位数字加 1 个字母，例如 01234567")), bare)
    return Checked(YES, bare, "TW:" + bare)


def _permanent_id(number: str, country: str) -> Checked:
    """外国人永久居留身份证: 18 digits (2023: 9, province, nationality, birth date, sequence, check), before that 3
    letters and 12 digits."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        known = countries.is_country(number[:3])
        unknown = say("前三位 {digits} 不是我们知道的国籍代码，如果证件上就是这样，请继续", digits=number[:3])
        return Checked(YES, number, number, SILENCE if known else unknown, _short_date(number[7:13]))
    if not number.startswith("9"):
        reason = say("新证应为以 9 开头的 18 位号码，旧证为 3 个字母加 12 位数字，例如 KAZ110090123105")
        return Checked(_no(reason), number)
    found = _eighteen(number)
    if not found.verdict.ok:
        return found
    if not divisions.is_province(number[1:3]):
        return Checked(_no(say("第 2、3 位 {digits} 不是任何省份的代码", digits=number[1:3])), number)
    if not countries.is_numeric(number[3:6]):
        unknown = say("第 4 到 6 位 {digits} 不是我们知道的国籍代码，如果证件上就是这样，请继续", digits=number[3:6])
        return replace(found, warning=unknown)
    return found


def _short_date(digits: str) -> dt.date | None:
    """A birth date written with two digits of the year, where only one century is possible."""
    centuries = [day for day in (_date("19" + digits), _date("20" + digits)) if day]
    return centuries[0] if len(centuries) == 1 else None


def _passport(number: str, country: str) -> Checked:
    """护照: letters and digits of the issuing country (ICAO 9303). Compared together with the country."""
    if not countries.is_country(country):
        return Checked(no(say("请选择签发国家或地区"), code="D7", field="doc_country"), number)
    if not re.fullmatch(r"(?=.*[0-9])[A-Z0-9]{5,15}", number):
        return Checked(_no(say("护照号码由 5 到 15 位字母和数字组成，不含符号，例如 E12345678")), number)
    return Checked(YES, number, f"{country}:{number}")


_CHECKS: dict[DocType, Callable[[str, str], Checked]] = {
    DocType.RESIDENT_ID: _resident_id,
    DocType.HKMT_RESIDENCE: _hkmt_residence,
    DocType.HKM_PERMIT: _hkm_permit,
    DocType.TAIWAN_PERMIT: _taiwan_permit,
    DocType.PERMANENT_ID: _permanent_id,
    DocType.PASSPORT: _passport,
}


# ---------------------------------------------------------------- unified social credit code


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_uscc(text: str) -> Checked:
    """统一社会信用代码, GB 32100-2015: department 1, category 1, division 6, subject code 9 (GB 11714), check 1.

    Computed here, because libraries refuse the codes that begin with A, N or Y.
    """
    code = compact(text)
    if not code:
        return Checked(no(say("请填写统一社会信用代码"), field="uscc"), "")
    if len(code) != 18:
        return Checked(no(say("统一社会信用代码应为 18 位，现在是 {n} 位", n=len(code)), field="uscc"), code)
    wrong = sorted(set(code) - set(_USCC))
    if wrong:
        reason = say(
            "统一社会信用代码不使用字母 I、O、S、V、Z 和符号，请核对：{wrong}（数字 1、0、5、2 常被看错）",
            wrong=marks.listed(wrong),
        )
        return Checked(no(reason, field="uscc"), code)
    if not code[2:8].isdigit():
        return Checked(no(say("第 3 到 8 位是登记机关所在地，只能是数字"), field="uscc"), code)
    if not _subject_is_valid(code[8:17]) or uscc_check_character(code[:17]) != code[17]:
        return Checked(no(say("统一社会信用代码的校验码对不上，请核对有没有录错或录反的字符"), field="uscc"), code)
    return Checked(YES, code, code)


def uscc_check_character(first17: str) -> str:
    """The 18th character: weights 3^(i-1) mod 31."""
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return _USCC[(31 - total) % 31]


def subject_check_character(first8: str) -> str:
    """The 9th character of a subject code (主体标识码, GB 11714-1997)."""
    rest = 11 - sum(int(c, 36) * w for c, w in zip(first8, _SUBJECT_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def _subject_is_valid(subject: str) -> bool:
    return subject_check_character(subject[:8]) == subject[8]


#: Registering department and category (the first two characters) → kind of unit (`tables.UNIT_KINDS`).
_UNIT_KINDS = {
    "11": "government",
    "12": "institution",
    "13": "mass_organisation",
    "51": "social_organisation",
    "52": "private_non_enterprise",
    "53": "foundation",
    "91": "enterprise",
    "92": "individual_business",
    "93": "cooperative",
    "A1": "military",
    "A9": "military",
    "N1": "rural_collective",
    "N2": "rural_collective",
    "N3": "rural_collective",
}


def unit_kind_of(code: str) -> str:
    """The kind of unit that a valid credit code names; "other" for departments such as 司法, 外交, 宗教, 工会."""
    return _UNIT_KINDS.get(code[:2], "other")
