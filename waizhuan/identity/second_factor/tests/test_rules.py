"""When a factor may go, and whose roles wait. No database."""

from __future__ import annotations

from waizhuan.identity.second_factor import rules
from waizhuan.kernel.actor import Actor


def test_the_last_factor_stays_while_a_role_needs_it() -> None:
    assert rules.may_remove(left=1, roles_need_it=True).ok
    assert rules.may_remove(left=0, roles_need_it=False).ok
    refused = rules.may_remove(left=0, roles_need_it=True)
    assert not refused.ok
    assert refused.code == "G6"


def test_roles_wait_only_where_there_are_some() -> None:
    assert rules.roles_wait(Actor(account_id=1, waiting_roles=frozenset({"operator.reviewer"}))).ok
    assert not rules.roles_wait(Actor(account_id=1)).ok
