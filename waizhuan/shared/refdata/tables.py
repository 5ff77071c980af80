"""Code tables of national standards, as choices for forms: (code, name)."""

from __future__ import annotations

from waizhuan.kernel.words import Words, say

Table = tuple[tuple[str, Words], ...]

#: 性别, GB/T 2261.1
SEXES: Table = (("1", say("男")), ("2", say("女")), ("9", say("未说明")))

#: 学历, GB/T 4658
DEGREES: Table = (
    ("11", say("博士研究生")),
    ("14", say("硕士研究生")),
    ("20", say("大学本科")),
    ("30", say("大学专科")),
    ("40", say("中等职业教育")),
    ("60", say("普通高中")),
    ("90", say("其他学历")),
)

#: 专业技术职务, GB/T 8561
TITLES: Table = (
    ("011", say("教授")),
    ("012", say("副教授")),
    ("013", say("讲师")),
    ("014", say("助教")),
    ("081", say("正高级工程师")),
    ("082", say("高级工程师")),
    ("083", say("工程师")),
    ("611", say("研究员")),
    ("612", say("副研究员")),
    ("613", say("助理研究员")),
    ("999", say("其他职称")),
)

#: 单位类型: registering department and category of GB 32100-2015, and units from elsewhere
UNIT_KINDS: Table = (
    ("enterprise", say("企业")),
    ("institution", say("事业单位")),
    ("government", say("机关")),
    ("mass_organisation", say("群众团体")),
    ("social_organisation", say("社会团体")),
    ("private_non_enterprise", say("民办非企业单位")),
    ("foundation", say("基金会")),
    ("individual_business", say("个体工商户")),
    ("cooperative", say("农民专业合作社")),
    ("rural_collective", say("农村集体经济组织")),
    ("military", say("军队单位")),
    ("other", say("其他境内单位")),
    ("hkmt", say("港澳台单位")),
    ("foreign", say("境外单位")),
)

#: Units that an authority's interface can check; all others go straight to manual review (domain §2).
CHECKED_BY_INTERFACE = frozenset(
    {"enterprise", "institution", "social_organisation", "private_non_enterprise", "foundation"}
)


def name_of(table: Table, code: str) -> Words:
    """What a code of the table means; an unknown code is shown as it is."""
    return dict(table).get(code) or Words(code)
