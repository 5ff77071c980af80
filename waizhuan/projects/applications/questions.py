"""The questions of the form, as one table: the form, the checks, the read-only pages and the PDF all follow it."""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.words import SILENCE, Words, say


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `kind`: text | latin | long | day | area | country | degree | title | passport | phone | money |
    whole. `most`: characters of a text, or the largest whole number."""

    name: str
    label: Words
    kind: str
    hint: Words = SILENCE
    most: int = 200
    required: bool = True
    autocomplete: str = "off"


#: Dates are typed here: an answer that cannot be read stays on the page, which a browser's calendar would empty.
DAY = say("例如 2026-03-09。")

BASIC = (
    Question("title", say("项目名称"), "text", say("写明做什么，不要写单位名称。"), 100),
    Question("area", say("领域"), "area"),
    Question("starts_on", say("项目开始日期"), "day", DAY),
    Question("ends_on", say("项目结束日期"), "day", say("例如 2026-03-09。专家来华时间要在开始和结束日期之间。")),
    Question("contact_name", say("联系人"), "text", say("审核时有问题会找这个人。"), 50, autocomplete="name"),
    Question(
        "contact_phone", say("联系电话"), "phone", say("手机或带区号的座机，例如 0571-8888 1204。"), autocomplete="tel"
    ),
    Question("summary", say("项目内容"), "long", say("要解决什么问题，怎么做，2000 字以内。"), 2000),
    Question("need", say("为什么需要这些专家"), "long", say("1000 字以内。"), 1000),
)

EXPERT = (
    Question("name_latin", say("姓名（拉丁字母）"), "latin", say("与护照一致，例如 Anna Lindqvist。"), 100),
    Question("name_zh", say("中文姓名"), "text", say("没有可以不填。"), 50, required=False),
    Question("nationality", say("国籍"), "country"),
    Question("passport", say("护照号码"), "passport", say("加密保存，页面上只显示首尾。"), 20),
    Question("birth", say("出生日期"), "day", say("例如 1965-03-09。")),
    Question("degree", say("学位或学历"), "degree"),
    Question("title", say("职称"), "title"),
    Question("employer", say("国外工作单位和职务"), "text", SILENCE, 200),
    Question("speciality", say("专业方向"), "text", SILENCE, 100),
)

VISIT = (
    Question("first", say("到达日期"), "day", DAY),
    Question("last", say("离开日期"), "day", DAY),
)

#: of each visit; the amounts of `kinds.COSTS` stand beside it
OTHER_WHY = Question("other_why", say("“其他”费用的理由"), "text", SILENCE, 200, required=False)

FUNDING = (
    Question("match", say("配套金额"), "money", say("单位是元。用于工资、保险等专项经费以外的开支，没有就填 0。")),
    Question("match_use", say("配套经费怎么用"), "long", say("200 字以内。"), 200, required=False),
)

PERFORMANCE = (
    Question("papers", say("合作论文（篇）"), "whole", say("没有就填 0。"), 999),
    Question("patents", say("专利（项）"), "whole", SILENCE, 999),
    Question("trained", say("培养人才（人）"), "whole", SILENCE, 9999),
    Question("lectures", say("讲座和培训（场）"), "whole", SILENCE, 9999),
    Question("results", say("预期成果"), "long", say("到项目结束时能看到什么，1000 字以内。"), 1000),
    Question("benefits", say("效益和影响"), "long", say("1000 字以内。"), 1000),
)

#: sections whose questions are asked once
PLAIN: dict[str, tuple[Question, ...]] = {"basic": BASIC, "funding": FUNDING, "performance": PERFORMANCE}
