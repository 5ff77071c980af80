"""Countries and regions: ISO 3166 codes (`pycountry`), names in Chinese and English (CLDR, by Babel)."""

from __future__ import annotations

import unicodedata
from functools import cache

from django.utils.translation import get_language

from waizhuan.shared.refdata.labels import Label

#: CLDR's names are not those used in China.
_OURS = {
    "TWN": Label("中国台湾", "Taiwan, China"),
    "HKG": Label("中国香港", "Hong Kong, China"),
    "MAC": Label("中国澳门", "Macao, China"),
}


@cache
def _all() -> dict[str, tuple[str, str, Label]]:
    """alpha-3 → (alpha-2, numeric, name). Read when first needed."""
    import pycountry
    from babel import Locale

    chinese, english = Locale.parse("zh_Hans").territories, Locale.parse("en").territories
    return {
        c.alpha_3: (c.alpha_2, c.numeric, _OURS.get(c.alpha_3) or Label(chinese[c.alpha_2], english[c.alpha_2]))
        for c in pycountry.countries
    }


def countries() -> list[tuple[str, Label]]:
    """(alpha-3, name) in the order of the reader's language: Chinese by pronunciation, English by the alphabet."""
    return list(_ordered((get_language() or "zh").startswith("en")))


@cache
def _ordered(english: bool) -> tuple[tuple[str, Label], ...]:
    found = [(code, name) for code, (_, _, name) in _all().items()]
    return tuple(sorted(found, key=lambda c: _order(c[1].en if english else c[1].zh)))


def _order(name: str) -> bytes:
    """GBK sorts the common characters by their pinyin; accents do not count."""
    return unicodedata.normalize("NFKD", name.casefold()).encode("gbk", "ignore")


def country_name(code: str) -> Label:
    """The name of an alpha-3 code; the code itself where it is unknown."""
    found = _all().get(code)
    return found[2] if found else Label(code, code)


def is_country(code: str) -> bool:
    return code in _all()


@cache
def _numeric() -> frozenset[str]:
    return frozenset(numeric for _, numeric, _ in _all().values())


def is_numeric(code: str) -> bool:
    """Is this a numeric code of ISO 3166 ("682")?"""
    return code in _numeric()


#: How people write it, where CLDR or ISO write it otherwise.
_ALIASES = {
    "中华人民共和国": "CHN",
    "台湾": "TWN",
    "香港": "HKG",
    "澳门": "MAC",
    "uk": "GBR",
    "great britain": "GBR",
    "england": "GBR",
    "america": "USA",
    "朝鲜": "PRK",
    "韩国": "KOR",
}


def resolve(text: str) -> str:
    """The alpha-3 code of what somebody typed: a code, a name in either language, or a part that only one name has; ""
    where it is none or several."""
    wanted = text.strip().casefold()
    if wanted in _ALIASES:
        return _ALIASES[wanted]
    found = search(wanted) if wanted else []
    exact = [
        code
        for code, name in found
        if wanted in (name.zh, name.en.casefold(), code.casefold(), _all()[code][0].casefold())
    ]
    if exact:
        return exact[0]
    return found[0][0] if len(found) == 1 else ""


def search(text: str) -> list[tuple[str, Label]]:
    """Countries whose name in either language, or whose code, contains the text."""
    wanted = text.strip().casefold()
    return [
        (code, name)
        for code, name in countries()
        if wanted in name.zh or wanted in name.en.casefold() or wanted in (code.casefold(), _all()[code][0].casefold())
    ]
