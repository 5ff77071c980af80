"""When an old account is somebody's (F8–F10). Pure.

Sufficient by itself: the same verified identity number; or the same verified phone together with the authorisation of the
old account's unit. Sufficient by decision: the unit (or, where it is not on the platform, the department) says so. Never
evidence: the same login name.
"""

from __future__ import annotations

from dataclasses import dataclass

from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.projects.legacy.rules import BY_NUMBER

NOT_YOURS = no(say("这一步不由您办理"))
DAYS = 5  # working days that whoever decides has
NUMBER, PHONE, UNIT, DEPARTMENT, HAND_OVER = BY_NUMBER, "phone", "unit", "department", "hand_over"
#: Read by the holder and by whoever may undo the link alike.
HOW: dict[str, Words] = {
    NUMBER: say("证件号码相同，并且已经实名"),
    PHONE: say("手机号相同并验证过，旧账号的单位也授过权"),
    UNIT: say("旧账号的单位确认过"),
    DEPARTMENT: say("归口单位核实并确认过"),
    HAND_OVER: say("单位移交了旧账号"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for this old account being this person's. `number`: "same", "different", or "" where one of the two is
    not known. `unit_known`: its unit is a verified unit of the platform; `authorised`: that unit has authorised the person."""

    verified: bool
    number: str
    phone: bool
    unit_known: bool
    authorised: bool
    same_login: bool
    linked: str = ""  # "" | "me" | "other"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and what it found: `tone` ok (speaks for it), warn (missing), bad (speaks against), none (does not count)."""

    tone: str
    text: Words
    remedy: Remedy | None = None


def sufficient(e: Evidence) -> str:
    """Which rule links the account by itself; "" none. A different number outweighs everything."""
    if not e.verified or e.linked or e.number == "different":
        return ""
    if e.number == "same":
        return NUMBER
    return PHONE if e.phone and e.authorised else ""


def findings(e: Evidence) -> list[Finding]:
    """Rule by rule, why it is or is not linked; said to the person."""
    return [_of_verification(e), _of_number(e), _of_phone(e), _of_unit(e), *_of_name(e)]


def findings_about(e: Evidence) -> list[Finding]:
    """The same, said to whoever decides on it: about the person, and without the buttons, which are the person's."""
    verified = say("申请人已经实名认证") if e.verified else say("申请人还没有实名认证，号码还不能作依据")
    authorised = say("旧账号的单位已经给申请人授权") if e.authorised else say("旧账号的单位还没有给申请人授权")
    texts = [
        verified,
        None,
        say("申请人验证过的手机号和旧账号的相同：再有单位授权就足够") if e.phone else None,
        authorised if e.authorised or e.unit_known else None,
    ]
    found = [_of_verification(e), _of_number(e), _of_phone(e), _of_unit(e)]
    return [Finding(f.tone, text or f.text) for f, text in zip(found, texts, strict=True)]


def _of_verification(e: Evidence) -> Finding:
    if e.verified:
        return Finding("ok", say("您已经实名认证"))
    return Finding("warn", say("您还没有实名认证，号码还不能作依据"), Remedy("realname.status", say("去实名认证")))


def _of_number(e: Evidence) -> Finding:
    if e.number == "same":
        return Finding("ok", say("证件号码和旧账号的相同：足够关联"))
    if e.number == "different":
        return Finding("bad", say("旧账号登记的是另一个证件号码，不会自动关联"))
    return Finding("warn", say("旧账号没有登记证件号码，比不了"))


def _of_phone(e: Evidence) -> Finding:
    if e.phone:
        return Finding("ok", say("您验证过的手机号和旧账号的相同：再有单位授权就足够"))
    return Finding("warn", say("手机号和旧账号的不同，或者旧账号没有登记"))


def _of_unit(e: Evidence) -> Finding:
    if e.authorised:
        return Finding("ok", say("旧账号的单位已经给您授权"))
    if e.unit_known:
        return Finding("warn", say("旧账号的单位还没有给您授权"), Remedy("delegation.ask", say("请单位授权")))
    return Finding("warn", say("旧账号的单位还没有在平台注册并实名，或者对不上"))


def _of_name(e: Evidence) -> list[Finding]:
    return [Finding("none", say("登录名相同：不算依据，名字不会带来任何权限"))] if e.same_login else []


def may_claim(e: Evidence, *, claimed: bool) -> Verdict:
    """A case is for what no rule settles."""
    if e.linked == "me":
        return no(say("这个旧账号已经关联给您了"), field="login", code="F9")
    if e.linked == "other":
        return no(say("这个旧账号已经关联给别人。单位换人请由单位申请合并"), field="login", code="F11")
    if not e.verified:
        return no(
            say("请先实名认证，再申请关联"),
            field="login",
            code="D1",
            remedy=Remedy("realname.status", say("去实名认证")),
        )
    if claimed:
        return no(say("您已经申请过，正在办理"), field="login", code="F9")
    return YES


def may_decide(*, own: bool) -> Verdict:
    return no(say("自己的申请不能由自己决定，请另一位管理员办理")) if own else YES


def may_unlink(*, own: bool) -> Verdict:
    return no(say("自己的关联请由另一位管理员撤销"), code="F9") if own else YES


def may_confirm(*, verified: bool) -> Verdict:
    """A verification can be withdrawn, or the account closed, while the claim waits."""
    return YES if verified else no(say("申请人现在没有通过实名认证，不能关联。可以写明理由，不予确认"), code="D1")


def may_hand_over(*, linked: bool, same_unit: bool, known: bool, own: bool = False) -> Verdict:
    """The unit gives what an old account of its own held to somebody whom it has authorised; nobody gives it to themselves
    (`own`), nor by signing in as the unit."""
    if own:
        return no(say("不能移交给自己，请另一位管理员办理"), field="person", code="F10")
    if not same_unit:
        return no(say("这不是本单位的旧账号"), code="F10")
    if linked:
        return no(
            say("这个旧账号已经有人用。换人请申请合并"), code="F11", remedy=Remedy("merges.list", say("申请合并"))
        )
    if not known:
        return no(
            say("请选择一位本单位授权、实名过的项目负责人"),
            field="person",
            code="F10",
            remedy=Remedy("delegation.new", say("给人授权")),
        )
    return YES
