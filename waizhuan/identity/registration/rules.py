"""Names under which one may register (F6), and what a collision tells (B1–B3). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import Words, say
from waizhuan.shared.refdata import old_logins

LOGIN_NAME = re.compile(r"[A-Za-z0-9_]{4,20}")
RESERVED = frozenset({"admin", "root", "system", "operator", "support", "waizhuan"})


def login_name_verdict(name: str, *, taken: bool) -> Verdict:
    """Letters, digits, underscore, not case-sensitive, 4 to 20 of them."""
    if not LOGIN_NAME.fullmatch(name):
        return no(say("登录名只用字母、数字和下划线，4 到 20 位"), field="login_name", code="F6")
    if name.lower() in RESERVED or name.lower().startswith(old_logins.KEY_PREFIX) or taken:
        return no(say("这个登录名已经有人用了，请换一个"), field="login_name", code="F6")
    return YES


def suggestions(name: str) -> list[str]:
    """Free-looking variants of a name that is taken; whoever asks still checks them."""
    stem = re.sub(r"[^A-Za-z0-9_]", "", name)[:16] or "user"
    stem = stem if len(stem) >= 3 else stem + "_user"
    return [f"{stem}_{n}" for n in (1, 2, 7, 26, 88)]


@dataclass(frozen=True, slots=True)
class Holder:
    """What may be told of the account that already holds a number or a name: when it was made, and a masked contact."""

    day: str
    contact: str


def person_taken(holder: Holder) -> Verdict:
    return no(
        _told(say("这个证件号码已经注册过"), holder),
        field="doc_number",
        code="B1",
        remedy=Remedy("recovery.name", say("找回这个账号")),
    )


def unit_name_taken(holder: Holder) -> Verdict:
    return no(
        _told(say("这个单位名称已经注册过"), holder),
        field="name",
        code="B2",
        remedy=Remedy("recovery.name", say("找回单位账号")),
    )


def code_taken(holder: Holder) -> Verdict:
    """The code is there under another name: most likely the unit changed its name (B3)."""
    return no(
        _told(say("这个信用代码以另一个名称注册过，单位可能改过名"), holder),
        field="uscc",
        code="B3",
        remedy=Remedy("appeals.details", say("改名并找回账号"), ("rename",)),
    )


def _told(what: Words, holder: Holder) -> Words:
    return say("{what}（{day}，预留手机 {contact}）", what=what, day=holder.day, contact=holder.contact or say("无"))


def phone_taken() -> Verdict:
    """One mobile number signs in one natural person. Told only to whoever has proved that the number is theirs."""
    return no(
        say("这个手机号已经属于另一个账号。请换一个手机号，或者用它登录那个账号"),
        code="B1",
        remedy=Remedy("sign_in.code", say("用这个手机号登录")),
    )
