"""What real-name verification allows, and why (D1–D10, domain §2). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from waizhuan.kernel.verdict import YES, Remedy, Verdict, all_no, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.tables import CHECKED_BY_INTERFACE


class Kind(StrEnum):
    """What is verified: a natural person, a unit's main agent (主代办人), a unit with its legal representative."""

    PERSON = "person"
    AGENT = "agent"
    UNIT = "unit"


class Purpose(StrEnum):
    """`renewal`: a renewed document of somebody who is verified already (D10). `change`: something else is registered of a
    unit that is verified already (E11): its name, code, legal representative, kind, place or address."""

    FIRST = "first"
    RENEWAL = "renewal"
    CHANGE = "change"


#: States of `realname.case` in which it is still under way; at most one such case for each subject.
OPEN = ("checking", "upload", "review", "asked", "second")
#: States in which the operator has the case.
WITH_OPERATOR = ("review", "second")
#: States in which documents may be added.
COLLECTING = ("upload", "asked")

#: What no interface answers for; it stands on the certificate of registration.
PARTICULARS = ("unit_kind", "division", "address")

#: Hong Kong, Macao and Taiwan by GB/T 2260.
OUTSIDE_MAINLAND = ("71", "81", "82")


def goes_by_interface(kind: str, unit_kind: str, division: str) -> bool:
    """Is there an interface that can check this subject? Persons always; of units those of the mainland that are
    enterprises, public institutions or social organisations; all others go straight to manual review (domain §2)."""
    if kind != Kind.UNIT:
        return True
    return unit_kind in CHECKED_BY_INTERFACE and not division.startswith(OUTSIDE_MAINLAND)


# ---------------------------------------------------------------- the asker


def may_start(status: str, *, missing: Iterable[Verdict] = ()) -> Verdict:
    """D9: whoever has passed has nothing more to do. D6: what is missing is filled in first."""
    if status == "passed":
        return no(say("实名认证已经通过，不用再提交任何材料"), code="D9")
    return next(iter(missing), YES)


def unit_data_complete(data: dict[str, str]) -> list[Verdict]:
    """D6: what the check of a unit needs besides what registration asked; each refusal names its field."""
    needed = (
        ("unit_kind", say("请选择单位类型")),
        ("rep_name", say("请填写法定代表人姓名")),
        ("rep_doc_type", say("请选择法定代表人的证件类型")),
        ("rep_doc_number", say("请填写法定代表人的证件号码")),
    )
    remedy = Remedy("realname.unit", say("补全单位信息"))
    return all_no(YES if data.get(f, "").strip() else no(why, code="D6", field=f, remedy=remedy) for f, why in needed)


def document_given(kind: str, number: str) -> list[Verdict]:
    """Nothing can be checked without a number: accounts of the old system, and those that lost theirs, have none."""
    if number.strip():
        return []
    remedy = Remedy("realname.correct" if kind == Kind.PERSON else "realname.unit", say("填写证件信息"))
    return [no(say("还没有证件号码，填好才能核对"), code="F7", field="doc_number", remedy=remedy)]


def another_person(before: tuple[str, str], now: tuple[str, str]) -> bool:
    """Name and number, as whoever holds the account was known and as they are now: a typing error is in one of them. In both:
    it is somebody else, who agrees for themselves (`consents.corrected`). What was not known has not changed."""
    return all(was and was != is_ for was, is_ in zip(before, now, strict=True))


def is_about(case: tuple[str, str], holder: tuple[str, str]) -> bool:
    """Is a case with this name and number about whoever has those? A typing error is in one of the two; where both are other
    ones, it is about another person."""
    return (case[0] != "" and case[0] == holder[0]) or (case[1] != "" and case[1] == holder[1])


def may_correct(status: str, state: str) -> Verdict:
    """D10: a typing error can be corrected until the data is verified, but not under the eyes of the reviewer."""
    if status == "passed":
        return no(say("实名认证通过后，姓名和证件号码就固定了。换了新证件，请办理证件更新"), code="D10")
    if state in WITH_OPERATOR or state == "asked":
        return no(say("材料正在人工审核，期间信息不能改。要改请先撤回"), code="D10")
    return YES


def may_renew(status: str, state: str) -> Verdict:
    """D10: a renewed document replaces the old one once the person is verified; one request at a time."""
    if status != "passed":
        return no(say("还没有通过实名认证，直接更正证件信息就可以"), code="D10", remedy=_correct())
    if state in OPEN:
        return no(say("您已有一件证件更新在办理"), code="D10")
    return YES


def may_change(status: str, agent: str, state: str) -> Verdict:
    """E11: what is registered of a unit changes after it was verified, one change at a time; before, it is corrected. It is
    asked for by a main agent who is verified too."""
    if status != "passed":
        return no(
            say("单位还没有通过实名认证，直接更正单位信息就可以"),
            code="E11",
            remedy=Remedy("realname.unit", say("更正单位信息")),
        )
    if agent != "passed":
        return no(
            say("主代办人先完成实名认证，才能变更单位信息"), code="E11", remedy=Remedy("realname.status", say("去认证"))
        )
    return no(say("单位信息正在变更，办完或撤回以后才能再提"), code="E11") if state in OPEN else YES


def asker_stands(*, locked: bool, agent: str) -> list[Verdict]:
    """E11: what is asked for in a unit's name may be somebody else's wish, where its account was locked since, or where its
    main agent turned out to be another than was verified."""
    return all_no(
        (
            no(say("单位账号已锁定，解锁以前不能通过。不是单位提出的，请按“不通过”办结")) if locked else YES,
            no(say("主代办人的实名认证已经撤回，重新通过以前不能通过，也可以按“不通过”办结"))
            if agent != "passed"
            else YES,
        )
    )


def something_changes(changed: Collection[str]) -> Verdict:
    return YES if changed else no(say("和现在登记的一样，没有要变更的"), code="E11")


def _correct() -> Remedy:
    return Remedy("realname.correct", say("更正信息"))


def same_person(old_type: str, old_key: str, new_type: str, new_key: str) -> Verdict:
    """D10, domain §1: a resident's number and the first nine characters of a travel permit are for life, so a different
    one is somebody else; passports and cards of permanent residents get new numbers."""
    lifelong = {
        "resident_id": say("居民身份证号码终身不变。号码不同就不是同一个人的证件，请核对"),
        "hkmt_residence": say("港澳台居民居住证号码终身不变。号码不同就不是同一个人的证件，请核对"),
        "hkm_permit": say("港澳居民来往内地通行证的前九位终身不变。前九位不同就不是同一个人的证件，请核对"),
    }
    if old_type == new_type and old_type in lifelong and old_key != new_key:
        return no(lifelong[old_type], code="D10", field="doc_number")
    return YES


def may_add_document(state: str) -> Verdict:
    """What has been submitted stays as it is: the reviewer decides on what the asker sent."""
    if state in COLLECTING:
        return YES
    return no(say("材料已经提交，不能再换。需要补充时，审核员会请您上传"), code="D1", field="file")


def may_withdraw(state: str) -> Verdict:
    return YES if state in OPEN else no(say("这件事已经办结，不能再撤回"))


def may_fold(*, verified: bool, posts: bool, work: bool) -> Verdict:
    """D3–D5: a second registration by mistake is closed, so that the first account can be recovered; but only one on
    which nothing rests yet."""
    if verified:
        return no(say("这个账号已经实名认证，不能这样关掉"), code="D3")
    if posts:
        return no(say("这个账号已有授权，请先取消授权"), code="D3")
    return no(say("这个账号还有别的事在办，办完才能关掉"), code="D3") if work else YES


# ---------------------------------------------------------------- the operator


def may_review(
    reviewer: int | None,
    asker: int | None,
    *,
    decided: bool = False,
    concerned: bool = False,
    own_unit: bool = False,
) -> Verdict:
    """Nobody decides on their own case, not even on one that names their own document or is about a unit that they
    administer or sign in for; and a conflict is confirmed by somebody other than who examined it first (two-person rule)."""
    if reviewer is not None and reviewer == asker:
        return no(say("这是您自己的认证，要由别人审核"), code="D1")
    if own_unit:
        return no(say("您是这个单位的管理员或主代办人，要由别人审核"), code="D1")
    if concerned:
        return no(say("这件认证用的是您本人的证件，要由别人审核"), code="D1")
    if decided:
        return no(say("您已经做过第一次核对，复核要由另一个人做"), code="D3")
    return YES


def may_ask(asked_before: bool) -> Verdict:
    """Everything that is missing is said at once (一次性告知补正): so there is one asking."""
    if asked_before:
        return no(say("已经请对方补充过一次。缺的东西只能一次说全，现在请作出决定"))
    return YES


def warnings_accepted(warnings: Collection[str], accepted: Collection[str]) -> Verdict:
    """Approving means having looked at every warning."""
    if set(warnings) <= set(accepted):
        return YES
    return no(say("还有提醒没有勾选“可以接受”，逐条看过才能通过"), field="accepted")


def may_reveal(purpose: str) -> Verdict:
    """A full number is shown for a purpose, which goes into the audit log."""
    return YES if purpose.strip() else no(say("请选择查看的用途"), field="purpose")
