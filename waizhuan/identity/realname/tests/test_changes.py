"""A verified unit changes its name, code or legal representative (E11)."""

from __future__ import annotations

import dataclasses

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from waizhuan.identity import demo, earlier
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, FormerCode, FormerName, Organisation, Person
from waizhuan.identity.realname import actions, changes, queries, reviews, rules
from waizhuan.identity.realname.actions import Document, Registered
from waizhuan.identity.realname.authority.answers import Answer, Result
from waizhuan.identity.realname.checks import warning_keys
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.tests.conftest import FakeAuthority, approve, as_actor, picture, signed_in
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.words import as_json, say
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.flow.presenters import line_of
from waizhuan.shared.notify.models import Message

NEW_CODE = demo.credit_code(4321)


@pytest.fixture
def unit(db: None) -> Organisation:
    return demo.unit("yunxi", "云溪理工大学", 1000)


@pytest.fixture
def admin(unit: Organisation) -> Account:
    made = demo.person("admin", "陈知微", 31)
    demo.mandate(made, unit, "unit.admin")
    return made


def account_of(unit: Organisation) -> Account:
    assert unit.account is not None
    return unit.account


def as_it_is(unit: Organisation) -> Registered:
    rep = Document(unit.rep_name, unit.rep_doc_type, unit.rep_doc_number, unit.rep_doc_country)
    return Registered(unit.name, unit.uscc or "", rep, unit.unit_kind, unit.division, unit.address)


def asked(unit: Organisation, *, claim: bool = False, **new: object) -> Case:
    return changes.ask(as_actor(account_of(unit)), dataclasses.replace(as_it_is(unit), **new), claim=claim)  # type: ignore[arg-type]


def handed_in(unit: Organisation, *, claim: bool = False, **new: object) -> Case:
    actor, case = as_actor(account_of(unit)), asked(unit, claim=claim, **new)
    assert case.state == "upload"
    for slot in case.slots:
        if slot.required:
            actions.add_document(actor, case, slot.code, picture())
    return actions.submit(actor, Case.objects.get(pk=case.pk))


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("status", "agent", "state", "ok"),
    [
        ("passed", "passed", "", True),
        ("not_started", "passed", "", False),
        ("passed", "not_started", "", False),
        ("passed", "passed", "review", False),
    ],
)
def test_who_may_ask_for_a_change(status: str, agent: str, state: str, ok: bool) -> None:
    assert rules.may_change(status, agent, state).ok is ok


# ---------------------------------------------------------------- deciding


def test_a_new_name_that_the_authority_knows_is_in_force_at_once(
    unit: Organisation, admin: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    authority.answer = Answer(Result.MATCH)
    case = asked(unit, name="云溪科技大学")
    unit.refresh_from_db()
    assert (case.state, unit.name, unit.real_name) == ("passed", "云溪科技大学", "passed")
    assert FormerName.objects.get(organisation=unit).name == "云溪理工大学"
    told = Message.objects.filter(template="realname.unit_changed")
    assert set(told.values_list("account_id", flat=True)) == {account_of(unit).pk, admin.pk}
    assert "云溪理工大学 → 云溪科技大学" in told[0].body
    entry = AuditEntry.objects.get(verb="realname.unit_changed")
    assert entry.detail["unit_name"] == ["云溪理工大学", "云溪科技大学"]


def test_until_it_is_approved_the_old_is_in_force_and_the_unit_stays_verified(
    unit: Organisation, admin: Account, reviewer: Account, authority: FakeAuthority
) -> None:
    case = handed_in(unit, name="云溪科技大学", rep=Document("买买提·吐尔逊", "resident_id", demo.resident_id(77)))
    unit.refresh_from_db()
    assert (case.state, case.purpose, unit.name, unit.real_name) == ("review", "change", "云溪理工大学", "passed")
    assert as_actor(account_of(unit)).organisation_verified
    approve(reviewer, case)
    unit.refresh_from_db()
    assert (unit.name, unit.rep_name, unit.rep_doc_number) == ("云溪科技大学", "买买提·吐尔逊", demo.resident_id(77))
    assert unit.real_name == "passed"
    assert Message.objects.get(account=admin).template == "realname.unit_changed"
    mine = Message.objects.get(account=account_of(unit))
    assert "单位信息变更" in mine.body
    assert "买买提" not in str(AuditEntry.objects.get(verb="realname.unit_changed").detail)


def test_another_code_is_never_confirmed_by_the_authority_alone(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    """Its record of that code may be any other unit's: that it is still the same one, a human being reads."""
    authority.answer = Answer(Result.MATCH)
    case = handed_in(unit, uscc=NEW_CODE)
    assert (case.auto_code, authority.asked) == ("code_changed", 0)
    assert "code" in warning_keys(case)
    before = unit.uscc or ""
    approve(reviewer, case)
    unit.refresh_from_db()
    assert unit.uscc == NEW_CODE
    assert FormerCode.objects.get(organisation=unit).uscc == before
    assert earlier.verified_units(codes=[before, NEW_CODE], names=()) == {before: unit, NEW_CODE: unit}
    other = demo.unit("other", "青石大学", 1001)
    Organisation.objects.filter(pk=other.pk).update(uscc=before)
    other.refresh_from_db()
    assert earlier.verified_units(codes=[before], names=()) == {before: other}, "whoever has a code now comes first"
    assert earlier.codes_of(unit) == {NEW_CODE}
    assert earlier.called_by(unit.pk) == ({unit.name_key}, {NEW_CODE}), "the statement written by hand says the same"


def test_declined_or_withdrawn_nothing_changes(unit: Organisation, reviewer: Account, authority: FakeAuthority) -> None:
    case = handed_in(unit, name="云溪科技大学")
    reviews.decide(as_actor(reviewer), case, "decline", version=case.version, note="看不清")
    assert "单位信息变更" in Message.objects.get(account=account_of(unit)).body
    again = handed_in(unit, name="云溪科技大学")
    actions.withdraw(as_actor(account_of(unit)), again)
    after = Organisation.objects.get(pk=unit.pk)
    assert (after.name, after.real_name, after.real_name_reason) == ("云溪理工大学", "passed", "")
    assert not FormerName.objects.exists()


def test_one_at_a_time_and_only_what_differs(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    with pytest.raises(Refused, match="没有要变更的"):
        asked(unit)
    asked(unit, name="云溪科技大学")
    with pytest.raises(Refused, match="正在变更"):
        asked(unit, name="云溪师范大学")
    assert Case.objects.count() == 1


def test_a_person_and_a_unit_that_is_not_verified_cannot(
    unit: Organisation, person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    with pytest.raises(Hidden):
        changes.ask(as_actor(person), as_it_is(unit))
    Organisation.objects.filter(pk=unit.pk).update(real_name="failed")
    with pytest.raises(Refused):
        asked(unit, name="云溪科技大学")


def test_what_an_appeal_changed_meanwhile_is_not_written_over(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    case = handed_in(unit, rep=Document("韩叙", "resident_id", demo.resident_id(77)))
    Organisation.objects.filter(pk=unit.pk).update(name="云溪师范大学", name_key="云溪师范大学")
    with pytest.raises(Refused, match="单位信息已经变了"):
        approve(reviewer, case)
    assert Organisation.objects.get(pk=unit.pk).rep_name == unit.rep_name


def test_open_work_is_called_by_the_new_name(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    common = {"process": "x", "state": "x", "organisation": operator, "role": "x", "asker_organisation": unit}
    due = clock.now()
    named = WorkItem.objects.create(subject_id=1, title="云溪理工大学", line="云溪理工大学　2026", due_at=due, **common)
    words = {"line": "云溪理工大学　2026", "line_words": as_json(say("{u}　{y}", u="云溪理工大学", y=2026))}
    said = WorkItem.objects.create(subject_id=3, title="云溪理工大学", due_at=due, **words, **common)
    own = WorkItem.objects.create(subject_id=2, title="云溪理工大学的光学项目", due_at=due, **common)
    authority.answer = Answer(Result.MATCH)
    asked(unit, name="云溪𠮷大学")
    named.refresh_from_db()
    own.refresh_from_db()
    assert (named.title, named.line) == ("云溪𠮷大学", "云溪𠮷大学　2026")
    said.refresh_from_db()
    assert (said.line, line_of(said)) == ("云溪𠮷大学　2026", "云溪𠮷大学　2026")
    assert own.title == "云溪理工大学的光学项目", "what somebody wrote stays as it was written"


# ---------------------------------------------------------------- somebody else holds it (D4, D5)


def test_what_another_unit_holds_is_decided_by_two(
    unit: Organisation, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    other = demo.unit("other", "云溪科技大学", 1001)
    with pytest.raises(Refused) as refused:
        asked(unit, name="云溪科技大学", uscc=other.uscc)
    assert {v.code for v in refused.value.verdicts} == {"D4", "D5"}
    authority.answer = Answer(Result.MATCH)
    case = handed_in(unit, claim=True, name="云溪科技大学", uscc=other.uscc)
    assert case.conflict_with_id == account_of(other).pk
    keys = warning_keys(case)
    with pytest.raises(Hidden):
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version, accepted=keys)
    authority.answer = Answer(Result.UNKNOWN, "unit_not_found")
    under_way = asked(other, rep=Document("韩叙", "resident_id", demo.resident_id(77)))
    case = reviews.decide(as_actor(reviewer), case, "recommend", version=case.version, accepted=keys)
    case = reviews.decide(as_actor(senior), case, "confirm", version=case.version, accepted=keys)
    unit.refresh_from_db()
    lost = Organisation.objects.get(pk=other.pk)
    assert (unit.name, unit.uscc) == ("云溪科技大学", other.uscc)
    assert (lost.uscc, lost.real_name) == (None, "failed")
    assert Case.objects.get(pk=under_way.pk).state == "withdrawn", "it was about what they do not hold"
    assert Message.objects.filter(account=lost.account, template="realname.unit_lost").exists()


def test_who_registers_the_name_during_the_review_is_noticed(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    case = handed_in(unit, name="云溪科技大学")
    keys = warning_keys(case)
    demo.unit("other", "云溪科技大学", 1001)
    with pytest.raises(Refused, match="还有提醒没有勾选"):
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version, accepted=keys)
    assert "另一个单位账号正使用" in signed_in(reviewer).get(f"/real-name/{case.pk}/review/").content.decode()


def test_whose_name_was_given_up_a_moment_ago_loses_nothing(
    unit: Organisation, reviewer: Account, senior: Account, authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = demo.unit("other", "云溪科技大学", 1001)
    case = handed_in(unit, claim=True, name="云溪科技大学")
    keys = warning_keys(case)
    case = reviews.decide(as_actor(reviewer), case, "recommend", version=case.version, accepted=keys)
    read = queries.units_registered_as

    def a_moment_older(name: str, uscc: str, *, but: int) -> QuerySet[Organisation]:
        found = list(read(name, uscc, but=but).values_list("pk", flat=True))
        Organisation.objects.filter(pk=other.pk).update(name="青石大学", name_key="青石大学")
        return Organisation.objects.filter(pk__in=found)

    monkeypatch.setattr(queries, "units_registered_as", a_moment_older)
    reviews.decide(as_actor(senior), case, "confirm", version=case.version, accepted=keys)
    other.refresh_from_db()
    unit.refresh_from_db()
    assert (unit.name, other.real_name, other.name_key) == ("云溪科技大学", "passed", "青石大学")


def test_another_units_former_code_is_decided_by_two_and_makes_nobody_lose(
    unit: Organisation, reviewer: Account, senior: Account, authority: FakeAuthority
) -> None:
    """As at registration (B3): whose it was may be who it still means, so one pair of eyes is not enough."""
    other = demo.unit("other", "青石大学", 1001)
    before = other.uscc or ""
    approve(reviewer, handed_in(other, uscc=NEW_CODE))
    named = handed_in(unit, name="云溪科技大学")
    assert named.conflict_with_id is None
    approve(reviewer, named)
    unit.refresh_from_db()
    case = handed_in(unit, uscc=before)
    assert case.conflict_with_id == account_of(other).pk
    keys = warning_keys(case)
    with pytest.raises(Hidden):
        reviews.decide(as_actor(reviewer), case, "approve", version=case.version, accepted=keys)
    case = reviews.decide(as_actor(reviewer), case, "recommend", version=case.version, accepted=keys)
    reviews.decide(as_actor(senior), case, "confirm", version=case.version, accepted=keys)
    other.refresh_from_db()
    unit.refresh_from_db()
    assert (unit.uscc, other.uscc, other.real_name) == (before, NEW_CODE, "passed")


def test_a_code_that_several_had_is_nobodys(unit: Organisation) -> None:
    other = demo.unit("other", "青石大学", 1001)
    FormerCode.objects.bulk_create(FormerCode(organisation=one, uscc=NEW_CODE) for one in (unit, other))
    assert earlier.verified_units(codes=[NEW_CODE], names=()) == {}
    assert earlier.codes_of(unit) == {unit.uscc}
    assert earlier.called_by(unit.pk) == ({unit.name_key}, {unit.uscc})
    assert {u.pk for _, u in earlier.verified_like(codes=[NEW_CODE], names=())} == {unit.pk, other.pk}


# ---------------------------------------------------------------- who decides, who asks


@pytest.mark.parametrize("how", ["administrator", "main agent"])
def test_an_operator_does_not_decide_on_a_unit_of_theirs(
    unit: Organisation, reviewer: Account, operator: Organisation, authority: FakeAuthority, how: str
) -> None:
    if how == "administrator":
        demo.mandate(reviewer, unit, "unit.admin")
    else:
        own = Person.objects.get(account=reviewer)
        unit.agent_doc_type, unit.agent_doc_number = own.doc_type, own.doc_number
        unit.save()
    case = handed_in(unit, name="云溪科技大学")
    actor = actor_of(reviewer, acting_for=operator.pk)
    for decision in ("approve", "decline"):
        with pytest.raises(Refused, match="要由别人审核"):
            reviews.decide(actor, case, decision, version=case.version, accepted=warning_keys(case), note="x")
    assert Case.objects.get(pk=case.pk).state == "review"


def test_a_unit_whose_verification_was_taken_back_verifies_again(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    """The change that was under way could never pass, and stood in the way of what could."""
    change = asked(unit, name="云溪科技大学")
    Organisation.objects.filter(pk=unit.pk).update(real_name="not_started", verified_at=None)
    authority.answer = Answer(Result.MATCH)
    signed_in(account_of(unit)).post(reverse("realname.start"))
    unit.refresh_from_db()
    assert (unit.real_name, Case.objects.get(pk=change.pk).state) == ("passed", "withdrawn")


def test_beginning_again_leaves_a_change_alone_while_the_unit_is_verified(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    change = asked(unit, name="云溪科技大学")
    signed_in(account_of(unit)).post(reverse("realname.start"))
    assert Case.objects.get(pk=change.pk).state == "upload"


@pytest.mark.parametrize("lock", [{"locked_at": clock.now()}, {"is_active": False}])
def test_what_was_asked_for_before_the_account_was_locked_does_not_pass(
    unit: Organisation, reviewer: Account, authority: FakeAuthority, lock: dict[str, object]
) -> None:
    """By its holder ("this was not me") or an operator: who asked for it may be whoever had got in."""
    case = handed_in(unit, uscc=NEW_CODE)
    Account.objects.filter(organisation=unit).update(**lock)
    with pytest.raises(Refused, match="单位账号已锁定"):
        approve(reviewer, case)
    assert reviews.decide(as_actor(reviewer), case, "decline", version=case.version, note="x").state == "declined"


def test_what_a_main_agent_asked_for_who_is_not_verified_any_more_does_not_pass(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    case = handed_in(unit, uscc=NEW_CODE)
    Organisation.objects.filter(pk=unit.pk).update(agent_real_name="not_started")
    with pytest.raises(Refused, match="主代办人的实名认证已经撤回"):
        approve(reviewer, case)
    Organisation.objects.filter(pk=unit.pk).update(agent_real_name="passed")
    assert approve(reviewer, case).state == "passed"


def test_a_main_agent_who_is_not_verified_any_more_hands_nothing_in(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    actor, case = as_actor(account_of(unit)), asked(unit, name="云溪科技大学")
    for slot in case.slots:
        if slot.required:
            actions.add_document(actor, case, slot.code, picture())
    Organisation.objects.filter(pk=unit.pk).update(agent_real_name="not_started")
    Case.objects.update(auto_result="unavailable")
    case.refresh_from_db()
    authority.answer = Answer(Result.MATCH)
    for act in (actions.submit, actions.check_again):
        with pytest.raises(Refused, match="主代办人先完成实名认证"):
            act(actor, case)
    answer = signed_in(account_of(unit)).post(reverse("realname.start"), {"what": "again"})
    assert answer["Location"] == reverse("realname.status")
    assert Organisation.objects.get(pk=unit.pk).name == "云溪理工大学"


# ---------------------------------------------------------------- pages


def typed(unit: Organisation, **new: str) -> dict[str, str]:
    kept = {"name": unit.name, "uscc": unit.uscc or "", "rep_name": unit.rep_name, "rep_doc_type": unit.rep_doc_type}
    where = {"unit_kind": unit.unit_kind, "division": unit.division, "address": unit.address}
    return {**kept, **where, "password": demo.PASSWORD, **new}


def test_the_page_asks_uploads_and_shows_old_and_new_side_by_side(
    unit: Organisation, reviewer: Account, authority: FakeAuthority
) -> None:
    client, url = signed_in(account_of(unit)), reverse("realname.change")
    page = client.get(url).content.decode()
    assert "变更以后会怎样" in page
    assert unit.rep_doc_number not in page
    answer = client.post(url, typed(unit, name="O'Brien & 云溪科技大学"))
    case = Case.objects.get()
    assert answer["Location"] == reverse("realname.upload", args=[case.pk])
    assert case.doc_number == unit.rep_doc_number, "left empty, it is as it was"
    assert "rep_document" not in client.get(answer["Location"]).content.decode()
    assert str(case.number) in client.get("/me/").content.decode()
    assert str(case.number) in client.get("/real-name/").content.decode()
    assert client.get(url)["Location"] == reverse("realname.case", args=[case.pk])
    for slot in case.slots:
        if slot.required:
            actions.add_document(as_actor(account_of(unit)), case, slot.code, picture())
    actions.submit(as_actor(account_of(unit)), case)
    review = signed_in(reviewer).get(f"/real-name/{case.pk}/review/").content.decode()
    assert "变更前" in review
    assert "云溪理工大学" in review
    assert "O&#x27;Brien &amp; 云溪科技大学" in review
    assert unit.rep_doc_number not in review


@pytest.mark.parametrize(
    ("new", "beside"),
    [
        ({"password": "wrong"}, "密码不对"),
        ({"rep_name": "韩叙"}, "请填写证件号码"),
        ({"uscc": "123"}, "18 位"),
        ({"name": "<script>alert(1)</script>"}, "单位全称"),
        ({"division": "999999"}, "所在地区"),
        ({"unit_kind": "\x00"}, "单位类型"),
        ({}, "没有要变更的"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    unit: Organisation, operator: Organisation, authority: FakeAuthority, new: dict[str, str], beside: str
) -> None:
    answer = signed_in(account_of(unit)).post(reverse("realname.change"), typed(unit, **new))
    assert answer.status_code == 422
    assert beside in answer.content.decode()
    assert not Case.objects.exists()


def test_another_country_of_the_passport_is_not_dropped(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    unit.rep_doc_type, unit.rep_doc_country, unit.rep_doc_number = "passport", "USA", "E12345678"
    unit.save()
    client, url = signed_in(account_of(unit)), reverse("realname.change")
    answer = client.post(url, typed(unit, rep_doc_country="CAN", name="云溪科技大学"))
    assert "请填写证件号码" in answer.content.decode()
    assert client.post(url, typed(unit, rep_doc_country="USA", name="云溪科技大学")).status_code == 302


def test_persons_and_strangers_do_not_get_there(unit: Organisation, person: Account, client) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(person).get(reverse("realname.change")).status_code in (403, 404)
    assert client.get(reverse("realname.change")).status_code == 302
