"""Masked values for pages: the first and last characters stay, so that one recognises one's own (look: Words)."""

from __future__ import annotations

import re
import unicodedata

from waizhuan.shared.refdata.unit_numbers import bare


def mask_number(number: str) -> str:
    """330106199003074826 → 3301**********4826; E12345678 → E1*****78."""
    n = len(number)
    keep = 4 if n >= 14 else 2 if n >= 8 else 1 if n >= 4 else 0
    return number[:keep] + "*" * (n - 2 * keep) + number[n - keep :]


def mask_uscc(code: str) -> str:
    """12100000MB0812343K → 1210****MB08****3K; the number of another place as it is printed there: HKG:12345678 → 12****78."""
    code = bare(code)
    return f"{code[:4]}****{code[8:12]}****{code[16:]}" if len(code) == 18 else mask_number(code)


def mask_phone(phone: str) -> str:
    """+8613812342047 → 138****2047, +861058235529 → 010****5529; abroad the country and the last digits: +1****0143."""
    bare = phone.split(";")[0]
    digits = re.sub(r"[^0-9]", "", bare)
    if bare.startswith("+") and not digits.startswith("86"):
        return f"+{_calling_code(digits)}****{digits[-4:]}" if len(digits) >= 7 else "*" * len(digits)
    if bare.startswith("+"):
        digits = digits[2:]
        if not re.match(r"1[3-9][0-9]{9}$|[48]00", digits):
            digits = "0" + digits  # a fixed line is written with its area code's zero
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"{digits[:1]}****{digits[-2:]}"


def _calling_code(digits: str) -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return next((digits[:n] for n in (1, 2, 3) if int(digits[:n]) in COUNTRY_CODE_TO_REGION_CODE), "")


def mask_name(name: str) -> str:
    """沈知微 → 沈**; Shen Zhiwei → Shen **; Madonna → M**. How long the rest is stays hidden."""
    text = unicodedata.normalize("NFC", name).strip()
    if not text:
        return ""
    first, space, _ = text.partition(" ")
    return f"{first} **" if space and first.isascii() else f"{text[0]}**"


def mask_email(email: str) -> str:
    """anna@example.org → a***@example.org."""
    local, at, domain = email.partition("@")
    return f"{local[:1]}***@{domain}" if at and local else "***"
