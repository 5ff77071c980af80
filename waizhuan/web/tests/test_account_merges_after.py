"""What a merge of two accounts must not carry along, and what becomes of rights and data afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from waizhuan.identity import demo
from waizhuan.identity.account_merges import actions, executing
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.api import Account, Mandate, Organisation, active_mandates, move_staff
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.verdict import YES
from waizhuan.shared.flow.api import perform
from waizhuan.web.tests.test_account_merges import NUMBERS, make, merged

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("how", ["withdrawn", "renewed", "ran out"])
def test_an_undo_brings_back_no_right_that_was_taken_away(desk: Any, two: tuple[Account, Account], how: str) -> None:
    """What the survivor held for both of them ended after the merge: the other account does not get it back."""
    from django.test import Client

    survivor, closing = two
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    for account in two:
        demo.mandate(account, unit, "projects.lead")
        demo.mandate(account, unit, "unit.admin")
    merge = merged(desk, two)
    held = Mandate.objects.filter(account=survivor, role="unit.admin", withdrawn_at=None)
    if how == "ran out":
        past = clock.now() - dt.timedelta(minutes=1)
        held.update(valid_from=past - dt.timedelta(days=1), valid_until=past)
    else:
        held.update(withdrawn_at=clock.now(), withdrawn_why=how)
    if how == "renewed":
        demo.mandate(survivor, unit, "unit.admin")
    client = Client()
    client.force_login(Account.objects.get(login_name="op2"))
    page = client.get(f"/me/accounts/{merge.pk}/").content.decode()
    assert "不恢复" in page
    assert "云溪理工大学 · 单位管理员" in page
    assert "云溪理工大学 · 项目负责人" not in page
    perform(MERGE, merge, "undo", desk[1], note="撤")
    assert list(active_mandates().filter(account=closing).values_list("role", flat=True)) == ["projects.lead"]
    assert Mandate.objects.filter(account=closing).count() == 2, "it is history"


def test_a_post_that_ran_out_does_not_end_the_other_accounts(desk: Any, two: tuple[Account, Account]) -> None:
    survivor = two[0]
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    for account in two:
        demo.mandate(account, unit, "projects.lead")
    past = clock.now() - dt.timedelta(minutes=1)
    survivor.mandates.update(valid_from=past - dt.timedelta(days=1), valid_until=past)
    merged(desk, two)
    assert active_mandates().filter(account=survivor, role="projects.lead").count() == 1


def appeal_for(account: Account, operator: Organisation, state: str, **more: Any) -> Any:
    from waizhuan.identity.appeals.models import Appeal

    more = {"kind": "person", "name": "韩叙", "doc_type": "resident_id", "phone": "+8613911110000"} | more
    return Appeal.objects.create(account=account, operator=operator, state=state, number=f"SS-{next(NUMBERS)}", **more)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("state", ["draft", "review", "asked", "second", "cooling", "objected"])
def test_not_while_an_appeal_for_one_of_them_runs(
    desk: Any, two: tuple[Account, Account], side: int, state: str
) -> None:
    """Its appellant has proved one account: not the one that takes it over, nor what that one gets besides."""
    operator = Organisation.objects.get(kind="operator")
    made = actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")
    made = perform(MERGE, made, "check", desk[0])
    appeal = appeal_for(two[side], operator, state)
    with pytest.raises(Refused) as refusal:
        perform(MERGE, made, "merge", desk[1])
    assert f"账号申诉 {appeal.number}" in str(refusal.value)
    type(appeal).objects.filter(pk=appeal.pk).update(state="withdrawn")
    assert perform(MERGE, made, "merge", desk[1]).state == "merged"
    appeal.refresh_from_db()
    assert appeal.account_id == two[side].pk, "it tells whose account it was about"


def test_an_appeal_that_slips_in_does_not_reach_the_account_that_is_kept(
    desk: Any, two: tuple[Account, Account]
) -> None:
    """Handed in at the very moment of the merge: it stays with the closed account, and lapses."""
    from waizhuan.identity.appeals import jobs

    survivor, closing = two
    merged(desk, two)
    operator = Organisation.objects.get(kind="operator")
    appeal = appeal_for(closing, operator, "cooling", cooling_until=clock.now() - dt.timedelta(hours=1))
    assert jobs.finish_cooling() == 1
    appeal.refresh_from_db()
    before = survivor.phone
    survivor.refresh_from_db()
    assert (appeal.state, survivor.phone) == ("declined", before)


@pytest.mark.parametrize("state", ["checking", "upload", "asked"])
def test_not_while_a_verification_waits_for_the_person(desk: Any, two: tuple[Account, Account], state: str) -> None:
    """It would write the document of one account to the other."""
    from waizhuan.identity.realname.models import Case

    case = make(Case, Organisation.objects.get(kind="operator"), {"asker_account": two[1], "kind": "person"})
    Case.objects.filter(pk=case.pk).update(state=state, number="SM-9")
    with pytest.raises(Refused, match="实名认证 SM-9"):
        actions.begin(actor=desk[0], survivor=two[0], closing=two[1], reason="x")


def chain(desk: Any, two: tuple[Account, Account]) -> Account:
    """The first account was merged into the second, that one into the kept one. The first."""
    first = demo.person("first", "韩叙", 2006)
    merged(desk, (two[1], first))
    merged(desk, two)
    return first


def test_the_copy_holds_what_stayed_with_the_accounts_that_were_merged_in(
    desk: Any, two: tuple[Account, Account]
) -> None:
    from waizhuan.identity.my_information import holdings

    survivor, closing = two
    first = chain(desk, two)
    operator, key = Organisation.objects.get(kind="operator"), demo.resident_id(2004)
    own = appeal_for(closing, operator, "approved", doc_number=key, doc_key=key)
    appeal_for(closing, operator, "declined")
    copy: Any = holdings.copy_of(survivor.pk)
    assert {a["account"]["login_name"] for a in copy["merged_accounts"]} == {"gone", "first"}
    [gone] = [a for a in copy["merged_accounts"] if a["account"]["login_name"] == "gone"]
    assert gone["account"]["phone"] == closing.phone
    assert [a.get("number") for a in gone["appeals"]] == [None, own.number], "of a stranger's only that there was one"
    assert [(m["kept"], m["closed"], m["state"]) for m in copy["account_merges"]] == [("kept", "gone", "merged")]
    assert holdings.copy_of(first.pk)["merged_accounts"] == []
    merge = AccountMerge.objects.get(closing=closing)
    perform(MERGE, merge, "undo", desk[1], note="撤")
    after: Any = holdings.copy_of(survivor.pk)
    assert after["merged_accounts"] == []
    assert "closed" not in after["account_merges"][0], "the other account may be somebody else's"


@pytest.mark.parametrize("asked", [True, False])
def test_what_goes_with_an_account_goes_with_those_that_were_merged_in(
    desk: Any, two: tuple[Account, Account], asked: bool
) -> None:
    """A granted deletion removes everything that need not be kept; closing by oneself removes contacts and ways in."""
    from waizhuan.identity.api import Person
    from waizhuan.identity.my_information import closing as closing_
    from waizhuan.identity.my_information.models import DataRequest
    from waizhuan.identity.second_factor.models import Passkey

    survivor, closing = two
    first = chain(desk, two)
    Passkey.objects.create(account=first, name="k", credential_id="x", public_key=b"x")
    request = DataRequest(kind="delete", words="x", operator=Organisation.objects.get(kind="operator"))
    survivor.refresh_from_db()
    closing_.close(survivor, asked_by=request if asked else None)
    for account in (survivor, closing, first):
        account.refresh_from_db()
        assert (account.phone, account.email, account.has_usable_password()) == ("", "", False)
        assert not account.passkeys.exists()
        assert account.closed_at is not None
        assert account.login_name.startswith("closed-") == asked
        assert (Person.objects.get(account=account).name == f"#{account.pk}") == asked
        assert not account.aliases.exists()


def lasting(account: Account, unit: Organisation, days: int | None) -> Mandate:
    demo.mandate(account, unit, "projects.lead")
    until = None if days is None else clock.now() + dt.timedelta(days=days)
    Mandate.objects.filter(account=account, role="projects.lead").update(valid_until=until)
    return Mandate.objects.get(account=account, role="projects.lead")


@pytest.mark.parametrize(("kept", "gone"), [(30, 90), (30, None), (90, 30), (None, 30), (None, None)])
def test_of_two_mandates_for_one_post_the_longer_lasts(
    desk: Any,
    two: tuple[Account, Account],
    kept: int | None,
    gone: int | None,
) -> None:
    """No day is lost that was given, and an undo restores both."""
    survivor, closing = two
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    mine, theirs = lasting(survivor, unit, kept), lasting(closing, unit, gone)
    merge = merged(desk, two)
    [held] = active_mandates().filter(account=survivor)
    longest = None if None in (kept, gone) else max(mine.valid_until, theirs.valid_until)  # type: ignore[type-var]
    assert held.valid_until == longest
    perform(MERGE, merge, "undo", desk[1], note="撤")
    for before in (mine, theirs):
        [after] = active_mandates().filter(account=before.account)
        assert (after.pk, after.valid_until) == (before.pk, before.valid_until)


def test_an_undo_restores_no_post_in_whose_place_another_was_withdrawn(desk: Any, two: tuple[Account, Account]) -> None:
    survivor, closing = two
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    lasting(survivor, unit, 30)
    lasting(closing, unit, 90)
    merge = merged(desk, two)
    active_mandates().filter(account=survivor).update(withdrawn_at=clock.now(), withdrawn_why="离职")
    perform(MERGE, merge, "undo", desk[1], note="撤")
    assert not active_mandates().filter(account__in=two).exists()


@pytest.fixture
def departments(two: tuple[Account, Account]) -> tuple[Organisation, Organisation]:
    """Two departments; the account that goes is a clerk of the first."""
    first, heir = demo.organisation("department", "甲厅"), demo.organisation("department", "乙厅")
    demo.mandate(two[1], first, "department.clerk")
    return first, heir


def gives_way(desk: Any, account: Account, before: Organisation, after: Organisation) -> None:
    move_staff(actor=desk[0], before=before.pk, after=after.pk, accounts=[account.pk], why="合并")


def test_no_undo_while_the_kept_account_holds_what_became_of_a_post(
    desk: Any, two: tuple[Account, Account], departments: tuple[Organisation, Organisation]
) -> None:
    """The department closed, its heir's post was given to the account that is kept, and closed in turn: the trace knows
    nothing of it. Once it is withdrawn, nothing stays with whom it was never meant for."""
    from django.test import Client

    first, heir = departments
    merge = merged(desk, two)
    gives_way(desk, two[0], first, heir)
    gives_way(desk, two[0], heir, demo.organisation("department", "丙厅"))
    assert active_mandates().get(account=two[0]).organisation.name == "丙厅"
    client = Client()
    client.force_login(Account.objects.get(login_name="op2"))
    page = client.get(f"/me/accounts/{merge.pk}/").content.decode()
    assert "有 1 条内容又变动过" in page
    assert "甲厅 · " in page, "what an undo does not bring back is named"
    with pytest.raises(Refused, match="逐项调整"):
        perform(MERGE, merge, "undo", desk[1], note="撤")
    active_mandates().filter(account=two[0]).update(withdrawn_at=clock.now(), withdrawn_why="逐项调整")
    assert perform(MERGE, merge, "undo", desk[1], note="撤").state == "undone"
    assert not active_mandates().filter(account__in=two).exists()


def test_no_undo_while_the_kept_account_was_given_the_post_again(
    desk: Any, two: tuple[Account, Account], departments: tuple[Organisation, Organisation]
) -> None:
    merge = merged(desk, two)
    active_mandates().filter(account=two[0]).update(withdrawn_at=clock.now(), withdrawn_why="renewed")
    demo.mandate(two[0], departments[0], "department.clerk")
    assert not executing.may_undo(merge).ok


def test_a_post_that_moved_and_was_withdrawn_stays_withdrawn(
    desk: Any, two: tuple[Account, Account], departments: tuple[Organisation, Organisation]
) -> None:
    """Nothing came in its place: another post that the kept account was given is its own."""
    from django.test import Client

    merge = merged(desk, two)
    active_mandates().filter(account=two[0]).update(withdrawn_at=clock.now(), withdrawn_why="离职")
    demo.mandate(two[0], departments[1], "department.clerk")
    client = Client()
    client.force_login(Account.objects.get(login_name="op2"))
    page = client.get(f"/me/accounts/{merge.pk}/").content.decode()
    assert "甲厅 · " in page
    assert "不恢复" in page
    assert perform(MERGE, merge, "undo", desk[1], note="撤").state == "undone"
    assert not active_mandates().filter(account=two[1]).exists()
    assert Mandate.objects.get(account=two[1]).organisation == departments[0], "it is history"


def test_systems_that_were_entered_are_left(desk: Any, two: tuple[Account, Account]) -> None:
    from waizhuan.identity.openid.models import Client as System
    from waizhuan.identity.openid.models import Grant

    system = System.objects.create(client_id="abc", name="甲系统", name_en="A", purpose="p", purpose_en="p", owner="o")
    grant = make(Grant, Organisation.objects.get(kind="operator"), {"account": two[1], "client": system})
    Grant.objects.filter(pk=grant.pk).update(ended_at=None)
    merged(desk, two)
    grant.refresh_from_db()
    assert (grant.ended_at is not None, grant.ended_why) == (True, "account")


def test_what_happens_at_the_same_moment_is_said_and_nothing_is_done(
    desk: Any, two: tuple[Account, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody registers with the number between the check and the undo: the database sees it."""
    from django.test import Client

    merge = merged(desk, two)
    demo.person("newcomer", "韩叙", 2004)
    assert not executing.may_undo(merge).ok
    monkeypatch.setattr(executing, "may_undo", lambda merge: YES)
    client = Client()
    client.force_login(Account.objects.get(login_name="op2"))
    given = {"transition": "undo", "version": str(merge.version), "note": "撤"}
    answer = client.post(f"/me/accounts/{merge.pk}/", given)
    assert answer.status_code == 422
    assert "有人同时改动" in answer.content.decode()
    two[1].refresh_from_db()
    assert two[1].closed_at is not None
