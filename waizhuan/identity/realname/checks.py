"""What the product itself notices about a case: warnings that an operator has to accept, and what is in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from waizhuan.identity.realname import rules
from waizhuan.identity.realname.authority.answers import NOT_ASKED, Result, reason
from waizhuan.identity.realname.models import Case
from waizhuan.kernel import clock
from waizhuan.kernel.words import SILENCE, Words, say, say_n
from waizhuan.shared.refdata.identity_numbers import check_document
from waizhuan.shared.refdata.unit_numbers import called, check_kept

#: A document that expires so soon is worth a look.
SOON = 90


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. `key` names a warning, so that accepting it can be asked for; "" for what is in order;
    `told`: neither, only to be known."""

    key: str
    text: Words
    more: Words = SILENCE
    at: dt.datetime | None = None
    told: bool = False

    @property
    def warning(self) -> bool:
        return bool(self.key)


def checks_of(case: Case) -> Sequence[Check]:
    """Warnings first (look.md, Evidence). No query."""
    found = [*_authority(case), *_conflict(case), *_other_code(case), *_number(case), *_expiry(case), *_earlier(case)]
    return sorted(found, key=lambda c: not c.warning)


def warning_keys(case: Case) -> list[str]:
    return [c.key for c in checks_of(case) if c.warning]


def _authority(case: Case) -> list[Check]:
    if case.auto_result == Result.MATCH:
        return [Check("", say("和权威库一致"), at=case.auto_at)]
    if case.auto_code in NOT_ASKED:
        return [Check("", say("没有自动核对"), reason(case.auto_code), told=True)]
    titles = {
        Result.MISMATCH: say("和权威库不一致"),
        Result.UNKNOWN: say("权威库里查不到"),
        Result.UNAVAILABLE: say("权威库没有答复"),
    }
    title = titles.get(Result(case.auto_result)) if case.auto_result else None
    return [Check("authority", title or say("没有自动核对"), reason(case.auto_code), case.auto_at)]


def _conflict(case: Case) -> list[Check]:
    if case.purpose == rules.Purpose.CHANGE:
        return _unit_conflict(case)
    if case.kind != rules.Kind.PERSON:
        return []
    if case.conflict_with_id is None:
        return [Check("", say("没有别的账号使用这个号码"))]
    return [
        Check(
            "conflict",
            say("另一个账号正使用这个号码"),
            say("通过后号码归到这个账号，另一个账号会收到通知。要由两个人先后核对。"),
        )
    ]


def _unit_conflict(case: Case) -> list[Check]:
    if case.conflict_with_id is None:
        return [Check("", say("没有别的单位账号使用这个名称或代码"))]
    return [
        Check(
            "conflict",
            say("另一个单位账号正使用这个名称或代码，或者以前用过这个代码"),
            say("通过后归到这个单位；正使用的账号要重新实名认证，会收到通知。要由两个人先后核对。"),
        )
    ]


def _other_code(case: Case) -> list[Check]:
    if "uscc" not in case.changed:
        return []
    return [
        Check(
            "code",
            say("{number}变了", number=called(case.uscc)),
            say("请在变更通知书或批复上核对：变更前后是同一个单位。"),
        )
    ]


def _number(case: Case) -> list[Check]:
    checked = check_document(case.doc_type, case.doc_number, case.doc_country)
    lines = []
    if not checked.verdict.ok:
        lines.append(Check("number", say("证件号码不合规则"), checked.verdict.reason))
    elif checked.warning:
        lines.append(Check("county", checked.warning, say("行政区划有新设和撤并，这不一定是错的。")))
    else:
        lines.append(Check("", say("证件号码的格式和校验位正确")))
    if case.kind == rules.Kind.UNIT and case.uscc:
        code = check_kept(case.uscc)
        lines.append(
            Check("", say("{number}合规则", number=called(case.uscc)))
            if code.verdict.ok
            else Check("uscc", say("{number}不合规则", number=called(case.uscc)), code.verdict.reason)
        )
    return lines


def _expiry(case: Case) -> list[Check]:
    if case.doc_expires is None:
        return []
    days = (case.doc_expires - clock.today()).days
    if days < 0:
        return [Check("expired", say("证件已经过期"), say("过期的证件一般不能采用。"))]
    if days <= SOON:
        return [Check("expires", say_n("证件还有 {n} 天到期", days))]
    return [Check("", say("证件在有效期内"))]


def _earlier(case: Case) -> list[Check]:
    if case.asked_at is None:
        return []
    return [Check("", say("已经请对方补充过一次"), say("缺的东西只能一次说全，现在请作出决定。"), case.asked_at)]
