"""Which of a unit's data changes by which way, and who may change it (F2, F5). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from waizhuan.kernel.ui import marks
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say

DAYS = 5  # working days that each department and the ministry have
FILES_AT_MOST = 20
DEPARTMENT = "department"  # the name of the field that holds the competent department

#: How much it takes, from least to most.
NOTICE, BY_DEPARTMENT, BY_BOTH, BY_MINISTRY = "notice", "department", "both", "ministry"

WAYS: dict[str, Words] = {
    NOTICE: say("填了就生效，不用审核"),
    BY_DEPARTMENT: say("由归口单位审核"),
    BY_BOTH: say("由原归口单位和新归口单位先后同意；有一方不同意，由外国专家服务司决定"),
    BY_MINISTRY: say("先由归口单位审核，再由外国专家服务司批准"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the table: what it is called, what changing it takes, whether others see it only masked."""

    label: Words
    way: str
    personal: bool = False
    required: bool = True


#: The whole table (F2). Names and codes are not in it: they come from the platform.
FIELDS: dict[str, Field] = {
    DEPARTMENT: Field(say("归口单位"), BY_BOTH),
    "field": Field(say("主要领域"), BY_MINISTRY),
    "address": Field(say("通信地址"), BY_DEPARTMENT),
    "introduction": Field(say("单位简介"), BY_DEPARTMENT),
    "postcode": Field(say("邮政编码"), NOTICE, required=False),
    "contact_name": Field(say("联系人"), NOTICE),
    "contact_phone": Field(say("联系电话"), NOTICE, personal=True),
    "contact_email": Field(say("联系邮箱"), NOTICE, personal=True, required=False),
}

EDITABLE = ("draft", "asked")
WAITING = ("department", "receiving", "ministry", "asked")  # while these last, nobody else may ask for the same field
CHOOSE = say("请选完归口单位")
NOT_YOURS = no(say("这一步不由您办理"))


def ways_of(names: Collection[str]) -> frozenset[str]:
    """What the changes of these fields take together."""
    return frozenset(FIELDS[name].way for name in names)


def stages(names: Collection[str]) -> tuple[str, ...]:
    """The states that a request for these fields goes through, in order. Empty: a notice is enough."""
    ways = ways_of(names)
    found: list[str] = []
    if ways - {NOTICE}:
        found.append("department")
    if BY_BOTH in ways:
        found.append("receiving")
    if BY_MINISTRY in ways:
        found.append("ministry")
    return tuple(found)


def after(stage: str, names: Collection[str]) -> str:
    """The state that follows when this one agrees: the next stage, or `applied`."""
    way = stages(names)
    position = way.index(stage) + 1 if stage in way else len(way)
    return way[position] if position < len(way) else "applied"


def changed(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What is really another value than now."""
    return {n: v for n, v in given.items() if n in FIELDS and v.strip() != before.get(n, "").strip()}


def missing(wanted: Mapping[str, str], *, why: str, files: int) -> list[Verdict]:
    """Everything that is missing, at once, each at its field."""
    found: list[Verdict] = []
    if not wanted:
        found.append(no(say("还没有改动任何一项：请改好要更正的内容"), code="F2"))
    for name, value in wanted.items():
        if FIELDS[name].required and not value.strip():
            found.append(no(say("“{label}”不能改成空的", label=FIELDS[name].label), field=name))
    if stages(wanted):
        if not why.strip():
            found.append(no(say("请写明为什么要改"), field="why"))
        if files == 0:
            found.append(no(say("请上传依据，例如登记证书、批文或证明"), field="file", code="E12"))
    return found


def may_begin(*, profile_state: str) -> Verdict:
    """Only what was approved is corrected by request; before that the profile itself is edited."""
    if profile_state == "approved":
        return YES
    if profile_state in ("review",):
        return no(
            say("单位信息正在审核。要改，请先撤回，改好再提交"),
            code="F1",
            remedy=Remedy("entry.profile", say("看审核进度")),
        )
    return no(
        say("单位信息还没有通过审核，可以直接修改"),
        code="A5",
        remedy=Remedy("entry.profile", say("填写单位信息")),
    )


def taken(name: str, number: str) -> Verdict:
    """Two requests for one field: the second is told of the first."""
    return no(
        say("“{label}”已经在另一个申请（{number}）里，等它办完或撤回后再改", label=FIELDS[name].label, number=number),
        field=name,
        code="F2",
    )


def stale(names: Collection[str]) -> Verdict:
    """The value changed while the request was under way: whoever decides must not overwrite it unseen."""
    if not names:
        return YES
    labels = marks.listed(FIELDS[n].label for n in names)
    return no(say("“{labels}”在申请期间已经变了，请先请单位核对后再交", labels=labels), code="F2")


def target_exists(*, gone: bool) -> Verdict:
    """The department that is asked for was closed while the request was under way (F5)."""
    return no(say("要转去的归口单位已经撤销，不能同意；请单位重新选择"), code="F5") if gone else YES


def may_note_down(names: Collection[str]) -> Verdict:
    """At once, past everybody: only what nobody has to agree to. Another administrator may have added something meanwhile."""
    if not stages(names):
        return YES
    return no(say("里面有要审核的改动，不能马上更新。请核对以后再提交"), code="F2")


def may_ask(*, asked_before: bool, stale_names: Collection[str]) -> Verdict:
    """Once, with everything that is missing; again only where the value changed meanwhile."""
    if asked_before and not stale_names:
        return no(say("已经请单位补充过一次，现在请决定"))
    return YES
