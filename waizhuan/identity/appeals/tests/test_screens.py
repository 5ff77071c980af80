"""The appellant's pages, as a browser comes to them."""

from __future__ import annotations

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.appeals import actions, rules
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.appeals.tests.conftest import (
    CLAIM,
    UNIT_CLAIM,
    claimed,
    code_sent_to,
    decide,
    filed,
    picture,
    scan_of,
    signed_in,
)
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel.errors import Refused
from waizhuan.shared.audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_recovery_was_told_is_carried_over(client: Client, operator: Organisation) -> None:
    """E6."""
    given = {"kind": "person", "name": "韩叙", "number": demo.resident_id(5), "channel": "sms"}
    client.post("/recovery/name/", given)
    page = client.get("/appeals/new/person/").content.decode()
    assert "韩叙" in page
    assert demo.resident_id(5) in page
    client.post("/recovery/reset/", {"login_name": "an_old_name", "channel": "sms"})
    assert "an_old_name" in client.get("/appeals/new/phone/").content.decode()


def test_no_step_can_be_skipped(client: Client, hanxu: Account) -> None:
    for path, to in (("code", "/appeals/"), ("papers", "/appeals/"), ("mine", "/appeals/find/")):
        assert client.get(f"/appeals/{path}/").headers["Location"] == to
    client.post("/appeals/new/person/", CLAIM)
    assert client.get("/appeals/papers/").headers["Location"] == "/appeals/code/"
    assert client.get("/appeals/papers/form.pdf").status_code == 404
    assert client.post("/appeals/papers/form/", {"file": picture()}).headers["Location"] == "/appeals/"


@pytest.mark.parametrize("kind", ["person", "phone", "unit", "rename"])
def test_papers_are_taken_with_separate_consent_alone(client: Client, unit: Organisation, kind: str) -> None:
    """PIPL, Art. 29: a tick of its own, in the version of now, with its time; nothing typed is lost without it."""
    claim = {**(UNIT_CLAIM if kind in ("unit", "rename") else CLAIM), "uscc": str(unit.uscc), "old_name": "青石农学院"}
    claim["login_name"] = "zhaojm"
    page = client.post(f"/appeals/new/{kind}/", {k: v for k, v in claim.items() if k != "identity"})
    assert page.status_code == 422
    assert claim["doc_number"] in page.content.decode()
    assert not Appeal.objects.exists(), "no number is kept before"
    appeal = claimed(client, kind, **claim)
    assert (appeal.consent_version, bool(appeal.consent_at)) == (rules.CONSENT, True)
    entry = AuditEntry.objects.get(verb="consents.given", subject=f"appeals.appeal:{appeal.pk}")
    assert entry.detail == {"identity": rules.CONSENT}


def test_a_draft_from_before_the_words_of_now_goes_back_to_them(client: Client, hanxu: Account) -> None:
    appeal = claimed(client)
    at = appeal.consent_at
    Appeal.objects.update(consent_version="2026-01")
    where = "/appeals/new/person/"
    assert client.get("/appeals/papers/").headers["Location"] == where
    assert client.post("/appeals/papers/form/", {"file": picture()}).headers["Location"] == where
    with pytest.raises(Refused, match="单独同意"):
        actions.submit(Appeal.objects.get(), None)
    page = client.get(where).content.decode()
    assert CLAIM["doc_number"] in page
    assert "checked" not in page
    assert client.post(where, CLAIM).headers["Location"] == "/appeals/papers/", "no second code"
    appeal.refresh_from_db()
    assert appeal.consent_version == rules.CONSENT
    assert at is not None
    assert appeal.consent_at is not None
    assert appeal.consent_at > at
    assert "checked" in client.get(where).content.decode(), "what was agreed to is not asked for twice"


def test_what_was_handed_in_was_agreed_to_then(client: Client, hanxu: Account, reviewer: Account) -> None:
    decide(reviewer, filed(client), "ask", note="请补充背面")
    Appeal.objects.update(consent_version="2026-01")
    assert client.get("/appeals/papers/").status_code == 200


@pytest.mark.parametrize("kind", ["person", "phone", "unit", "rename"])
def test_the_scan_of_the_printed_form_finds_its_case(client: Client, unit: Organisation, kind: str) -> None:
    """G5: the letter carries a code; its photograph matches this case, and no other."""
    more = {"uscc": str(unit.uscc)} if kind in ("unit", "rename") else {"login_name": "zhaojm"}
    claimed(client, kind, **more)
    letter = client.get("/appeals/papers/form.pdf")
    assert letter["Content-Type"] == "application/pdf"
    page = client.post("/appeals/papers/form/", {"file": scan_of(letter.content)}, headers={"HX-Request": "true"})
    assert "二维码对上了" in page.content.decode()
    other = Client()
    claimed(other, kind, **more, phone="13922220000")
    page = other.post("/appeals/papers/form/", {"file": scan_of(letter.content)}, headers={"HX-Request": "true"})
    assert "这是另一件申诉的申诉书" in page.content.decode()
    page = other.post("/appeals/papers/form/", {"file": picture()}, headers={"HX-Request": "true"})
    assert "没有读到二维码" in page.content.decode()


def test_everything_that_is_missing_is_said_at_once(client: Client, hanxu: Account) -> None:
    appeal = claimed(client)
    page = client.post("/appeals/papers/", {"version": str(appeal.version)}).content.decode()
    assert page.count("还缺：") >= 3
    assert 'href="/help/E12/"' in page, "the article about papers"
    assert "传好的材料都还在" in page


def test_a_broken_file_is_refused_at_once(client: Client, hanxu: Account) -> None:
    """E12."""
    claimed(client)
    for content in (b"", b"MZ\x90\x00" * 50, b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\n broken"):
        answer = client.post("/appeals/papers/form/", {"file": SimpleUploadedFile("x.png", content)})
        assert answer.status_code == 422
    assert client.post("/appeals/papers/form/", {}).status_code == 422
    assert Evidence.objects.count() == 0


def test_after_handing_in_the_papers_are_fixed(client: Client, hanxu: Account) -> None:
    appeal = filed(client)
    client.post("/appeals/papers/form/", {"file": picture(colour="#000000")})
    assert Evidence.objects.filter(appeal=appeal, slot="form").count() == 1
    assert client.get("/appeals/papers/").headers["Location"] == "/appeals/mine/"
    case = client.get("/appeals/mine/").content.decode()
    assert str(appeal.number) in case
    assert "平台运营中心" in case  # who has it


def test_it_is_found_again_by_number_and_code(client: Client, hanxu: Account) -> None:
    appeal = filed(client)
    elsewhere = Client()
    answers = [
        elsewhere.post("/appeals/find/", {"number": number, "phone": phone}).headers["Location"]
        for number, phone in (("SS-1999-000001", "13911110000"), (appeal.number, "13800009999"))
    ]
    assert answers == ["/appeals/find/code/"] * 2  # whether there is such a case is not told
    assert elsewhere.post("/appeals/find/code/", {"code": "123456"}).status_code == 422
    elsewhere.post("/appeals/find/", {"number": str(appeal.number).lower(), "phone": "13911110000"})
    assert elsewhere.post("/appeals/find/code/", {"code": code_sent_to(appeal.phone)}).status_code == 302
    assert str(appeal.number) in elsewhere.get("/appeals/mine/").content.decode()


def test_a_stranger_sees_nobody_s_case(client: Client, hanxu: Account, reviewer: Account) -> None:
    appeal = filed(client)
    stranger = Client()
    assert stranger.get("/appeals/papers/form/preview.jpg").status_code == 404
    assert stranger.post("/appeals/withdraw/").status_code == 404
    somebody = signed_in(demo.person("nobody1", "何青", 41))
    assert somebody.get(f"/appeals/{appeal.pk}/review/").status_code == 404
    assert somebody.post(f"/appeals/{appeal.pk}/decide/", {"transition": "approve"}).status_code == 404
    document = Evidence.objects.filter(appeal=appeal)[0].document_id
    assert somebody.get(f"/documents/{document}/").status_code == 404
    assert signed_in(reviewer).get(f"/appeals/{appeal.pk}/review/").status_code == 200


def test_two_tabs_hand_in_once(client: Client, hanxu: Account) -> None:
    appeal = filed(client)
    again = client.post("/appeals/papers/", {"version": str(appeal.version)})
    assert again.headers["Location"] == "/appeals/mine/"
    assert Appeal.objects.count() == 1


def test_the_operator_sees_the_papers_beside_the_data(client: Client, hanxu: Account, reviewer: Account) -> None:
    appeal = filed(client)
    operator = signed_in(reviewer)
    page = operator.get(f"/appeals/{appeal.pk}/review/").content.decode()
    assert demo.resident_id(5) not in page
    assert "可以接受" in page
    revealed = operator.post(f"/appeals/{appeal.pk}/reveal/", {"purpose": "compare"}).content.decode()
    assert (demo.resident_id(5) in revealed) is ("已记入审计日志" in revealed)
    answer = operator.post(f"/appeals/{appeal.pk}/decide/", {"transition": "decline", "version": str(appeal.version)})
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()
    assert 'id="note-error"' in answer.content.decode()  # beside its field, too


def test_the_statement_of_a_new_name_is_printed_and_its_scan_finds_its_case(client: Client, unit: Organisation) -> None:
    """E11: in Chinese for every reader, with both names; what the registration authority wrote has no code, and needs none."""
    names = {"uscc": str(unit.uscc), "unit_name": "青石（𠮷野）大学"}
    claimed(client, "rename", **names)
    client.cookies.load({"language": "en"})
    assert 'href="/appeals/papers/statement.pdf"' in client.get("/appeals/papers/").content.decode()
    letter = client.get("/appeals/papers/statement.pdf").content
    text = pypdfium2.PdfDocument(letter)[0].get_textpage().get_text_range()
    for wanted in ("单位更名说明", "青石研究院", "野）大学", "更名日期", "单位公章", "SS-"):
        assert wanted in text, text
    client.cookies.load({"language": "zh-hans"})
    at, part = "/appeals/papers/statement/", {"HX-Request": "true"}
    assert "二维码对上了" in client.post(at, {"file": scan_of(letter)}, headers=part).content.decode()
    notice = client.post(at, {"file": picture()}, headers=part).content.decode()
    assert "二维码" not in notice
    other = Client()
    claimed(other, "rename", **names, phone="13922220000")
    assert "另一件申诉的更名说明" in other.post(at, {"file": scan_of(letter)}, headers=part).content.decode()
    form = scan_of(other.get("/appeals/papers/form.pdf").content)
    assert "二维码对上了" not in other.post(at, {"file": form}, headers=part).content.decode(), "it is another paper"


def test_what_is_wrong_with_a_paper_stands_beside_it_with_its_code(client: Client, operator: Organisation) -> None:
    claimed(client)
    part = {"HX-Request": "true"}
    for given in ({}, {"file": SimpleUploadedFile("x.exe", b"MZ\x00not a picture", "application/octet-stream")}):
        page = client.post("/appeals/papers/id_front/", given, headers=part).content.decode()
        assert 'id="error-id_front"' in page
        assert 'href="/help/E12/"' in page
    whole = client.post("/appeals/papers/id_front/", {})
    assert 'id="error-id_front"' in whole.content.decode()


def test_who_was_not_renamed_has_no_statement(client: Client, unit: Organisation) -> None:
    assert client.get("/appeals/papers/statement.pdf").status_code == 404
    claimed(client, "unit", uscc=str(unit.uscc))
    assert "statement" not in client.get("/appeals/papers/").content.decode()
    assert client.get("/appeals/papers/statement.pdf").status_code == 404
    claim = {**UNIT_CLAIM, "uscc": str(unit.uscc), "old_name": "青石研究院"}
    answer = Client().post("/appeals/new/rename/", claim)
    assert "原名称和新名称一样" in answer.content.decode()


def test_the_reviewer_reads_whether_the_old_name_is_the_accounts(
    client: Client, unit: Organisation, reviewer: Account
) -> None:
    right = filed(client, "rename", uscc=str(unit.uscc), unit_name="青石大学")
    assert "填的原名称与账号里的一致" in signed_in(reviewer).get(f"/appeals/{right.pk}/review/").content.decode()
    wrong = filed(Client(), "rename", uscc=str(unit.uscc), unit_name="青石大学", old_name="别的", phone="13922220000")
    assert "填的原名称与账号里的不一致" in signed_in(reviewer).get(f"/appeals/{wrong.pk}/review/").content.decode()


@pytest.mark.parametrize("text", ["", "𠮷" * 300, "\x00\x01", "'; DROP TABLE x; --", "<script>alert(1)</script>"])
@pytest.mark.parametrize("kind", ["person", "phone", "unit", "rename", "nothing"])
def test_no_input_breaks_the_form(client: Client, operator: Organisation, kind: str, text: str) -> None:
    answer = client.post(f"/appeals/new/{kind}/", dict.fromkeys([*UNIT_CLAIM, "uscc", "login_name", "words"], text))
    assert answer.status_code == (404 if kind == "nothing" else 422)
    assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize("name", ["O'Brien", "买买提·吐尔逊", "𠮷田", "José-María d'Ávila"])
def test_every_name_gets_its_letter(client: Client, operator: Organisation, name: str) -> None:
    claimed(client, doc_type="passport", doc_country="IRL", doc_number="PA1234567", name=name)
    assert client.get("/appeals/papers/form.pdf").content[:4] == b"%PDF"


@pytest.mark.parametrize("page", ["mine", "papers", "review"])
def test_a_page_costs_few_queries(client, hanxu, reviewer, page, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    appeal = claimed(client) if page == "papers" else filed(client)
    who, path = (
        (signed_in(reviewer), f"/appeals/{appeal.pk}/review/") if page == "review" else (client, f"/appeals/{page}/")
    )
    who.get(path)
    with django_assert_max_num_queries(12):
        assert who.get(path).status_code == 200


@pytest.mark.parametrize("state", ["review", "second", "objected", "asked", "declined"])
@pytest.mark.parametrize("kind", ["person", "unit", "rename"])
def test_a_review_reads_its_appeal_once(
    client: Client, hanxu: Account, unit: Organisation, reviewer: Account, kind: str, state: str
) -> None:
    """What it shows is in the columns that it fetches: each that is not would be a query more, at every look."""
    given = {"uscc": str(unit.uscc), "login_name": "qingshi"} if kind != "person" else {"login_name": "hanxu"}
    appeal = filed(client, kind, **given)
    assert appeal.account is not None
    Appeal.objects.filter(pk=appeal.pk).update(state=state, first_by=None, objection="不是我", words="手机丢了")
    Account.objects.filter(pk=appeal.account.pk).update(is_active=False)  # the page says why
    who, path = signed_in(reviewer), f"/appeals/{appeal.pk}/review/"
    who.get(path)
    with CaptureQueriesContext(connection) as done:
        assert "还有另一件" not in who.get(path).content.decode()
    about = (
        "appeals_appeal",
        "appeals_evidence",
        "documents_document",
        "identity_account",
        "identity_organisation",
        "identity_person",
    )
    read = [
        q["sql"] for q in done.captured_queries if q["sql"].startswith(tuple(f'SELECT "{name}".' for name in about))
    ]
    assert len(read) == 2, read  # the appeal, its papers


@pytest.mark.parametrize("kind", ["person", "unit"])
def test_whoever_appeals_reads_what_can_happen_to_them(
    client: Client, hanxu: Account, unit: Organisation, kind: str
) -> None:
    """Nobody approves a unit's appeal alone; what is asked for is asked of the reader."""
    filed(client, kind, **({"uscc": str(unit.uscc)} if kind == "unit" else {}))
    page = client.get("/appeals/mine/").content.decode()
    assert "要您补充" in page
    assert "请对方补充" not in page
    assert ("</span>通过</dt>" in page) == (kind == "person")
    assert "</span>建议通过，转复核</dt>" in page
