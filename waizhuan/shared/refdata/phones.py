"""Telephone numbers as people type them (D8): stored in one form, refused only where no telephone could ring."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata.text import plain_hyphens

_EXTENSION = re.compile(r"^(.*\d.*?)\s*(-|转|轉|分机|;ext=|ext\.?|x|#)\s*(\d{1,6})$", re.IGNORECASE | re.DOTALL)
_TYPED = re.compile(r"[+0-9()\-.\s/]+")
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that was read. `stored` is the one form that is kept (E.164, with `;ext=` where there is an extension,
    RFC 3966); `shown` is for reading."""

    verdict: Verdict
    e164: str = ""
    shown: str = ""
    is_mobile: bool = False
    extension: str = ""

    @property
    def stored(self) -> str:
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164


def read_phone(text: str, *, mobile: bool = False) -> Phone:
    """Read a number; without a country code it is Chinese. `mobile`: only one that receives text messages will do."""
    # copied from an address book, a number comes between invisible marks of direction
    typed = "".join(c for c in plain_hyphens(text) if unicodedata.category(c) != "Cf").strip()
    if not typed:
        return Phone(_no(say("请填写手机号码") if mobile else say("请填写电话号码")))
    if len(typed) > LONGEST:
        return Phone(_impossible(mobile))
    number, extension = _with_extension(typed)
    if number is None:
        return Phone(_impossible(mobile))
    if _is_local(number):
        # a short number in a mobile field is a mistyped mobile number
        return Phone(_impossible(mobile) if mobile else _no(say("请加上区号，例如 010-58235529")))
    is_mobile = _is_mobile(number)
    if mobile and (not is_mobile or extension):
        return Phone(
            _no(say("请填写能收短信的手机号码，例如 138 1234 2047；境外号码请加国家代码，例如 +1 202 555 0143"))
        )
    shown = _shown(number) + (f"-{extension}" if extension else "")
    return Phone(YES, phonenumbers.format_number(number, PhoneNumberFormat.E164), shown, is_mobile, extension)


def show_phone(stored: str) -> str:
    """A stored number for reading; as it is where it is none of ours."""
    return read_phone(stored).shown or stored


def _no(reason: Words) -> Verdict:
    return no(reason, code="D8", field="phone")


def _impossible(mobile: bool) -> Verdict:
    if mobile:
        return _no(say("这不是手机号码，例如 138 1234 2047；境外号码请加国家代码，例如 +1 202 555 0143"))
    return _no(say("这不是电话号码，例如 010-58235529、0571-88888888-801 或 138 1234 2047"))


def _with_extension(typed: str) -> tuple[PhoneNumber | None, str]:
    """Split the extension off first, for the library would take it for digits of the number; but only where a whole
    number is left (010-5823-5529 has none)."""
    match = _EXTENSION.match(typed)
    if match:
        number = _parse(match[1])
        if number and phonenumbers.is_valid_number(number):
            return number, match[3]
        if match[2] != "-":
            return None, ""
    return _parse(typed), ""


def _parse(typed: str) -> PhoneNumber | None:
    if not _TYPED.fullmatch(typed):
        return None
    try:
        number = phonenumbers.parse(typed, "CN")
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) or _is_local(number) else None


def _is_local(number: PhoneNumber) -> bool:
    """A Chinese number without its area code. The library takes some of these for possible ones."""
    return (
        number.country_code == 86
        and 5 <= len(str(number.national_number)) <= 8
        and not phonenumbers.is_valid_number(number)
    )


def _is_mobile(number: PhoneNumber) -> bool:
    if number.country_code == 86:
        # new ranges are in use before the library knows them
        return bool(_CHINESE_MOBILE.fullmatch(str(number.national_number)))
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE


def _shown(number: PhoneNumber) -> str:
    ours = number.country_code == 86
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if ours else PhoneNumberFormat.INTERNATIONAL)
