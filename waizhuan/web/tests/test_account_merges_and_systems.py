"""After two accounts of one person became one, other systems know the person still: by the number that they were told, or
by one beside which the former ones stand. An undo parts them again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.api import Account
from waizhuan.identity.my_information import closing as closing_
from waizhuan.identity.openid import grants, subjects
from waizhuan.identity.openid.models import Consent, Grant, KnownAs, LogoutNotice
from waizhuan.identity.openid.tests.conftest import System, browser_of, claims_of, ended, system, told
from waizhuan.kernel import clock
from waizhuan.shared.flow.api import perform
from waizhuan.web.tests.test_account_merges import merged

pytestmark = pytest.mark.django_db
Two = tuple[Account, Account]


@pytest.fixture(params=["pairwise", "public"])
def labs(request: pytest.FixtureRequest, db: None) -> System:
    return system(subject=request.param, logout_uri="https://labs.example.org/bye-bye")


@pytest.fixture
def library(labs: System) -> System:
    """Another system with numbers of its own."""
    host = "https://library.example.org"
    return system(
        name="图书馆", subject="pairwise", redirect_uris=[host + "/callback"], post_logout_uris=[], entry_uri=host + "/"
    )


def met(account: Account, at: System) -> tuple[str, list[str]]:
    """Sign in there: the number that it is told, and the former ones; everywhere the same."""
    tokens = at.tokens(browser_of(account))
    again = at.refresh(tokens["refresh_token"]).json()  # type: ignore[attr-defined]
    info = at.userinfo(again["access_token"]).json()  # type: ignore[attr-defined]
    stated = [claims_of(tokens["id_token"]), claims_of(again["id_token"]), info]
    found = [(s["sub"], s.get("former_subs", [])) for s in stated]
    assert found[0] == found[1] == found[2]
    return found[0]


def undone(desk: Any, closing: Account) -> None:
    perform(MERGE, AccountMerge.objects.get(closing=closing, state="merged"), "undo", desk[1], note="撤")


def test_a_system_that_met_only_the_account_that_ends_knows_the_person_still(
    desk: Any, two: Two, labs: System, library: System
) -> None:
    kept, gone = two
    before, _ = met(gone, labs)
    merged(desk, two)
    assert met(kept, labs) == (before, [])
    assert met(kept, library) == (subjects.own(kept.pk, "library.example.org"), [])
    notice = LogoutNotice.objects.filter(client=labs.row).latest("pk")
    assert notice.subject == before
    Grant.objects.filter(account=kept).update(ended_at=None)
    grants.end(Grant.objects.filter(account=kept), why="x")
    assert set(LogoutNotice.objects.filter(client=labs.row).values_list("subject", flat=True)) == {before}


def test_a_consent_that_was_taken_back_was_a_meeting_too(desk: Any, two: Two, labs: System) -> None:
    before, _ = met(two[1], labs)
    Consent.objects.update(withdrawn_at=clock.now())
    merged(desk, two)
    assert met(two[0], labs) == (before, [])


def test_a_system_that_met_both_is_told_the_former_number_beside(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    mine, theirs = met(kept, labs)[0], met(gone, labs)[0]
    browser = browser_of(kept)
    held = labs.tokens(browser)
    merged(desk, two)
    info = labs.userinfo(held["access_token"]).json()  # type: ignore[attr-defined]
    assert (info["sub"], info["former_subs"]) == (mine, [theirs]), "at once, in sign-ins that go on"
    assert met(kept, labs) == (mine, [theirs])
    discovery = browser.get(reverse("openid.discovery")).json()
    assert "former_subs" in discovery["claims_supported"]


def test_an_old_id_token_still_says_who_is_meant(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    met(kept, labs)
    hints = [labs.tokens(browser_of(gone))["id_token"], labs.tokens(browser_of(kept))["id_token"]]
    stranger = labs.tokens(browser_of(demo.person("stranger", "陈知微", 2005)))["id_token"]
    merged(desk, two)
    browser = browser_of(kept)
    for hint in hints:
        answer = browser.get(reverse("openid.authorize"), labs.ask(prompt="none", id_token_hint=hint))
        assert "code" in told(answer)
    answer = browser.get(reverse("openid.authorize"), labs.ask(prompt="none", id_token_hint=stranger))
    assert told(answer)["error"] == "login_required"


def test_systems_of_one_sector_are_told_the_same(desk: Any, two: Two, labs: System) -> None:
    """One met the one account, one the other: by the specification both are told one number (Core, 8)."""
    kept, gone = two
    beside = system(name="同一主机", subject=labs.row.subject)
    theirs, mine = met(gone, labs)[0], met(kept, beside)[0]
    merged(desk, two)
    assert met(kept, labs) == met(kept, beside) == (mine, [theirs])


def test_former_numbers_stay_in_their_sector(desk: Any, two: Two, labs: System, library: System) -> None:
    kept, gone = two
    for account in two:
        met(account, labs)
        met(account, library)
    merged(desk, two)
    here, there = met(kept, labs), met(kept, library)
    assert not {here[0], *here[1]} & {there[0], *there[1]}
    assert here[1] == [subjects.own(gone.pk, subjects.sector(labs.row))]


def test_an_undo_parts_them_again(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    before, _ = met(gone, labs)
    merged(desk, two)
    tokens = labs.tokens(browser_of(kept))
    assert claims_of(tokens["id_token"])["sub"] == before
    LogoutNotice.objects.all().delete()
    undone(desk, gone)
    assert labs.userinfo(tokens["access_token"]).status_code == 401, "nobody goes on under the other's number"
    assert labs.refresh(tokens["refresh_token"]).status_code == 400
    assert ended()[-1] == "account"
    assert set(LogoutNotice.objects.values_list("subject", flat=True)) == {before}
    own = subjects.own(kept.pk, subjects.sector(labs.row))
    assert met(gone, labs) == (before, [])
    assert met(kept, labs) == (own, [])
    merged(desk, two)
    assert met(kept, labs) == (own, [before]), "by now it has met both"


def test_an_undo_takes_the_former_number_away(desk: Any, two: Two, labs: System) -> None:
    mine, theirs = met(two[0], labs), met(two[1], labs)
    merged(desk, two)
    undone(desk, two[1])
    assert (met(two[0], labs), met(two[1], labs)) == (mine, theirs)


def test_through_several_merges_and_back(desk: Any, two: Two, labs: System) -> None:
    """first → gone → kept, where kept was never met; then another one, that was met, into kept."""
    kept, gone = two
    first, other = demo.person("first", "韩叙", 2006), demo.person("other", "韩叙", 2007)
    numbers = [met(a, labs)[0] for a in (first, gone, other)]
    merged(desk, (gone, first))
    assert met(gone, labs) == (numbers[1], [numbers[0]])
    merged(desk, (kept, gone))
    assert met(kept, labs) == (numbers[1], [numbers[0]])
    merged(desk, (kept, other))
    assert met(kept, labs) == (numbers[1], [numbers[2], numbers[0]]), "the newest first"
    # out of turn: what came with the one that goes leaves with it, and the one that is left takes its place
    undone(desk, gone)
    assert met(gone, labs) == (numbers[1], [numbers[0]])
    assert met(kept, labs) == (numbers[2], [])
    LogoutNotice.objects.all().delete()
    grants.end(Grant.objects.filter(account=kept), why="x")
    assert set(LogoutNotice.objects.values_list("subject", flat=True)) == {numbers[2]}
    merged(desk, (kept, gone))
    assert met(kept, labs) == (numbers[2], [numbers[1], numbers[0]]), "known by it meanwhile"
    undone(desk, gone)
    undone(desk, first)
    assert met(first, labs) == (numbers[0], [])
    assert met(gone, labs) == (numbers[1], [])
    undone(desk, other)
    assert met(other, labs) == (numbers[2], [])
    assert met(kept, labs) == (subjects.own(kept.pk, subjects.sector(labs.row)), [])


def test_whoever_was_known_by_anothers_number_leaves_by_it(desk: Any, two: Two, labs: System) -> None:
    """The first became part of one that then ends itself, signed in there."""
    kept, gone = two
    first = demo.person("first", "韩叙", 2006)
    number, _ = met(first, labs)
    merged(desk, (gone, first))
    labs.tokens(browser_of(gone))
    LogoutNotice.objects.all().delete()
    merged(desk, two)
    assert LogoutNotice.objects.get().subject == number
    assert met(kept, labs) == (number, [])


def test_closing_the_account_ends_its_numbers(desk: Any, two: Two, labs: System) -> None:
    kept, gone = two
    met(gone, labs)
    merged(desk, two)
    kept.refresh_from_db()
    assert KnownAs.objects.exists()
    closing_.close(kept)
    assert not KnownAs.objects.exists()


def test_no_two_accounts_are_known_by_one_number(two: Two) -> None:
    kept, gone = two
    KnownAs.objects.create(account=kept, origin=gone, sector="a.example")
    for wrong in (
        {"account": gone, "origin": gone, "sector": "a.example"},
        {"account": kept, "origin": kept, "sector": "a.example"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            KnownAs.objects.create(**wrong)
    KnownAs.objects.create(account=kept, origin=kept, sector="a.example", former_since=clock.now())


def test_ending_many_sign_ins_asks_once_for_their_numbers(two: Two, labs: System) -> None:
    for account in two:
        labs.tokens(browser_of(account))
    found = list(Grant.objects.select_related("client"))
    with CaptureQueriesContext(connection) as asked:
        assert len(subjects.subjects_of(found)) == 2
    assert len(asked) == 1
