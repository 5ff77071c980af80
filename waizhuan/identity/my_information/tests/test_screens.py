"""我的信息: one's own data and nobody else's; closing; requests under the Personal Information Protection Law."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Mandate, Organisation
from waizhuan.identity.my_information.models import DataRequest
from waizhuan.identity.registration.models import Consent
from waizhuan.shared.flow.models import WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


@pytest.fixture
def operator(db: None) -> Organisation:
    desk = demo.organisation("operator", "平台运营中心")
    demo.mandate(demo.person("operator1", "秦安澜", 200), desk, "operator.reviewer")
    return desk


def signed_in(login_name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login_name": login_name, "password": demo.PASSWORD})
    return client


def test_numbers_are_masked_and_the_copy_holds_everything(hanxu: Account) -> None:
    Consent.objects.create(account=hanxu, text="privacy", version="2026-01")
    client = signed_in("hanxu")
    page = client.get("/me/").content.decode()
    assert demo.resident_id(3) not in page
    assert hanxu.phone not in page
    copy = client.post("/me/download/").json()
    assert copy["person"]["number"] == demo.resident_id(3)
    assert copy["consents"][0]["version"] == "2026-01"
    assert client.get("/me/download/").status_code == 405, "a link may not fetch it"


def test_closing_ends_posts_and_frees_the_number(hanxu: Account) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(hanxu, unit, "projects.lead")
    client = signed_in("hanxu")
    assert client.post("/me/close/", {"password": "wrong"}).status_code == 422
    assert client.post("/me/close/", {"password": demo.PASSWORD}).headers["Location"] == "/me/closed/"
    hanxu.refresh_from_db()
    assert hanxu.closed_at
    assert hanxu.phone == ""
    assert Mandate.objects.get(account=hanxu).withdrawn_why == "closed"
    assert client.get("/me/").status_code == 302, "the session is over"
    demo.person("hanxu_again", "韩叙", 3)  # the number registers again: the database lets it


def test_the_last_head_of_a_department_cannot_close(hanxu: Account) -> None:
    bureau = demo.organisation("department", "汐州市外国专家局")
    demo.mandate(hanxu, bureau, "department.head")
    client = signed_in("hanxu")
    page = client.get("/me/close/").content.decode()
    assert "现在还不能注销" in page
    assert "汐州市外国专家局" in page
    client.post("/me/close/", {"password": demo.PASSWORD})
    hanxu.refresh_from_db()
    assert hanxu.closed_at is None


def test_a_request_is_answered_by_the_desk_and_seen_by_nobody_else(hanxu: Account, operator: Organisation) -> None:
    demo.person("stranger", "陈知微", 1)
    asker, desk, stranger = signed_in("hanxu"), signed_in("operator1"), signed_in("stranger")
    assert asker.post("/me/requests/", {"kind": "", "words": ""}).status_code == 422
    where = asker.post("/me/requests/", {"kind": "explain", "words": "姓名中的 𠮷 怎么处理"}).headers["Location"]
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, {"transition": "answer", "note": "x"}).status_code == 404
    assert desk.post(where, {"transition": "decline", "note": ""}).status_code == 422, "a refusal owes its reasons"
    assert desk.post(where, {"transition": "answer", "note": "已经更正"}).status_code == 302
    assert DataRequest.objects.get().state == "answered"
    assert Message.objects.filter(account=hanxu, template="my_information.answered").count() == 1


def test_each_reads_the_kind_of_a_request_in_their_own_language(hanxu: Account, operator: Organisation) -> None:
    asker, desk = signed_in("hanxu"), signed_in("operator1")
    asker.post("/me/requests/", {"kind": "explain", "words": "O'Brien's 𠮷"}, headers={"accept-language": "en"})
    item = WorkItem.objects.get(process="my_information.request")
    assert (item.title, item.line) == ("韩叙", "说明处理规则：O'Brien's 𠮷"), "searched in Chinese"
    assert "说明处理规则：O&#x27;Brien&#x27;s 𠮷" in desk.get(reverse("flow.queue")).content.decode()
    english = desk.get(reverse("flow.queue"), headers={"accept-language": "en"}).content.decode()
    assert "Explain how it is processed: O&#x27;Brien&#x27;s 𠮷" in english
    assert "说明处理" not in english
    assert "说明处理规则：O&#x27;Brien" in asker.get("/").content.decode(), "which of one's requests it is"


def test_the_desk_does_not_answer_its_own(operator: Organisation) -> None:
    desk = signed_in("operator1")
    where = desk.post("/me/requests/", {"kind": "restrict", "words": "改"}).headers["Location"]
    assert desk.post(where, {"transition": "answer", "note": "好"}).status_code == 404
    assert DataRequest.objects.get().state == "waiting"


def test_the_list_costs_the_same_with_1_and_30_requests(hanxu: Account, operator: Organisation) -> None:
    client = signed_in("hanxu")
    counts = []
    for many in (1, 29):
        for _ in range(many):
            client.post("/me/requests/", {"kind": "restrict", "words": "改"})
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/me/requests/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 12


def test_a_request_has_no_draft_so_its_history_begins_with_the_request(hanxu: Account, operator: Organisation) -> None:
    client = signed_in("hanxu")
    page = client.get(client.post("/me/requests/", {"kind": "restrict", "words": "改"}).headers["Location"])
    assert "提出了请求" in page.content.decode()
    assert "开始填写" not in page.content.decode()
