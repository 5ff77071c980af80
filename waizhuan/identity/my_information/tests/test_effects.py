"""Answered requests have their effect (Art. 45–47): the copy is whole, a correction corrects."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import consents, demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.contact_change.models import ContactChange
from waizhuan.identity.delegation.models import Invitation
from waizhuan.identity.earlier import known_of
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.my_information import holdings
from waizhuan.identity.my_information.models import DataRequest
from waizhuan.identity.my_information.tests.conftest import asks, granted, signed_in
from waizhuan.identity.openid.models import Client as System
from waizhuan.identity.openid.models import Consent as SystemConsent
from waizhuan.identity.realname.actions import add_document
from waizhuan.identity.realname.models import Case, Evidence, FormerDocument
from waizhuan.identity.realname.process import CASE
from waizhuan.identity.realname.tests.conftest import picture
from waizhuan.identity.registration.models import Consent
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.events import Happened, publish
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import perform, start
from waizhuan.shared.flow.models import SavedView, WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


# ---------------------------------------------------------------- the copy


def test_the_copy_holds_every_kind(hanxu: Account, operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(hanxu, unit, "projects.lead")
    Consent.objects.create(account=hanxu, text="privacy", version="2026-01")
    FormerDocument.objects.create(account=hanxu, doc_type="passport", doc_country="SWE", doc_number="E1", doc_key="E1")
    system = System.objects.create(client_id="abc", name="甲系统", name_en="A", purpose="p", purpose_en="p", owner="o")
    SystemConsent.objects.create(account=hanxu, client=system, scopes=["openid"])
    asks("hanxu", kind="explain")
    SavedView.objects.create(account=hanxu, organisation=unit, name="急的", conditions={"view": "late"})
    Message.objects.create(account=hanxu, template="t", subject="您好", body="正文")
    Client().post("/sign-in/", {"login_name": "hanxu", "password": "wrong"})
    copy = signed_in("hanxu").post("/me/download/").json()
    assert set(copy) == {h.code for h in holdings.every()}
    assert copy["account"]["phone"] == hanxu.phone
    assert copy["mandates"][0]["organisation"] == "云溪理工大学"
    assert copy["former_documents"][0]["doc_number"] == "E1"
    assert copy["systems"][0]["system"] == "甲系统"
    assert copy["requests"][0]["kind"] == "explain"
    assert copy["saved_views"] == [{"name": "急的", "conditions": {"view": "late"}}]
    assert "您好" in {m["subject"] for m in copy["messages"]}
    assert copy["devices"]
    seen = {e["what"] for e in copy["security_events"]}
    assert {"sign_in.begin", "sign_in.failed"} <= seen
    for code in ("cases", "appeals", "projects", "consents", "contact_changes", "second_factors", "documents"):
        assert isinstance(copy[code], list), code


def test_the_copy_is_one_s_own(hanxu: Account) -> None:
    demo.person("stranger", "陈知微", 1)
    page = signed_in("stranger").post("/me/download/").content.decode()
    assert "韩叙" not in page
    assert demo.resident_id(3) not in page


STRANGER = "王不相干"
STRANGE_NUMBER = demo.resident_id(99)
STRANGE_PHONE = "+8613977778888"


def copy_of(account: Account) -> dict[str, Any]:
    """The copy, and nothing of the stranger in it."""
    client = Client()
    client.force_login(account)
    answer = client.post("/me/download/")
    for strange in (STRANGER, STRANGE_NUMBER, STRANGE_PHONE):
        assert strange not in answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def invited(operator: Organisation, name: str, number: str) -> None:
    Invitation.objects.create(
        organisation=demo.unit("yunxi", STRANGER, 1000),
        name=name,
        name_key=name,
        doc_key=number,
        phone=STRANGE_PHONE,
        roles=["projects.lead"],
        invited_by=Account.objects.get(login_name="operator1"),
    )


def test_an_invitation_is_shown_to_the_verified_person_alone(operator: Organisation) -> None:
    """Whoever registers with somebody's number does not learn which unit invites them."""
    claimer = demo.person("claimer", "韩叙", 3, verified=False)
    invited(operator, "韩叙", demo.resident_id(3))
    assert copy_of(claimer)["invitations"] == []
    Person.objects.update(real_name="passed", name_key="韩旭")
    assert copy_of(claimer)["invitations"] == [], "it names somebody else"
    Person.objects.update(name_key="韩叙")
    Organisation.objects.filter(kind="unit").update(name="云溪理工大学")
    assert copy_of(claimer)["invitations"][0]["organisation"] == "云溪理工大学"


def test_contacts_of_strangers_and_of_earlier_holders_are_not_in_the_copy(hanxu: Account) -> None:
    mine = {"account": hanxu, "channel": "sms", "before": "+8613900000001", "after": hanxu.phone}
    ContactChange.objects.create(**mine)
    ContactChange.objects.create(**{**mine, "after": STRANGE_PHONE}, undone_at=clock.now())
    ContactChange.objects.create(**{**mine, "before": STRANGE_PHONE}, settled_at=clock.now())
    newest_first = copy_of(hanxu)["contact_changes"]
    assert [set(c) for c in newest_first] == [
        {"channel", "at", "undone_at"},
        {"channel", "at", "undone_at"},
        {"channel", "at", "undone_at", "before", "after"},
    ]
    assert newest_first[2]["before"] == "+8613900000001"


def appealed(operator: Organisation, account: Account, state: str, number: str, **more: str) -> None:
    given = {"kind": "person", "name": STRANGER, "words": STRANGE_PHONE, "login_name": STRANGER, **more}
    Appeal.objects.create(
        operator=operator, account=account, state=state, number=f"SS-{state}-{number[-4:]}", doc_type="resident_id",
        doc_number=number, doc_key=number, phone=STRANGE_PHONE, **given,
    )  # fmt: skip


def test_of_a_stranger_s_appeal_only_that_there_was_one(hanxu: Account, operator: Organisation) -> None:
    """Also where the stranger's was approved by mistake, and where a declined one claimed my own number."""
    mine = {"name": "韩叙", "words": "手机丢了", "login_name": "hanxu"}
    appealed(operator, hanxu, "approved", demo.resident_id(3), **mine)
    appealed(operator, hanxu, "declined", demo.resident_id(3))
    appealed(operator, hanxu, "approved", STRANGE_NUMBER)
    appealed(operator, hanxu, "review", STRANGE_NUMBER)
    found = copy_of(hanxu)["appeals"]
    assert [a["state"] for a in found] == ["review", "approved", "declined", "approved"]
    assert [set(a) for a in found[:3]] == [{"kind", "state", "created_at", "updated_at"}] * 3
    assert found[3]["words"] == "手机丢了"


def test_a_unit_s_copy_tells_of_today_s_agent_alone(operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert unit.account is not None
    appealed(operator, unit.account, "approved", STRANGE_NUMBER, kind="unit")
    own = {"name": unit.agent_name, "words": "换了主代办人", "login_name": "", "kind": "unit"}
    appealed(operator, unit.account, "approved", unit.agent_doc_number, **own)
    for number, name in ((STRANGE_NUMBER, STRANGER), (unit.agent_doc_number, unit.agent_name)):
        Case.objects.create(
            kind="agent", state="passed", operator=operator, asker_account=unit.account, organisation=unit,
            name=name, doc_type="resident_id", doc_number=number, doc_key=number,
        )  # fmt: skip
    copy = copy_of(unit.account)
    assert copy["appeals"][0]["words"] == "换了主代办人"
    assert "words" not in copy["appeals"][1]
    assert copy["cases"][0]["name"] == unit.agent_name
    assert "name" not in copy["cases"][1]


def test_a_number_that_turned_out_to_be_another_s_is_not_one_s_former_one(hanxu: Account) -> None:
    """D3: nor does it find the other person's old accounts."""
    FormerDocument.objects.create(
        account=hanxu, doc_type="resident_id", doc_number=STRANGE_NUMBER, doc_key=STRANGE_NUMBER
    )
    index = FormerDocument.objects.get().doc_index
    assert index in known_of(hanxu.pk).documents
    demo.person("stranger", "陈知微", 99)
    assert copy_of(hanxu)["former_documents"] == []
    assert index not in known_of(hanxu.pk).documents


def test_what_one_did_on_duty_is_told_without_its_particulars(operator: Organisation) -> None:
    desk = Account.objects.get(login_name="operator1")
    publish(Happened(actor_of(desk), "operators.search", "identity.account:1", {"value": STRANGER}))
    assert "operators.search" in {e["what"] for e in copy_of(desk)["security_events"]}


def test_what_a_deletion_keeps_stands_on_the_page(hanxu: Account) -> None:
    page = signed_in("hanxu").get("/me/kept/").content.decode()
    for holding in holdings.every():
        assert str(holding.label) in page
        assert str(holding.why) in page


# ---------------------------------------------------------------- corrections


def test_a_granted_correction_changes_the_name_and_verifies_anew(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="correct", field="name", value="  韩𠮷 ")
    assert Person.objects.get(account=hanxu).name == "韩叙", "not before it is granted"
    status, _ = granted(where)
    assert status == 302
    person = Person.objects.get(account=hanxu)
    assert person.name == "韩𠮷"
    assert person.real_name != "passed", "the authority does not know the name yet"
    assert Case.objects.filter(asker_account=hanxu).exists(), "and was asked again"
    assert AuditEntry.objects.filter(verb="my_information.corrected").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("", "", "请选择要更正哪一项"),
        ("name", "", "请写明改成什么"),
        ("name", "<script>", "姓名里不能有这些字符"),
        ("doc_number", "123", "18 位"),
        ("doc_number", demo.resident_id(77), "终身不变"),
        ("agent_name", "甲", "valid"),
        ("name\x00", "甲", ""),
    ],
)
def test_what_cannot_be_corrected_is_said_when_it_is_asked(
    hanxu: Account, operator: Organisation, field: str, value: str, says: str
) -> None:
    given = {"kind": "correct", "field": field, "value": value, "words": "打错了"}
    answer = signed_in("hanxu").post("/me/requests/", given)
    assert answer.status_code == 422
    if says != "valid":
        assert says in answer.content.decode()
    assert "打错了" in answer.content.decode(), "nothing typed is lost"
    assert not DataRequest.objects.exists()


def test_another_s_number_is_refused_when_it_is_granted_too(operator: Organisation) -> None:
    asker = demo.person("annika", "Annika", 60, verified=False)
    where = asks("annika", kind="correct", field="doc_number", value=demo.resident_id(61))
    demo.person("other", "别人", 61)
    status, page = granted(where)
    assert status == 422
    assert "已属于另一个账号" in page
    assert DataRequest.objects.get().state == "waiting"
    assert Person.objects.get(account=asker).doc_number == demo.resident_id(60)


def put_case(account: Account, operator: Organisation, **about: object) -> Case:
    """A verification of this account that is under way, about what the account says now."""
    person = Person.objects.get(account=account)
    said = {n: getattr(person, n) for n in ("name", "doc_type", "doc_country", "doc_number", "doc_key")}
    case = Case(kind="person", asker_account=account, operator=operator, **{**said, **about})
    return start(CASE, case, actor_of(account))


@pytest.mark.parametrize(
    ("state", "purpose", "says"),
    [
        ("checking", "first", "正在审核"),
        ("review", "first", "正在审核"),
        ("asked", "first", "正在审核"),
        ("second", "first", "正在审核"),
        ("upload", "renewal", "证件更新还没有办完"),
        ("review", "renewal", "证件更新还没有办完"),
    ],
)
def test_a_correction_waits_for_the_case_that_would_undo_it(
    hanxu: Account, operator: Organisation, state: str, purpose: str, says: str
) -> None:
    """A case that is decided later writes what was claimed in it, over whatever was corrected meanwhile."""
    where = asks("hanxu", kind="correct", field="name", value="韩旭")
    case = put_case(hanxu, operator, purpose=purpose)
    Case.objects.filter(pk=case.pk).update(state=state)
    status, page = granted(where)
    assert status == 422
    assert says in page
    assert DataRequest.objects.get().state == "waiting"
    assert Person.objects.get(account=hanxu).name == "韩叙"
    # and who asks now hears it at once
    answer = signed_in("hanxu").post(
        "/me/requests/", {"kind": "correct", "field": "name", "value": "韩旭", "words": "错"}
    )
    assert answer.status_code == 422
    assert says in answer.content.decode()
    Case.objects.filter(pk=case.pk).update(state="withdrawn")
    assert granted(where)[0] == 302
    assert Person.objects.get(account=hanxu).name == "韩旭"


def test_a_contested_number_waits_too(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="correct", field="name", value="韩旭")
    other = demo.person("other", "韩叙", 61)
    put_case(hanxu, operator, conflict_with=other)
    Case.objects.update(state="upload")
    status, page = granted(where)
    assert status == 422
    assert "正在审核" in page


def test_a_correction_begins_the_case_anew_that_waits_for_documents(operator: Organisation) -> None:
    asker = demo.person("annika", "韩叙", 60, verified=False)
    case = put_case(asker, operator)
    Case.objects.update(state="upload")
    assert granted(asks("annika", kind="correct", field="name", value="韩旭"))[0] == 302
    case.refresh_from_db()
    assert (case.state, case.name) == ("upload", "韩旭"), "it asks for the documents of the corrected name"


def test_a_case_about_what_was_corrected_since_does_not_pass(operator: Organisation) -> None:
    asker = demo.person("annika", "韩叙", 60, verified=False)
    case = put_case(asker, operator)
    Person.objects.filter(account=asker).update(name="韩旭", name_key="韩旭")
    with pytest.raises(Refused):
        perform(CASE, case, "auto_pass", the_system(""), data={"result": "match", "code": ""})
    assert Person.objects.get(account=asker).name == "韩旭"
    case.refresh_from_db()
    assert case.state == "checking"


def test_a_corrected_number_that_was_verified_is_remembered(operator: Organisation) -> None:
    """As a renewal does: the desk still finds the account by it, and an old account still matches."""
    anna = demo.person("annika", "Anna Lindqvist", 60)
    person = Person.objects.get(account=anna)
    person.doc_type, person.doc_country = "passport", "SWE"
    person.doc_number, person.doc_key = "A1234567", "SWE:A1234567"
    person.save()
    assert granted(asks("annika", kind="correct", field="doc_number", value="A1234576"))[0] == 302
    person.refresh_from_db()
    assert person.doc_number == "A1234576"
    assert FormerDocument.objects.get(account=anna).doc_number == "A1234567"
    # not verified by now: what is corrected once more was never a document of theirs
    Case.objects.update(state="withdrawn")
    assert granted(asks("annika", kind="correct", field="doc_number", value="A1234500"))[0] == 302
    assert FormerDocument.objects.filter(account=anna).count() == 1


def test_a_unit_s_agent_is_corrected(operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert granted(asks("yunxi", kind="correct", field="agent_name", value="沈听雨"))[0] == 302
    unit.refresh_from_db()
    assert unit.agent_name == "沈听雨"
    assert unit.agent_real_name != "passed"


def test_whose_name_and_number_were_corrected_agrees_anew(hanxu: Account, operator: Organisation) -> None:
    """One correction is one; both are another person, who agrees for themselves at the next sign-in."""
    Person.objects.filter(account=hanxu).update(real_name="not_started", real_name_reason="照片不是同一个人")
    mine = signed_in("hanxu")
    assert granted(asks("hanxu", kind="correct", field="name", value="林远舟"))[0] == 302
    assert mine.get("/me/").status_code == 200
    where = asks("hanxu", kind="correct", field="doc_number", value=demo.resident_id(77))
    assert granted(where)[0] == 302
    assert "/sign-in/" in mine.get("/me/").headers["Location"]
    assert "privacy" in consents.due(hanxu)


def papers(account: Account, operator: Organisation) -> tuple[Case, Evidence]:
    """Uploaded and not handed in yet."""
    person = account.person
    case = Case(kind="person", asker_account=account, operator=operator, name=person.name, doc_type=person.doc_type)
    case.doc_number, case.doc_key = person.doc_number, person.doc_key
    case = start(CASE, case, actor_of(account))
    case = perform(CASE, case, "auto_fail", the_system(""), data={"result": "mismatch", "code": "number"})
    return case, add_document(actor_of(account), case, "id_front", picture())


def test_papers_that_were_not_handed_in_are_not_the_next_person_s(hanxu: Account, operator: Organisation) -> None:
    """Corrections that make it another person: what was uploaded stays with the case that it was for, and nobody reads it."""
    Person.objects.filter(account=hanxu).update(real_name="not_started", doc_type="resident_id")
    hanxu.refresh_from_db()
    case, paper = papers(hanxu, operator)
    where = reverse("documents.view", args=[paper.document_id])
    assert signed_in("hanxu").get(where).status_code == 200
    assert granted(asks("hanxu", kind="correct", field="name", value="林远舟"))[0] == 302
    assert signed_in("hanxu").get(reverse("realname.case", args=[case.pk])).status_code == 200, "one is a typing error"
    assert granted(asks("hanxu", kind="correct", field="doc_number", value=demo.resident_id(77)))[0] == 302
    consents.give(actor_of(hanxu), hanxu.pk, ("privacy", "identity"))
    client = signed_in("hanxu")
    held = Evidence.objects.get(pk=paper.pk)
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    assert (held.submitted_at, held.case_id) == (None, case.pk), "not lost"
    assert client.get(where).status_code == 404
    assert client.get(reverse("realname.case", args=[case.pk])).status_code == 404
    copy = client.post("/me/download/").json()
    assert [("name" in c, "doc_number" in c) for c in copy["cases"]] == [(False, False)] * len(copy["cases"])
    assert not WorkItem.objects.filter(process="realname.case", subject_id=case.pk, closed_at=None).exists()
