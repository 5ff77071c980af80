"""The machine readable zone of a passport: ICAO 9303 part 4, size TD3, two lines of 44 characters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from waizhuan.kernel import clock

_VALUES = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says whose check digits are all right."""

    country: str
    name: str
    number: str
    nationality: str
    birth: dt.date | None
    sex: str  # GB/T 2261.1
    expires: dt.date | None


def check_digit(field: str) -> str:
    """Weights 7, 3, 1 modulo 10."""
    return str(sum(_VALUES[c] * (7, 3, 1)[i % 3] for i, c in enumerate(field)) % 10)


def read_td3(text: str) -> Zone | None:
    """Read two lines of 44 characters; None where they are no such zone or a check digit is wrong."""
    lines = re.sub(r"[^A-Z0-9<]", "", text.upper())
    if len(lines) != 88 or not lines.startswith("P"):
        return None
    one, two = lines[:44], lines[44:]
    checked = ((two[:9], two[9]), (two[13:19], two[19]), (two[21:27], two[27]))
    if any(check_digit(field) != digit for field, digit in checked):
        return None
    personal = check_digit(two[28:42]) == two[42] or (two[42] == "<" and not two[28:42].strip("<"))
    if not personal or check_digit(two[:10] + two[13:20] + two[21:43]) != two[43]:
        return None
    surname, _, given = one[5:].partition("<<")
    name = " ".join(part.replace("<", " ").strip() for part in (surname, given)).strip()
    birth = _date(two[13:19], past=True)
    sex = {"M": "1", "F": "2"}.get(two[20], "0")
    number, nationality = two[:9].rstrip("<"), two[10:13].rstrip("<")
    return Zone(one[2:5].rstrip("<"), name, number, nationality, birth, sex, _date(two[21:27], past=False))


def _date(digits: str, *, past: bool) -> dt.date | None:
    """yymmdd: a birth date lies in the past, an expiry date in this century."""
    if not digits.isdigit():
        return None
    year = 2000 + int(digits[:2])
    if past and year > clock.today().year:
        year -= 100
    try:
        return dt.date(year, int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None
