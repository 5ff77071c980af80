"""From the automatic check to the operator's decision."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.realname import actions, api
from waizhuan.identity.realname import demo as realname_demo
from waizhuan.identity.realname.authority.answers import UNAVAILABLE, Answer, Result
from waizhuan.identity.realname.models import Case, Evidence
from waizhuan.identity.realname.tests.conftest import (
    FakeAuthority,
    approve,
    as_actor,
    picture,
    status,
    submitted,
)
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.flow.models import Step, WorkItem

MATCH = Answer(Result.MATCH)


# ---------------------------------------------------------------- automatic


def test_a_match_passes_at_once(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    authority.answer = MATCH
    case = actions.start_check(as_actor(person), "person")
    assert case.state == "passed"
    assert status(person) == "passed"
    assert Person.objects.get(account=person).verified_at is not None
    assert (case.number or "").startswith("SM-")
    assert not WorkItem.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(Result.MISMATCH, "name"), "failed"),
        (Answer(Result.UNKNOWN, "not_found"), "not_started"),
        (UNAVAILABLE, "not_started"),
    ],
)
def test_anything_else_leads_to_documents(
    person: Account, operator: Organisation, authority: FakeAuthority, answer: Answer, expected: str
) -> None:
    authority.answer = answer
    case = actions.start_check(as_actor(person), "person")
    assert case.state == "upload"
    assert (case.auto_result, case.auto_code) == (answer.result, answer.code)
    assert status(person) == expected
    item = WorkItem.objects.get(closed_at=None)
    assert item.account_id == person.pk
    assert item.asker_turn


def test_asking_twice_makes_one_case(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    first = actions.start_check(as_actor(person), "person")
    second = actions.start_check(as_actor(person), "person")
    assert first.pk == second.pk
    assert authority.asked == 1


def test_a_second_request_does_not_ask_while_the_first_does(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    seen: list[str] = []
    authority.during = lambda: seen.append(actions.start_check(as_actor(person), "person").state)
    assert actions.start_check(as_actor(person), "person").state == "upload"
    assert seen == ["checking"]
    assert authority.asked == 1


def test_an_interrupted_check_is_taken_up_again(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    authority.during = die
    with pytest.raises(KeyboardInterrupt):
        actions.start_check(as_actor(person), "person")
    assert Case.objects.get().state == "checking"
    Case.objects.update(claimed_until=None)
    authority.during, authority.answer = (lambda: None), MATCH
    assert actions.start_check(as_actor(person), "person").state == "passed"
    assert Case.objects.count() == 1


def test_the_authority_is_asked_outside_any_transaction(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    def depth() -> int:
        return len(connection.savepoint_ids)  # the test itself is a transaction; ours are savepoints in it

    inside: list[int] = []
    authority.during = lambda: inside.append(depth())
    actions.start_check(as_actor(person), "person")
    assert inside == [depth()]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads share the test's in-memory database")
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_case(authority: FakeAuthority) -> None:
    demo.organisation("operator", "平台运营中心")
    made = demo.person("chenzhiwei", "陈知微", 1, verified=False)
    actor, go = as_actor(made), threading.Barrier(2)

    def click() -> None:
        go.wait()
        actions.start_check(actor, "person")
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == 1
    assert authority.asked == 1


def test_passed_needs_nothing_more_d9(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    authority.answer = MATCH
    api.start_check(as_actor(person))
    with pytest.raises(Refused) as refused:
        api.start_check(as_actor(person))
    assert refused.value.verdicts[0].code == "D9"


def test_trying_again_after_no_answer(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    authority.answer = UNAVAILABLE
    case = actions.start_check(as_actor(person), "person")
    authority.answer = MATCH
    assert actions.check_again(as_actor(person), case).state == "passed"


# ---------------------------------------------------------------- documents


def test_submit_says_everything_missing_at_once(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    case = actions.start_check(as_actor(person), "person")
    with pytest.raises(Refused) as refused:
        actions.submit(as_actor(person), case)
    assert [v.field for v in refused.value.verdicts] == ["id_front", "id_back"]


def test_submitted_evidence_cannot_be_replaced(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    case = submitted(person)
    assert case.state == "review"
    before = list(Evidence.objects.values_list("pk", flat=True))
    with pytest.raises(Refused):
        actions.add_document(as_actor(person), case, "id_front", picture())
    with pytest.raises(Refused):
        actions.remove_document(as_actor(person), case, "id_front")
    assert list(Evidence.objects.values_list("pk", flat=True)) == before
    assert status(person) == "review"


def test_submitting_twice_submits_once(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    case = submitted(person)
    seen = Case.objects.get(pk=case.pk)
    seen.state = "upload"  # as the second tab still shows it
    again = actions.submit(as_actor(person), seen, version=case.version - 1)
    assert again.version == case.version
    assert Step.objects.filter(transition="submit").count() == 1


def test_other_peoples_cases_are_hidden(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    case = actions.start_check(as_actor(person), "person")
    stranger = as_actor(demo.person("stranger", "韩叙", 7))
    with pytest.raises(Hidden):
        actions.add_document(stranger, case, "id_front", picture())
    with pytest.raises(Hidden):
        actions.withdraw(stranger, case)


# ---------------------------------------------------------------- units


@pytest.fixture
def unit(db: None) -> Organisation:
    return demo.unit("yunxi", "云溪理工大学", 1000, verified=False)


def test_a_unit_and_its_agent_are_two_verifications(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    authority.answer = MATCH
    cases = api.start_check(as_actor(unit.account))
    assert [c.kind for c in cases] == ["agent", "unit"]
    unit.refresh_from_db()
    assert (unit.agent_real_name, unit.real_name) == ("passed", "passed")
    assert unit.verified_at is not None


@pytest.mark.parametrize(("kind", "division"), [("government", "330100"), ("foreign", ""), ("enterprise", "810000")])
def test_units_without_an_interface_go_to_people(
    unit: Organisation, operator: Organisation, authority: FakeAuthority, kind: str, division: str
) -> None:
    unit.unit_kind, unit.division = kind, division
    unit.save()
    assert unit.account is not None
    case = actions.start_check(as_actor(unit.account), "unit")
    assert (case.state, case.auto_code, authority.asked) == ("upload", "manual", 0)


def test_incomplete_units_are_led_to_the_form_d6(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    unit.rep_name = ""
    unit.save()
    assert unit.account is not None
    with pytest.raises(Refused) as refused:
        actions.start_check(as_actor(unit.account), "unit")
    assert refused.value.verdicts[0].code == "D6"
    assert not Case.objects.filter(kind="unit").exists()


def test_an_account_without_a_number_is_led_to_the_form(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    row = Person.objects.get(account=person)
    row.doc_number = row.doc_key = ""
    row.save()
    with pytest.raises(Refused) as refused:
        api.start_check(as_actor(person))
    remedy = refused.value.verdicts[0].remedy
    assert remedy is not None
    assert remedy.screen == "realname.correct"
    assert authority.asked == 0


def test_what_changed_under_review_does_not_pass(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    case = submitted(unit.account, "agent")
    Organisation.objects.filter(pk=unit.pk).update(agent_name="别人")
    with pytest.raises(Refused):
        approve(reviewer, case)


# ---------------------------------------------------------------- the demonstration


def test_the_demonstration_has_every_state(reviewer: Account, senior: Account) -> None:
    made = realname_demo.build()
    states = {name: Case.objects.get(pk=case.pk).state for name, case in made.items()}
    for state in ("upload", "review", "asked", "second", "declined", "passed", "withdrawn"):
        assert states[state] == state
    assert made["renewal"].purpose == "renewal"
    assert WorkItem.objects.filter(closed_at=None, role="operator.reviewer").count() >= 13


def test_a_representative_who_was_put_in_during_the_check_is_not_verified(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    authority.answer = Answer(Result.MATCH)
    authority.during = lambda: Organisation.objects.filter(pk=unit.pk).update(rep_name="另一个人")
    case = actions.start_check(as_actor(unit.account), "unit")
    unit.refresh_from_db()
    assert (case.state, unit.real_name) == ("upload", "not_started")
    authority.during = lambda: None
    case = actions.start_check(as_actor(unit.account), "unit")
    assert (case.name, case.state) == ("另一个人", "passed")
