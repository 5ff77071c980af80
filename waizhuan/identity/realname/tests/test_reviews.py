"""What operators decide: approval, asking for more, declining, contested numbers, renewed documents."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.realname import actions, corrections, reviews
from waizhuan.identity.realname.actions import Document
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.checks import checks_of, warning_keys
from waizhuan.identity.realname.models import Case, Evidence, FormerDocument
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.tests.conftest import (
    FakeAuthority,
    approve,
    as_actor,
    picture,
    staff,
    status,
    submitted,
)
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.verdict import Verdict
from waizhuan.shared.flow.api import perform
from waizhuan.shared.flow.models import Step
from waizhuan.shared.notify.models import Message, Outbox

# ---------------------------------------------------------------- operators


def test_approval(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    with pytest.raises(Refused):
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version)  # a warning is open
    assert approve(reviewer, case).state == "passed"
    assert status(person) == "passed"


def test_the_second_operator_gets_a_conflict(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    other = staff("operator3", 203, Organisation.objects.get(kind="operator"), "operator.reviewer")
    case = submitted(person)
    approve(reviewer, case)
    with pytest.raises(Conflict) as conflict:
        reviews.decide(as_actor(other), case, "decline", version=case.version, note="不清楚")
    assert "平台运营中心" in conflict.value.by
    assert status(person) == "passed"
    assert approve(reviewer, case).state == "passed"  # the same operator pressing twice
    assert Step.objects.filter(transition="approve").count() == 1


@pytest.mark.parametrize("role", ["operator.auditor", "operator.system", "operator.security"])
def test_other_roles_of_the_operator_do_not_decide(
    person: Account, operator: Organisation, authority: FakeAuthority, role: str
) -> None:
    case = submitted(person)
    with pytest.raises(Hidden):
        approve(staff("someone", 209, operator, role), case)


def test_ones_own_case_is_refused(operator: Organisation, authority: FakeAuthority) -> None:
    own = demo.person("operator4", "许青禾", 204, verified=False)
    demo.mandate(own, operator, "operator.reviewer")
    case = submitted(own)
    with pytest.raises(Refused):
        approve(own, case)
    assert status(own) == "review"


def test_a_case_with_ones_own_document_is_refused(reviewer: Account, authority: FakeAuthority) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000, verified=False)
    mine = Person.objects.get(account=reviewer)
    unit.agent_name, unit.agent_doc_number = mine.name, mine.doc_number
    unit.save()
    assert unit.account is not None
    case = submitted(unit.account, "agent")
    with pytest.raises(Refused):
        approve(reviewer, case)


def test_asked_once_and_answered(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    with pytest.raises(Refused):
        reviews.decide(as_actor(reviewer), case, "ask", version=case.version)  # what for?
    case = reviews.decide(as_actor(reviewer), case, "ask", version=case.version, templates=["blurred"], note="重拍")
    assert case.state == "asked"
    note = Step.objects.get(transition="ask").note
    assert "看不清" in note
    assert note.endswith("重拍")
    actions.add_document(as_actor(person), case, "id_front", picture())
    case = actions.submit(as_actor(person), case)
    assert case.state == "review"
    assert Evidence.objects.filter(case=case, slot="id_front").count() == 2  # the former one is kept
    assert Evidence.objects.filter(case=case, slot="id_front", replaced_at=None).count() == 1
    with pytest.raises(Refused):
        reviews.decide(as_actor(reviewer), case, "ask", version=case.version, note="再补")


def test_the_note_is_in_the_askers_language(reviewer: Account, authority: FakeAuthority) -> None:
    anna = demo.person("anna", "Anna Lindqvist", 90, verified=False, language="en")
    case = submitted(anna)
    reviews.decide(as_actor(reviewer), case, "decline", version=case.version, templates=["expired"])
    assert Step.objects.get(transition="decline").note.isascii()


def test_declined_says_why_and_can_begin_again(person: Account, reviewer: Account, authority: FakeAuthority) -> None:
    case = submitted(person)
    with pytest.raises(Refused):
        reviews.decide(as_actor(reviewer), case, "decline", version=case.version)
    reviews.decide(as_actor(reviewer), case, "decline", version=case.version, note="看不清")
    assert status(person) == "failed"
    assert actions.start_check(as_actor(person), "person").pk != case.pk


def test_withdrawn_gives_back_what_can_be_corrected(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    case = submitted(person)
    correct = Document("陈知微", "resident_id", demo.resident_id(55))
    with pytest.raises(Refused):
        corrections.correct_person(as_actor(person), correct)
    actions.withdraw(as_actor(person), case)
    assert status(person) == "not_started"
    authority.answer = Answer(Result.MATCH)
    corrected = corrections.correct_person(as_actor(person), correct)
    assert corrected is not None
    assert corrected.state == "passed"
    assert Person.objects.get(account=person).doc_number == demo.resident_id(55)


# ---------------------------------------------------------------- conflicts (D3)


def test_a_number_of_another_account_is_refused_with_the_way_there(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    demo.person("other", "陈知微", 77, verified=False)
    with pytest.raises(Refused) as refused:
        corrections.correct_person(as_actor(person), Document("陈知微", "resident_id", demo.resident_id(77)))
    verdict: Verdict = refused.value.verdicts[0]
    assert (verdict.code, verdict.field) == ("D3", "doc_number")
    assert verdict.remedy is not None


def claimed(person: Account) -> Case:
    actor = as_actor(person)
    case = corrections.correct_person(actor, Document("陈知微", "resident_id", demo.resident_id(77)), claim=True)
    assert case is not None
    assert (case.state, case.auto_code) == ("upload", "conflict")
    for slot in ("id_front", "id_back"):
        actions.add_document(actor, case, slot, picture())
    return actions.submit(actor, case)


def test_a_contested_number_is_decided_by_two(
    person: Account, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    other = demo.person("other", "陈知微", 77)
    case = claimed(person)
    keys = warning_keys(case)
    assert "conflict" in keys
    assert [str(c.text) for c in checks_of(case) if c.told] == ["没有自动核对"], "neither a warning nor in order"
    with pytest.raises(Hidden):
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version, accepted=keys)
    case = reviews.decide(as_actor(senior), case, "recommend", version=case.version, accepted=keys)
    assert case.state == "second"
    with pytest.raises(Refused):
        reviews.decide(as_actor(senior), case, "confirm", version=case.version, accepted=keys)
    second = staff("operator5", 205, Organisation.objects.get(kind="operator"), "operator.senior")
    case = reviews.decide(as_actor(second), case, "confirm", version=case.version, accepted=keys)
    assert case.state == "passed"
    mine, theirs = Person.objects.get(account=person), Person.objects.get(account=other)
    assert mine.doc_number == demo.resident_id(77)
    assert (theirs.doc_number, theirs.real_name) == ("", "failed")
    assert FormerDocument.objects.filter(account=other).count() == 1


def test_two_accounts_of_one_operator_are_one_pair_of_eyes(
    person: Account, senior: Account, authority: FakeAuthority
) -> None:
    """The one account had a document that the other one has; nobody had to merge them for the second look."""
    demo.person("other", "陈知微", 77)
    case = claimed(person)
    keys = warning_keys(case)
    case = reviews.decide(as_actor(senior), case, "recommend", version=case.version, accepted=keys)
    again = staff("operator5", 205, Organisation.objects.get(kind="operator"), "operator.senior")
    FormerDocument.keep(Person.objects.get(account=senior), account_id=again.pk)
    with pytest.raises(Refused, match="复核要由另一个人做"):
        reviews.decide(as_actor(again), case, "confirm", version=case.version, accepted=keys)
    with pytest.raises(Hidden):  # whoever gets past the page
        perform(CASE, case, "confirm", as_actor(again))
    client = Client()
    client.force_login(again)
    assert "复核要由另一个人做" in client.get(f"/real-name/{case.pk}/review/").content.decode()


def test_a_claim_changes_nothing_until_it_is_decided(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    other = demo.person("other", "陈知微", 77)
    case = claimed(person)
    assert Person.objects.get(account=person).doc_number == demo.resident_id(1)
    reviews.decide(as_actor(reviewer), case, "decline", version=case.version, note="不是本人")
    assert Person.objects.get(account=other).doc_number == demo.resident_id(77)


# ---------------------------------------------------------------- renewal (D10)


def test_a_renewed_passport_replaces_the_old_one(reviewer: Account, authority: FakeAuthority) -> None:
    anna = demo.person("anna", "Anna Lindqvist", 90)
    Person.objects.filter(account=anna).update(doc_type="passport", doc_country="SWE")
    row = Person.objects.get(account=anna)
    row.doc_number, row.doc_key = "A1234567", "SWE:A1234567"
    row.save()
    case = corrections.renew(as_actor(anna), Document("Anna Lindqvist", "passport", "B7654321", "SWE"))
    assert (case.state, case.purpose) == ("upload", "renewal")
    assert status(anna) == "passed"
    actions.add_document(as_actor(anna), case, "passport_page", picture())
    case = actions.submit(as_actor(anna), case)
    assert status(anna) == "passed"
    approve(reviewer, case)
    row.refresh_from_db()
    assert row.doc_number == "B7654321"
    former = FormerDocument.objects.get(account=anna)
    assert former.doc_number == "A1234567"


def test_a_renewal_is_of_the_same_person(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    Person.objects.filter(account=person).update(real_name="passed")
    with pytest.raises(Refused) as refused:
        corrections.renew(as_actor(person), Document("陈知微", "resident_id", demo.resident_id(2)))
    assert refused.value.verdicts[0].code == "D10"
    assert not Case.objects.exists()


# ---------------------------------------------------------------- messages


def test_the_result_comes_by_text_message_and_in_the_inbox(
    person: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    case = approve(reviewer, submitted(person))
    message = Message.objects.get(account=person)
    assert message.template == "realname.passed"
    assert str(case.number) in message.body
    assert message.link == f"/real-name/{case.pk}/"
    assert Outbox.objects.filter(channel="sms").count() == 1


def test_who_loses_a_number_is_told_and_out(person: Account, senior: Account, authority: FakeAuthority) -> None:
    other = demo.person("other", "陈知微", 77)
    Device.objects.create(account=other, session_key="x", browser="", network="")
    operator = Organisation.objects.get(kind="operator")
    case, second = claimed(person), staff("operator5", 205, operator, "operator.senior")
    for decider, decision in ((senior, "recommend"), (second, "confirm")):
        keys = warning_keys(case)
        case = reviews.decide(as_actor(decider), case, decision, version=case.version, accepted=keys)
    assert Message.objects.filter(account=other, template="realname.number_lost").count() == 1
    assert not Device.objects.filter(account=other).exists()  # and the systems entered from there end with it
