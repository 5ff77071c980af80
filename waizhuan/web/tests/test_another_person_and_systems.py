"""After a correction that makes an account another person's, no other system takes that person for the former one."""

from __future__ import annotations

from typing import Any

import pytest

from waizhuan.identity import consents, demo, other_hands
from waizhuan.identity.actors import actor_of
from waizhuan.identity.api import Account
from waizhuan.identity.models import Person
from waizhuan.identity.my_information import held
from waizhuan.identity.openid import subjects
from waizhuan.identity.openid.models import LogoutNotice
from waizhuan.identity.openid.tests.conftest import System
from waizhuan.identity.realname.actions import Document
from waizhuan.identity.realname.corrections import correct_person
from waizhuan.web.tests.test_account_merges import merged
from waizhuan.web.tests.test_account_merges_and_systems import labs, met, undone

__all__ = ["labs"]
pytestmark = pytest.mark.django_db
Two = tuple[Account, Account]


def becomes(account: Account, name: str, number: str) -> None:
    """Whoever holds it now puts their own name and number there, and agrees to the terms for themselves."""
    Person.objects.filter(account=account).update(real_name="not_started")
    actor = actor_of(Account.objects.get(pk=account.pk))
    correct_person(actor, Document(name, "resident_id", number))
    consents.give(actor, account.pk, (consents.PRIVACY, consents.IDENTITY))


def test_a_system_meets_somebody_new(two: Two, labs: System) -> None:
    account, _ = two
    before, _ = met(account, labs)
    LogoutNotice.objects.all().delete()
    becomes(account, "马明远", demo.resident_id(501))
    assert set(LogoutNotice.objects.values_list("subject", flat=True)) == {before}, "told by the number that it knows"
    after = met(account, labs)
    assert after[1] == [], "nobody was anybody before"
    becomes(account, "乌兰", demo.resident_id(502))
    third = met(account, labs)
    assert len({before, after[0], third[0]}) == 3
    assert third[1] == []
    assert [row["number"] for row in held._numbers(account.pk)] == [third[0]]


def test_a_system_that_never_met_the_account_is_told_its_own_number(two: Two, labs: System) -> None:
    account, _ = two
    becomes(account, "马明远", demo.resident_id(501))
    assert met(account, labs) == (subjects.own(account.pk, subjects.sector(labs.row)), [])


def test_a_typing_error_changes_no_number(two: Two, labs: System) -> None:
    account, _ = two
    before = met(account, labs)
    becomes(account, "马明远", Person.objects.get(account=account).doc_number)
    assert met(account, labs) == before


def test_a_unit_stays_the_unit_whoever_acts_for_it(db: None, labs: System) -> None:
    unit = demo.unit("qingshi", "青石研究院", 9)
    assert unit.account is not None
    before = met(unit.account, labs)
    assert consents.corrected(unit.account.pk, ("沈知秋", "1"), ("马明远", "2"))
    consents.give(actor_of(unit.account), unit.account.pk, (consents.PRIVACY, consents.IDENTITY))
    assert met(unit.account, labs) == before


def test_whoever_recovers_an_account_is_known_still(two: Two, labs: System) -> None:
    account, _ = two
    before = met(account, labs)
    other_hands.pass_on(account, phone="+8613900001112", why="appeal")
    account.set_password(demo.PASSWORD)
    account.save()
    consents.give(actor_of(account), account.pk, (consents.PRIVACY, consents.IDENTITY))
    assert met(account, labs) == before


def test_numbers_that_came_with_a_merge_stay_with_whom_they_name(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    theirs, _ = met(gone, labs)
    merged(desk, two)
    assert met(kept, labs) == (theirs, [])
    becomes(kept, "马明远", demo.resident_id(501))
    new, former = met(kept, labs)
    assert (new not in {theirs, subjects.own(kept.pk, subjects.sector(labs.row))}, former) == (True, [])
    undone(desk, gone)
    assert met(gone, labs) == (theirs, [])
    assert met(kept, labs) == (new, [])


def test_a_merge_of_what_passed_to_somebody_else_names_the_new_numbers(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    former_holder, _ = met(gone, labs)
    mine, _ = met(kept, labs)
    number = Person.objects.get(account=gone).doc_number
    becomes(gone, "马明远", demo.resident_id(501))
    theirs, _ = met(gone, labs)
    becomes(gone, "韩叙", number)
    again, _ = met(gone, labs)
    merged(desk, two)
    assert met(kept, labs) == (mine, [again])
    assert len({former_holder, theirs, again}) == 3


def test_an_undo_after_several_merges_finds_every_number(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    first = demo.person("first", "韩叙", 2006)
    numbers = [met(a, labs)[0] for a in (first, gone)]
    merged(desk, (gone, first))
    merged(desk, (kept, gone))
    assert met(kept, labs) == (numbers[1], [numbers[0]])
    becomes(kept, "马明远", demo.resident_id(501))
    new, _ = met(kept, labs)
    undone(desk, gone)
    assert met(gone, labs) == (numbers[1], [numbers[0]])
    assert met(kept, labs) == (new, [])
