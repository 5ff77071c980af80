"""What stands between a person and another system (A4), each with its button. Pure."""

from __future__ import annotations

from collections.abc import Collection

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Remedy, Verdict, no
from waizhuan.kernel.words import Words, say

NEEDS: tuple[tuple[str, Words], ...] = (
    ("real_name", say("本人（单位账号则是单位）通过实名认证")),
    ("organisation", say("代表一个单位登录")),
    ("second_factor", say("登录时做两步验证")),
)


def missing(actor: Actor, needs: Collection[str]) -> list[Verdict]:
    """Everything that is missing, at once."""
    found = []
    proved = actor.organisation_verified if actor.kind == "legal" else actor.verified
    if "real_name" in needs and not proved:
        found.append(no(say("还没有通过实名认证"), code="D1", remedy=Remedy("realname.status", say("去实名认证"))))
    if "organisation" in needs and actor.organisation_id is None:
        found.append(_no_organisation(actor))
    if "second_factor" in needs and not actor.second_factor:
        remedy = Remedy("second_factor.confirm", say("做两步验证"))
        found.append(no(say("这次登录没有做两步验证"), remedy=remedy))
    return found


def _no_organisation(actor: Actor) -> Verdict:
    if actor.organisations:
        remedy = Remedy("organisations.switch", say("选择代表的单位"))
        return no(say("这个系统要代表单位进入，请先选择您代表的单位"), code="C1", remedy=remedy)
    remedy = Remedy("delegation.ask", say("请单位授权"))
    return no(say("这个系统要代表单位进入，还没有单位授权您"), code="A5", remedy=remedy)
