"""The rules of appeals (E6, E9–E11, F7). Pure."""

from __future__ import annotations

from collections.abc import Collection

from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say

PERSON, UNIT, RENAME, PHONE = "person", "unit", "rename", "phone"
UNITS = (UNIT, RENAME)
COLLECTING = ("draft", "asked")
WITH_OPERATOR = ("review", "second", "objected")
OPEN = (*COLLECTING, *WITH_OPERATOR, "cooling")
FILED = (*WITH_OPERATOR, "asked", "cooling")  # handed in and not decided for good
APPROVING = ("approve", "recommend", "confirm")  # decisions after which the previous contacts may object
LATELY = 90  # days: a sign-in so recent makes it likely that somebody still has the account
DRAFT_DAYS = 30
CONSENT = "2026-11"  # raised with the words of the tick in `forms`
LOCKED = "locked"  # the warning that an operator locked the account


def needs_two(kind: str, *, contested: bool, locked: bool) -> bool:
    """Units, whatever somebody else claims at the same time, and what an operator locked, are decided by two different
    operators."""
    return kind in UNITS or contested or locked


def lock_seen(locked: bool, accepted: Collection[str]) -> Verdict:
    """Approving opens again what an operator locked: only for who has read that, and why it was locked."""
    if not locked or LOCKED in accepted:
        return YES
    return no(say("这个账号刚刚被平台锁定，请看过锁定的原因再决定"), code="E10")


def cooling_days(*, reachable: bool, signed_in_lately: bool) -> int:
    """Working days in which the previous contacts can object (E10), by risk: three where the account was in use lately, as
    whoever uses it reads of it there; else one; none where nobody can be told."""
    if signed_in_lately:
        return 3
    return 1 if reachable else 0


def may_review(
    reviewer: int | None, account: int | None, *, decided: bool = False, objected: bool = False, concerned: bool = False
) -> Verdict:
    """Nobody decides on the own account or own document; the second look, and that at an objection, is the look of
    somebody who has not decided on the appeal before."""
    if reviewer is not None and reviewer == account:
        return no(say("这件申诉涉及您自己的账号，要由别人审核"), code="E10")
    if concerned:
        return no(say("这件申诉用的是您本人的证件，要由别人审核"), code="E10")
    if decided and objected:
        return no(say("您已经审核过这件申诉，异议不能再由您处理，请另一位复核员决定"), code="E10")
    if decided:
        return no(say("您已经做过第一次核对，复核要由另一个人做"), code="E10")
    return YES


def account_found(found: bool) -> Verdict:
    """Nothing can be handed over where there is no such account."""
    return YES if found else no(say("没有找到对应的账号，不能通过。请对方补充登录名，或者不通过并写明原因"), code="E6")


def account_open(closed: bool) -> Verdict:
    """What was closed or merged is not opened again by an appeal, and nothing else is handed over in its place."""
    if not closed:
        return YES
    return no(say("这个账号已经注销或并入另一个账号，不能再通过。请不通过，并写明情况"), code="E10")


def objecting(state: str, *, objected: bool) -> str:
    """What an objection link opens: `open` to object, `received`, `upheld` (the account stayed) or `refused` (it passed), or
    `over` where nobody objected in time."""
    if state in ("cooling", "objected"):
        return "received" if objected else "open"
    if objected and state in ("approved", "declined"):
        return "refused" if state == "approved" else "upheld"
    return "over"


def agreed(state: str, version: str, kind: str) -> Verdict:
    """Identity papers are processed with separate consent alone (Personal Information Protection Law, Art. 29), to the words
    of now. What has been handed in was so by the words of then."""
    if state != "draft" or version == CONSENT:
        return YES
    return no(
        say("要您单独同意处理证件信息，才能上传材料"),
        code="E10",
        remedy=Remedy("appeals.details", say("去看看，再决定"), (kind,)),
    )


def may_add(state: str) -> Verdict:
    if state in COLLECTING:
        return YES
    return no(say("材料已经提交，不能再换。需要补充时，审核员会请您上传"), code="E10", field="file")


def may_ask(asked_before: bool) -> Verdict:
    """一次性告知补正: there is one asking."""
    if asked_before:
        return no(say("已经请对方补充过一次。缺的东西只能一次说全，现在请作出决定"))
    return YES


def phone_free(taken: bool) -> Verdict:
    """One verified mobile belongs to one natural person."""
    if not taken:
        return YES
    return no(
        say("这个手机号已绑定另一个账号，请换一个号码，或者用它登录那个账号"),
        code="E6",
        remedy=Remedy("sign_in.code", say("用这个手机号登录")),
    )
