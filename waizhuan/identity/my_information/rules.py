"""Closing an account and deleting its data (D10): what stands in the way; what can be corrected. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from waizhuan.kernel.verdict import Remedy, Verdict, no
from waizhuan.kernel.words import Words, say, say_n

#: By kind of account, what its holder can ask to have corrected; everything else is changed in 我的信息 without asking.
FIELDS: Mapping[str, Mapping[str, Words]] = {
    "natural": {"name": say("姓名"), "doc_number": say("证件号码")},
    "legal": {"agent_name": say("主代办人姓名"), "agent_doc_number": say("主代办人证件号码")},
}


#: So many open cases are named one by one; the rest are counted.
NAMED = 5


def against_closing(
    *, unit: bool, open_work: Sequence[tuple[int, str]], last_giver_of: Sequence[tuple[str, bool]]
) -> list[Verdict]:
    """Everything at once, each with what mends it. Open work of a post stays with the post and is no obstacle; one's own
    cases are (`open_work`: work item and title). `last_giver_of`: organisation, and whether one acts for it here and now."""
    found = []
    if unit:
        remedy = Remedy("my_information.requests", say("提交注销请求"))
        found.append(no(say("单位账号牵涉单位的项目和授权，由平台核对后注销"), code="D10", remedy=remedy))
    found += [
        no(
            say("“{title}”还在办，办完或撤回后才能注销", title=title),
            code="D10",
            remedy=Remedy("flow.open", say("打开这件事"), (item,)),
        )
        for item, title in open_work[:NAMED]
    ]
    more = len(open_work) - NAMED
    if more > 0:
        remedy = Remedy("web.home", say("在首页看全部"))
        found.append(no(say_n("另外还有 {n} 件事在办，办完或撤回后才能注销", more), code="D10", remedy=remedy))
    found += [
        no(
            say("您是{organisation}最后一位管理员，请先授权另一位", organisation=name),
            code="C3",
            remedy=Remedy("delegation.list", say("去授权另一位"))
            if here
            else Remedy("organisations.switch", say("换到代表{organisation}，再授权另一位", organisation=name)),
        )
        for name, here in last_giver_of
    ]
    return found
