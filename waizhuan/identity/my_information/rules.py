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


def against_closing(
    *, unit: bool, open_work: int, last_giver_of: Sequence[str], last_admin_of: Sequence[str] = ()
) -> list[Verdict]:
    """Everything at once. Open work of a post stays with the post and is no obstacle; one's own cases are."""
    found = []
    if unit:
        remedy = Remedy("my_information.requests", say("提交注销请求"))
        found.append(no(say("单位账号牵涉单位的项目和授权，由平台核对后注销"), code="D10", remedy=remedy))
    if open_work:
        found.append(no(say_n("您还有 {n} 件事在办，办完或撤回后才能注销", open_work), code="D10"))
    found += [
        no(say("您是{organisation}最后一位管理员，请先授权另一位", organisation=name), code="C3")
        for name in last_giver_of
    ]
    giving = Remedy("delegation.list", say("去授权另一位"))
    found += [
        no(say("您是{organisation}最后一位管理员，请先授权另一位", organisation=name), code="C3", remedy=giving)
        for name in last_admin_of
    ]
    return found
