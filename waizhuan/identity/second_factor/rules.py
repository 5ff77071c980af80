"""When a second factor is asked for (domain §2: 等保 level 3). Pure."""

from __future__ import annotations

from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import YES, Remedy, Verdict, no
from waizhuan.kernel.words import say


def roles_wait(actor: Actor) -> Verdict:
    """Whoever holds a role here that only works after a second factor, in a session without one."""
    return YES if actor.waiting_roles else no(say("没有要两步验证的角色"))


def may_remove(*, left: int, roles_need_it: bool) -> Verdict:
    """The last factor stays while a role needs it."""
    if left == 0 and roles_need_it:
        return no(
            say("您的角色要求两步验证。请先加上另一种，再去掉这一种"),
            code="G6",
            remedy=Remedy("second_factor.home", say("去加另一种")),
        )
    return YES
