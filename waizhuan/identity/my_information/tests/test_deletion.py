"""A deletion deletes what need not be kept; what stands in the way of it, and of closing, is told (Art. 47, D10)."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Mandate, Organisation, Person
from waizhuan.identity.my_information.models import DataRequest
from waizhuan.identity.my_information.tests.conftest import asks, granted, signed_in
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.registration.models import Consent
from waizhuan.identity.sign_in.models import Device
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.models import SavedView, WorkItem
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_granted_deletion_leaves_what_the_law_keeps(hanxu: Account, operator: Organisation) -> None:
    Consent.objects.create(account=hanxu, text="privacy", version="2026-01")
    FormerDocument.objects.create(account=hanxu, doc_type="passport", doc_country="SWE", doc_number="E1", doc_key="E1")
    Message.objects.create(account=hanxu, template="t", subject="您好", body="正文")
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(hanxu, unit, "projects.lead")
    SavedView.objects.create(account=hanxu, organisation=unit, name="急的")
    where = asks("hanxu", kind="delete")
    before = AuditEntry.objects.filter(account=hanxu).count()
    assert granted(where)[0] == 302
    hanxu.refresh_from_db()
    person = Person.objects.get(account=hanxu)
    assert hanxu.closed_at
    assert (hanxu.phone, hanxu.email, hanxu.login_name) == ("", "", f"closed-{hanxu.pk}")
    assert (person.name, person.doc_number, person.doc_index) == (f"#{hanxu.pk}", "", "")
    assert not FormerDocument.objects.filter(account=hanxu).exists()
    assert not Device.objects.filter(account=hanxu).exists()
    assert not Message.objects.filter(account=hanxu, subject="您好").exists()
    assert not SavedView.objects.exists()
    # kept: what happened, who could act for the unit, that there was consent, the request itself
    assert AuditEntry.objects.filter(account=hanxu).count() >= before
    assert Mandate.objects.get(account=hanxu).withdrawn_at
    assert Consent.objects.filter(account=hanxu).exists()
    assert DataRequest.objects.get().state == "answered"
    # and both names are free
    demo.person("hanxu", "韩叙", 3)


def test_the_last_administrator_is_told_at_once_and_at_the_desk(hanxu: Account, operator: Organisation) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    where = asks("hanxu", kind="delete")
    demo.mandate(hanxu, unit, "unit.admin")
    answer = signed_in("hanxu").post("/me/requests/", {"kind": "delete", "words": "走了"})
    assert answer.status_code == 422
    assert "您是云溪理工大学最后一位管理员" in answer.content.decode()
    status, page = granted(where)
    assert status == 422
    assert "您是云溪理工大学最后一位管理员" in page
    hanxu.refresh_from_db()
    assert hanxu.closed_at is None
    demo.mandate(demo.person("second", "陈知微", 1), unit, "unit.admin")
    assert granted(where)[0] == 302


def test_closing_by_oneself_obeys_the_same_rules(hanxu: Account) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(hanxu, unit, "unit.admin")
    client = signed_in("hanxu")
    page = client.get("/me/close/").content.decode()
    assert "最后一位管理员" in page
    assert "/authorisation/" in page
    client.post("/me/close/", {"password": demo.PASSWORD})
    hanxu.refresh_from_db()
    assert hanxu.closed_at is None


@pytest.mark.parametrize(
    "given", [{"kind": "delete"}, {"kind": "correct", "field": "name", "value": "韩旭"}], ids=["delete", "correct"]
)
def test_pressing_twice_asks_once(hanxu: Account, operator: Organisation, given: dict[str, str]) -> None:
    """The second request to delete would be open work, and the first could never be granted."""
    where = asks("hanxu", **given)
    again = signed_in("hanxu").post("/me/requests/", {"words": "请办理", **given})
    assert again.status_code == 422
    assert DataRequest.objects.count() == 1
    assert granted(where)[0] == 302


def test_one_s_own_cases_come_first(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="delete")
    asks("hanxu", kind="explain")
    status, page = granted(where)
    assert status == 422
    assert "还在办，办完或撤回后才能注销" in page


def test_what_stands_in_the_way_has_a_button_that_leads_there(hanxu: Account, operator: Organisation) -> None:
    where = asks("hanxu", kind="explain", words="为什么")
    bureau = demo.organisation("department", "汐州市外国专家局")
    demo.mandate(hanxu, bureau, "department.head")
    client = signed_in("hanxu")
    page = client.get("/me/close/").content.decode()
    item = WorkItem.objects.get(closed_at=None)
    assert f"/work/{item.pk}/" in page
    assert client.get(f"/work/{item.pk}/")["Location"] == where
    assert "您是汐州市外国专家局最后一位管理员" in page
    assert 'href="/authorisation/"' in page
