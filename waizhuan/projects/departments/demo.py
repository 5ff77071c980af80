"""Fictitious departments: three provinces with cities, a sub-provincial city, the Corps, two ministries' departments."""

from __future__ import annotations

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation, Tier

PROVINCES = [
    ("江海省", "330000", [("汐州市", "330100"), ("澄湖市", "330200")]),
    ("岭北省", "420000", [("临潭市", "420100"), ("青石市", "420500")]),
    ("朔原省", "620000", [("朔方市", "620100")]),
]
OTHERS = [
    ("南浦市外国专家局", Tier.SUBPROVINCIAL, "450100"),
    ("垦区兵团外国专家局", Tier.CORPS, "650000"),
    ("教育部国际合作与交流司", Tier.CENTRAL, ""),
    ("中国科学院国际合作局", Tier.CENTRAL, ""),
]
HOURS = "工作日 9:00 – 17:30"


def build() -> dict[str, Organisation]:
    """The departments by name."""
    made: dict[str, Organisation] = {}
    n = 0
    for province, division, cities in PROVINCES:
        root = _department(f"{province}外国专家局", Tier.PROVINCE, division, n)
        made[root.name] = root
        for city, code in cities:
            n += 1
            below = _department(f"{city}外国专家局", Tier.CITY, code, n, parent=root)
            made[below.name] = below
        n += 1
    for name, tier, division in OTHERS:
        made[name] = _department(name, tier, division, n)
        n += 1
    return made


def _department(name: str, tier: str, division: str, n: int, parent: Organisation | None = None) -> Organisation:
    return demo.organisation(
        "department",
        name,
        tier=tier,
        division=division,
        parent=parent,
        public_phone=f"0500-8800{1200 + n}",
        public_hours=HOURS,
        address=f"人民路 {88 + n} 号政务服务中心",
    )
