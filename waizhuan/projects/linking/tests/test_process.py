"""The table: who may, and whose work it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from waizhuan.kernel.actor import Actor
from waizhuan.projects.linking.process import CLAIM, by_claimant, by_decider, decider_post
from waizhuan.shared.flow.process import check


def claim(**fields: Any) -> Any:
    return SimpleNamespace(asker_account_id=7, decider_id=3, role="unit.admin", asked_for_more=False, **fields)


def admin(account: int = 1, organisation: int = 3) -> Actor:
    return Actor(account_id=account, organisation_id=organisation, roles=frozenset({"unit.admin"}))


def test_the_table_is_sound() -> None:
    assert check(CLAIM) == []


def test_who_decides() -> None:
    assert by_decider(admin(), claim()).ok
    assert not by_decider(admin(organisation=4), claim()).ok
    assert not by_decider(admin(account=7), claim()).ok  # one's own
    assert not by_decider(Actor(account_id=1), claim()).ok
    assert by_claimant(Actor(account_id=7), claim()).ok
    assert not by_claimant(Actor(), claim()).ok


def test_whose_work_it_is() -> None:
    post = decider_post(claim())
    assert (post.organisation_id, post.role) == (3, "unit.admin")
