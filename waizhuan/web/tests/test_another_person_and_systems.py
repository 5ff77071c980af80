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
from waizhuan.identity.openid.models import Client, LogoutNotice
from waizhuan.identity.openid.tests.conftest import System, browser_of, claims_of
from waizhuan.identity.realname import effects
from waizhuan.identity.realname.actions import Document
from waizhuan.identity.realname.corrections import correct_person
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.process import CASE
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Hidden
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import perform
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


def test_one_session_does_not_tie_the_two_together(two: Two, labs: System) -> None:
    account, _ = two
    browser = browser_of(account)
    before, again = (claims_of(labs.tokens(browser)["id_token"]) for _ in range(2))
    assert before["sid"] == again["sid"], "one session, as long as it is one person"
    becomes(account, "马明远", demo.resident_id(501))
    after = claims_of(labs.tokens(browser)["id_token"])
    assert (after["sub"] != before["sub"], after["sid"] != before["sid"]) == (True, True)


def test_a_system_that_never_met_the_account_is_told_its_own_number(two: Two, labs: System) -> None:
    account, _ = two
    becomes(account, "马明远", demo.resident_id(501))
    assert met(account, labs) == (subjects.own(account.pk, subjects.sector(labs.row)), [])


def test_agreeing_anew_between_two_corrections_hides_nobody(two: Two, labs: System) -> None:
    """Whoever got the account withdraws and gives the consents after the name, and corrects the number then."""
    account, _ = two
    before, _ = met(account, labs)
    becomes(account, "马明远", Person.objects.get(account=account).doc_number)
    actor = actor_of(account)
    for text in (consents.PRIVACY, consents.IDENTITY):
        consents.withdraw(actor, account.pk, text)
    consents.give(actor, account.pk, (consents.PRIVACY, consents.IDENTITY))
    becomes(account, "马明远", demo.resident_id(501))
    assert met(account, labs)[0] != before


def test_what_was_put_back_was_a_slip(two: Two, labs: System) -> None:
    account, _ = two
    before = met(account, labs)
    number = Person.objects.get(account=account).doc_number
    for name, doc in (("韩续", number), ("韩叙", number), ("韩叙", demo.resident_id(501))):
        becomes(account, name, doc)
    assert met(account, labs) == before


def test_a_claim_that_comes_to_nothing_counts_for_nothing(desk: Any, two: Two, labs: System) -> None:
    account, other = two
    before = met(account, labs)
    Person.objects.filter(account=account).update(real_name="not_started")
    person = Person.objects.get(account=account)
    claimed = Document(person.name, "resident_id", Person.objects.get(account=other).doc_number)
    case = correct_person(actor_of(account), claimed, claim=True)
    assert case is not None
    perform(CASE, case, "withdraw", actor_of(account))
    becomes(account, "韩旭", person.doc_number)
    assert met(account, labs) == before


def test_whoever_lost_the_number_to_its_holder_and_has_another_name_is_another_person(two: Two, labs: System) -> None:
    account, other = two
    before, _ = met(account, labs)
    person = Person.objects.get(account=account)
    decided = Case(conflict_with_id=account.pk, asker_account=other, doc_key=person.doc_key, doc_index=person.doc_index)
    effects._take_number(decided, the_system())
    assert Person.objects.get(account=account).doc_number == ""
    becomes(account, person.name, demo.resident_id(501))
    assert met(account, labs)[0] == before, "the same name, and a number of their own"
    becomes(account, "马明远", demo.resident_id(501))
    assert met(account, labs)[0] != before


@pytest.mark.parametrize("elsewhere", [{"redirect_uris": ["https://new.example.org/cb"]}, {"subject": "other"}])
def test_a_system_that_comes_back_to_its_former_host_meets_nobody_of_before(
    two: Two, labs: System, elsewhere: dict[str, Any]
) -> None:
    account, _ = two
    before, _ = met(account, labs)
    was = {name: getattr(labs.row, name) for name in ("redirect_uris", "subject")}
    if "subject" in elsewhere:
        elsewhere = {"subject": "public" if labs.row.subject == "pairwise" else "pairwise"}
    Client.objects.filter(pk=labs.row.pk).update(**elsewhere)
    becomes(account, "马明远", demo.resident_id(501))
    Client.objects.filter(pk=labs.row.pk).update(**was)
    labs.row.refresh_from_db()
    assert met(account, labs)[0] != before


def test_an_account_that_was_merged_at_this_moment_is_not_corrected(desk: Any, two: Two, labs: System) -> None:
    gone = two[1]
    met(gone, labs)
    actor = actor_of(gone)
    Person.objects.filter(account=gone).update(real_name="not_started")
    before = Person.objects.get(account=gone).name
    Account.objects.filter(pk=gone.pk).update(closed_at=clock.now())
    with pytest.raises(Hidden):
        correct_person(actor, Document("马明远", "resident_id", demo.resident_id(501)))
    assert Person.objects.get(account=gone).name == before


def test_the_audit_log_says_that_numbers_changed(two: Two, labs: System) -> None:
    account, _ = two
    met(account, labs)
    becomes(account, "马明远", demo.resident_id(501))
    entry = AuditEntry.objects.get(verb="openid.renumbered")
    assert (entry.subject, entry.detail) == (f"identity.account:{account.pk}", {"sectors": 1})


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
