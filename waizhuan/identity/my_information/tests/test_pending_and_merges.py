"""A closing that waits, and accounts that are merged: neither closes what became more than what was asked for."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions as merges
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.my_information import pending
from waizhuan.identity.my_information.models import Closing, DataRequest
from waizhuan.identity.my_information.process import REQUEST
from waizhuan.identity.my_information.tests.conftest import asks
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Refused
from waizhuan.shared.flow.api import perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(operator: Organisation) -> tuple[Actor, Actor]:
    people = demo.person("op1", "秦安澜", 2001), demo.person("op2", "许青禾", 2002)
    for person in people:
        demo.mandate(person, operator, "operator.senior")
    return actor_of(people[0]), actor_of(people[1])


def merged(desk: tuple[Actor, Actor], survivor: Account, closing: Account) -> AccountMerge:
    made = merges.begin(actor=desk[0], survivor=survivor, closing=closing, reason="同一个人")
    return perform(MERGE, perform(MERGE, made, "check", desk[0]), "merge", desk[1])


def waits(account: Account) -> Closing:
    """Held up by a request of their own at the desk."""
    asks(account.login_name, kind="explain")
    assert not pending.ask(actor_of(account), account)
    return Closing.objects.get(asker_account=account, state="asked")


def settled(account: Account) -> None:
    """What held the closing up is over."""
    for row in DataRequest.objects.filter(asker_account=account, state=REQUEST.initial):
        perform(REQUEST, row, "withdraw", actor_of(account))


@pytest.mark.parametrize("which", ["hanxu", "same"])
def test_no_account_is_merged_while_its_closing_waits(hanxu: Account, desk: tuple[Actor, Actor], which: str) -> None:
    other = demo.person("same", "韩叙", 903)
    account = {"hanxu": hanxu, "same": other}[which]
    asked = waits(account)
    settled(account)
    with pytest.raises(Refused, match=f"注销账号 {asked.number}"):
        merged(desk, hanxu, other)
    pending.take_back(actor_of(account), account)
    assert merged(desk, hanxu, other).state == "merged"


def test_what_is_asked_after_a_merge_closes_both_and_after_its_undoing_one(
    hanxu: Account, desk: tuple[Actor, Actor]
) -> None:
    other = demo.person("same", "韩叙", 903)
    made = merged(desk, hanxu, other)
    hanxu.refresh_from_db()
    asked = waits(hanxu)
    made = perform(MERGE, made, "undo", desk[1], note="不是一个人")
    settled(hanxu)
    assert pending.go_on() == 1
    asked.refresh_from_db()
    hanxu.refresh_from_db()
    other.refresh_from_db()
    assert (asked.state, bool(hanxu.closed_at), other.closed_at) == ("closed", True, None)


def test_an_account_that_is_to_be_merged_closes_and_the_merge_says_so(
    hanxu: Account, desk: tuple[Actor, Actor]
) -> None:
    other = demo.person("same", "韩叙", 903)
    made = merges.begin(actor=desk[0], survivor=hanxu, closing=other, reason="同一个人")
    made = perform(MERGE, made, "check", desk[0])
    waits(other)
    settled(other)
    assert pending.go_on() == 1
    with pytest.raises(Refused, match="注销"):
        perform(MERGE, made, "merge", desk[1])
