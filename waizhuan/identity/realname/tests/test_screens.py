"""The asker's pages, as a browser without JavaScript sees them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation, Person
from waizhuan.identity.realname import actions
from waizhuan.identity.realname.authority.answers import UNAVAILABLE, Answer, Result
from waizhuan.identity.realname.models import Case, Evidence
from waizhuan.identity.realname.tests.conftest import FakeAuthority, as_actor, picture, signed_in, submitted
from waizhuan.identity.registration.models import Consent, HolderBefore

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(db: None) -> Organisation:
    made = demo.unit("yunxi", "云溪理工大学", 1000, verified=False)
    made.agent_name, made.agent_doc_number = "沈知微", demo.resident_id(500)
    made.save()
    return made


def text(client: Client, screen: str, *args: object, status: int = 200) -> str:
    response = client.get(reverse(screen, args=args))
    assert response.status_code == status
    return response.content.decode()


def test_the_main_path_of_a_person(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    client = signed_in(person)
    assert "开始认证" in text(client, "realname.status")
    response = client.post(reverse("realname.start"))
    case = Case.objects.get()
    assert response["Location"] == reverse("realname.upload", args=[case.pk])
    page = text(client, "realname.upload", case.pk)
    assert "居民身份证 人像面" in page
    assert "权威库里查不到" in page
    for slot in ("id_front", "id_back"):
        response = client.post(reverse("realname.add", args=[case.pk, slot]), {"file": picture()})
        assert response.status_code == 302
    response = client.post(reverse("realname.submit", args=[case.pk]))
    assert response["Location"] == reverse("realname.case", args=[case.pk])
    page = text(client, "realname.case", case.pk)
    assert "平台运营中心" in page
    assert "400-820-8820" in page
    assert "接下来会怎样" in page
    assert "转复核" not in page
    assert "审核中" in text(client, "realname.status")


def test_a_match_says_that_nothing_more_is_needed_d9(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    authority.answer = Answer(Result.MATCH)
    client = signed_in(person)
    response = client.post(reverse("realname.start"), follow=True)
    page = response.content.decode()
    assert page.count("不用再做什么，也不用上传证件") == 1
    assert 'type="file"' not in page
    assert "btn-primary" not in page


def test_one_primary_button_on_the_status_page(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    client = signed_in(unit.account)
    assert text(client, "realname.status").count("btn-primary") == 1
    client.post(reverse("realname.start"))
    page = text(client, "realname.status")
    assert page.count("btn-primary") == 1
    assert "主代办人" in page
    assert "单位和法定代表人" in page


def test_pressing_start_twice_makes_one_case(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    client = signed_in(person)
    first = client.post(reverse("realname.start"))
    assert client.post(reverse("realname.start"))["Location"] == first["Location"]
    assert Case.objects.count() == 1


def test_authority_down_is_said_and_can_be_tried_again(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    authority.answer = UNAVAILABLE
    client = signed_in(person)
    client.post(reverse("realname.start"))
    page = text(client, "realname.status")
    assert "权威库暂时没有答复" in page
    assert "再核对一次" in page
    authority.answer = Answer(Result.MATCH)
    client.post(reverse("realname.start"), {"what": "again"})
    assert Person.objects.get(account=person).real_name == "passed"


def test_submit_without_documents_names_all_of_them(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    client = signed_in(person)
    client.post(reverse("realname.start"))
    case = Case.objects.get()
    response = client.post(reverse("realname.submit", args=[case.pk]))
    assert response.status_code == 422
    page = response.content.decode()
    assert "还缺：居民身份证 人像面" in page
    assert "还缺：居民身份证 国徽面" in page
    assert "<title>有 2 处要改" in page


@pytest.mark.parametrize(
    "upload",
    [
        None,
        SimpleUploadedFile("empty.png", b""),
        SimpleUploadedFile("x.png", b"this is no picture"),
        SimpleUploadedFile("x.pdf", b"%PDF-1.7 broken"),
        SimpleUploadedFile("x.exe", b"MZ" + b"\0" * 200),
    ],
)
def test_a_file_that_is_none_is_refused_at_once(
    person: Account, operator: Organisation, authority: FakeAuthority, upload: SimpleUploadedFile | None
) -> None:
    client = signed_in(person)
    client.post(reverse("realname.start"))
    case = Case.objects.get()
    response = client.post(reverse("realname.add", args=[case.pk, "id_front"]), {"file": upload} if upload else {})
    assert response.status_code == 422
    assert "wz-error" in response.content.decode()
    assert not Evidence.objects.exists()


def test_htmx_draws_only_the_place_again(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    client = signed_in(person)
    client.post(reverse("realname.start"))
    case = Case.objects.get()
    response = client.post(
        reverse("realname.add", args=[case.pk, "id_front"]), {"file": picture()}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert 'id="slot-id_front"' in response.content.decode()


def test_other_peoples_pages_are_not_there(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    case = submitted(person)
    stranger = signed_in(demo.person("stranger", "韩叙", 7))
    for screen in ("realname.case", "realname.upload", "realname.review"):
        assert stranger.get(reverse(screen, args=[case.pk])).status_code == 404
    for screen in ("realname.submit", "realname.withdraw", "realname.decide", "realname.reveal"):
        assert stranger.post(reverse(screen, args=[case.pk])).status_code == 404
    assert stranger.post(reverse("realname.add", args=[case.pk, "id_front"]), {"file": picture()}).status_code == 404
    assert stranger.get(reverse("realname.case", args=[999_999])).status_code == 404


def test_strangers_are_sent_to_sign_in(operator: Organisation) -> None:
    response = Client().get(reverse("realname.status"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign_in.start"))


def test_the_asker_reads_the_outcomes_as_they_concern_the_asker(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    page = text(signed_in(person), "realname.case", submitted(person).pk)
    assert "要您补充" in page
    assert "请对方补充" not in page


def test_withdraw(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    case = submitted(person)
    client = signed_in(person)
    assert "撤回这次认证" in text(client, "realname.case", case.pk)
    client.post(reverse("realname.withdraw", args=[case.pk]))
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "开始认证" in text(client, "realname.status")


@pytest.mark.parametrize("name", ["", "\x00", "x" * 60, "<script>alert(1)</script>", "'; DROP TABLE x;--"])
@pytest.mark.parametrize("number", ["", "\x00", "1" * 500, "𠮷𠮷𠮷", "330106196001010007"])
def test_nothing_typed_is_lost_and_nothing_breaks(
    person: Account, operator: Organisation, authority: FakeAuthority, name: str, number: str
) -> None:
    client = signed_in(person)
    before = Person.objects.get(account=person).doc_number
    typed = {
        "name": name,
        "doc_type": "resident_id",
        "doc_number": number,
        "doc_country": "XXX",
        "doc_expires": "never",
    }
    response = client.post(reverse("realname.correct"), typed)
    assert response.status_code == 422
    assert Person.objects.get(account=person).doc_number == before
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["O'Brien", "买买提·吐尔逊", "𠮷野家", "Jean-Luc Picard"])
def test_real_names_are_taken(person: Account, operator: Organisation, authority: FakeAuthority, name: str) -> None:
    typed = {"name": name, "doc_type": "resident_id", "doc_number": demo.resident_id(33)}
    response = signed_in(person).post(reverse("realname.correct"), typed)
    assert response.status_code == 302
    assert Person.objects.get(account=person).name == name


def test_somebody_else_agrees_for_themselves_before_anything_is_checked(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    """Name and number are both other ones: no typing error, but another person (PIPL, Art. 29)."""
    authority.answer = Answer(Result.MATCH)
    client, elsewhere = signed_in(person), signed_in(person)
    typed = {"name": "林远舟", "doc_type": "resident_id", "doc_number": demo.resident_id(33)}
    answer = client.post(reverse("realname.correct"), typed)
    asked = answer["Location"]
    assert asked.startswith("/me/consent/?next=%2Freal-name%2F")
    found = Person.objects.get(account=person)
    assert (found.name, found.doc_number, found.real_name) == ("林远舟", demo.resident_id(33), "not_started"), "kept"
    assert not Case.objects.exists(), "no authority was asked"
    assert not Consent.objects.filter(account=person, withdrawn_at=None).exists()
    assert client.get("/")["Location"].startswith("/me/consent/")
    assert "/sign-in/" in elsewhere.get("/me/")["Location"]
    page = client.get(asked).content.decode()
    assert 'name="privacy"' in page
    assert 'name="identity"' in page
    on = client.post(asked, {"privacy": "on", "identity": "on", "next": "/real-name/"})["Location"]
    assert on == "/real-name/"
    client.post(reverse("realname.start"))
    assert Person.objects.get(account=person).real_name == "passed"


def test_another_main_agent_who_is_typed_in_agrees_for_themselves(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    authority.answer = Answer(Result.MATCH)
    client = signed_in(unit.account)
    answer = client.post(
        reverse("realname.unit"), typed_unit(agent_name="马明远", agent_doc_number=demo.resident_id(502))
    )
    assert answer["Location"].startswith("/me/consent/")
    unit.refresh_from_db()
    assert (unit.agent_name, unit.rep_name, unit.agent_real_name) == ("马明远", "沈维", "not_started")
    assert not Case.objects.exists()
    client.post(answer["Location"], {"privacy": "on", "identity": "on"})
    client.post(reverse("realname.start"))
    unit.refresh_from_db()
    assert (unit.real_name, unit.agent_real_name) == ("passed", "passed")


def test_somebody_else_is_seen_also_where_name_and_number_are_typed_one_after_the_other(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    """What the one before uploaded is not shown to the one after, nor handed in for them."""
    authority.answer = Answer(Result.MISMATCH, "name_differs")
    client, number = signed_in(person), Person.objects.get(account=person).doc_number
    typed = {"name": "林远舟", "doc_type": "resident_id", "doc_number": number}
    client.post(reverse("realname.correct"), typed)
    case = Case.objects.get()
    actions.add_document(as_actor(person), case, "id_front", picture())
    client.post(reverse("realname.correct"), {**typed, "name": "林远周"})
    assert Consent.objects.filter(account=person, withdrawn_at=None).count() == 2, "the name twice is the name"
    answer = client.post(reverse("realname.correct"), {**typed, "name": "林远周", "doc_number": demo.resident_id(33)})
    assert answer["Location"].startswith("/me/consent/?next=%2Freal-name%2F")
    assert "没有换人，也请再同意一次" in client.get(answer["Location"]).content.decode()
    case.refresh_from_db()
    assert (case.state, case.name) == ("withdrawn", "林远周")
    found = Person.objects.get(account=person)
    assert (found.name, found.doc_number, found.real_name) == ("林远周", demo.resident_id(33), "not_started")
    assert not Consent.objects.filter(account=person, withdrawn_at=None).exists()
    client.post(answer["Location"], {"privacy": "on", "identity": "on"})
    assert not HolderBefore.objects.exists(), "it is the new one's"
    client.post(reverse("realname.correct"), {**typed, "name": "林远洲", "doc_number": demo.resident_id(33)})
    assert client.get(reverse("realname.status")).status_code == 200
    begun = Case.objects.exclude(pk=case.pk).get()
    assert (begun.name, begun.evidence.count()) == ("林远洲", 0)


def test_what_was_corrected_before_one_is_verified_was_a_typing_error(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    authority.answer = Answer(Result.MATCH)
    typed = {"name": "林远舟", "doc_type": "resident_id", "doc_number": demo.resident_id(1)}
    signed_in(person).post(reverse("realname.correct"), typed)
    assert Person.objects.get(account=person).real_name == "passed"
    assert not HolderBefore.objects.exists()


def test_another_main_agent_is_seen_also_one_thing_after_the_other(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    authority.answer = Answer(Result.MISMATCH, "name_differs")
    client, where = signed_in(unit.account), reverse("realname.unit")
    assert client.post(where, typed_unit(agent_name="马明远"))["Location"] == reverse("realname.status")
    unit.refresh_from_db()
    assert unit.agent_real_name == "failed"
    answer = client.post(where, typed_unit(agent_name="马明远", agent_doc_number=demo.resident_id(502)))
    assert answer["Location"].startswith("/me/consent/")
    unit.refresh_from_db()
    assert (unit.agent_name, unit.agent_real_name) == ("马明远", "not_started")
    assert Case.objects.get(kind="agent").state == "withdrawn"
    assert Case.objects.get(kind="unit").state == "upload", "which is about no other representative"


def test_a_taken_number_offers_recovery_and_proof_d3(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    demo.person("other", "林远舟", 77)
    client = signed_in(person)
    typed = {"name": "林远舟", "doc_type": "resident_id", "doc_number": demo.resident_id(77)}
    response = client.post(reverse("realname.correct"), typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert "这个证件号码已属于另一个账号" in page
    assert "号码是我的，用证件证明" in page
    assert "other" not in page.replace("another", "")
    response = client.post(reverse("realname.correct"), typed | {"claim": "1"})
    papers = reverse("realname.upload", args=[Case.objects.get().pk])
    assert not Consent.objects.filter(account=person, withdrawn_at=None).exists(), "it is another person's name too"
    assert client.get(papers)["Location"].startswith("/me/consent/"), "no paper of theirs before they agree"
    agreed = client.post(response["Location"], {"privacy": "on", "identity": "on", "next": papers})
    assert (agreed["Location"], client.get(papers).status_code) == (papers, 200)


def test_a_claim_of_the_same_person_goes_on_to_the_papers(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    demo.person("other", "陈知微", 77)
    name = Person.objects.get(account=person).name
    typed = {"name": name, "doc_type": "resident_id", "doc_number": demo.resident_id(77), "claim": "1"}
    response = signed_in(person).post(reverse("realname.correct"), typed)
    assert response["Location"] == reverse("realname.upload", args=[Case.objects.get().pk])


def test_a_verified_number_is_fixed_and_says_what_is_possible_d10(
    person: Account, operator: Organisation, authority: FakeAuthority
) -> None:
    Person.objects.filter(account=person).update(real_name="passed")
    client = signed_in(person)
    page = text(client, "realname.correct")
    assert "固定" in page
    assert reverse("realname.renew") in page
    typed = {"doc_type": "resident_id", "doc_number": demo.resident_id(1), "doc_expires": "2050-01-01"}
    response = client.post(reverse("realname.renew"), typed)
    case = Case.objects.get()
    assert response["Location"] == reverse("realname.upload", args=[case.pk])
    assert case.purpose == "renewal"
    response = client.post(reverse("realname.renew"), typed)
    assert response.status_code == 302
    assert Case.objects.count() == 1


# ---------------------------------------------------------------- the unit's form (D6)


def typed_unit(**changes: str) -> dict[str, str]:
    return {
        "name": "云溪理工大学",
        "uscc": demo.credit_code(1000),
        "unit_kind": "institution",
        "division": "330100",
        "address": "科技大道 1 号",
        "agent_name": "沈知微",
        "agent_doc_type": "resident_id",
        "agent_doc_number": demo.resident_id(500),
        "rep_name": "沈维",
        "rep_doc_type": "resident_id",
        "rep_doc_number": demo.resident_id(501),
    } | changes


def test_an_error_names_its_part_and_links_to_its_field(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    response = signed_in(unit.account).post(reverse("realname.unit"), typed_unit(rep_doc_type=""))
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#id_rep_doc_type"' in page
    assert "有要改的地方" in page
    assert "科技大道 1 号" in page
    assert "沈维" in page


def test_saving_the_unit_checks_at_once(unit: Organisation, operator: Organisation, authority: FakeAuthority) -> None:
    assert unit.account is not None
    authority.answer = Answer(Result.MATCH)
    response = signed_in(unit.account).post(reverse("realname.unit"), typed_unit())
    assert response["Location"] == reverse("realname.status")
    unit.refresh_from_db()
    assert (unit.rep_name, unit.real_name, unit.agent_real_name) == ("沈维", "passed", "passed")


def test_correcting_the_unit_checks_the_waiting_case_again(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    assert unit.account is not None
    actions.start_check(as_actor(unit.account), "unit")
    authority.answer = Answer(Result.MATCH)
    signed_in(unit.account).post(reverse("realname.unit"), typed_unit())
    assert Case.objects.get(kind="unit").state == "passed"


def test_a_taken_code_is_a_change_of_name_d5(
    unit: Organisation, operator: Organisation, authority: FakeAuthority
) -> None:
    demo.unit("other", "旧名大学", 2000)
    assert unit.account is not None
    response = signed_in(unit.account).post(reverse("realname.unit"), typed_unit(uscc=demo.credit_code(2000)))
    assert response.status_code == 422
    assert "单位改过名的" in response.content.decode()
    response = signed_in(unit.account).post(reverse("realname.unit"), typed_unit(name="旧名大学"))
    assert "这个单位名称已属于另一个账号" in response.content.decode()


def test_verified_parts_stay(unit: Organisation, operator: Organisation, authority: FakeAuthority) -> None:
    unit.agent_real_name = "passed"
    unit.save()
    assert unit.account is not None
    signed_in(unit.account).post(reverse("realname.unit"), typed_unit(agent_name="冒名"))
    unit.refresh_from_db()
    assert unit.agent_name != "冒名"
    assert unit.rep_name == "沈维"


def test_a_word_to_the_reviewer_is_not_lost(person: Account, operator: Organisation, authority: FakeAuthority) -> None:
    client = signed_in(person)
    client.post(reverse("realname.start"))
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(state="asked")
    response = client.post(reverse("realname.submit", args=[case.pk]), {"note": "护照明天才拿到"})
    assert response.status_code == 422
    assert "护照明天才拿到" in response.content.decode()
    response = client.post(reverse("realname.submit", args=[case.pk]), {"note": "长" * 501})
    page = response.content.decode()
    assert "最多 500 个字" in page
