"""The pages of authorisation: who sees them, how many queries they cost, what bad input does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.delegation import leaving, screens
from waizhuan.identity.delegation.tests.conftest import signed_in
from waizhuan.identity.models import Account, Mandate, Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.words import say
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db
NASTY = [
    "",
    "x" * 5000,
    "\x00\x07",
    "𠮷" * 30,
    "O'Brien",
    "<script>alert(1)</script>",
    "'; DROP TABLE identity_account;--",
]


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_with_1_and_30_people(admin: Account, unit: Organisation) -> None:
    client = signed_in("chenzhiwei")
    one = queries(client, "/authorisation/")
    for n in range(30):
        demo.mandate(demo.person(f"lead{n}", demo.person_name(n + 10), n + 10), unit, "projects.lead")
    assert queries(client, "/authorisation/") == one <= 12


@pytest.mark.parametrize("who", ["maimaiti", ""])
def test_others_see_nothing(admin: Account, professor: Account, who: str) -> None:
    client = signed_in(who) if who else Client()
    assert client.get("/authorisation/").status_code == (404 if who else 302)
    assert client.post("/authorisation/new/", {"name": "陈知微"}).status_code == (404 if who else 302)


def test_another_units_people_are_404(admin: Account, professor: Account) -> None:
    other = demo.unit("songling", "松岭农业科学院", 1001)
    demo.mandate(professor, other, "projects.lead")
    client = signed_in("chenzhiwei")
    assert client.get(f"/authorisation/people/{professor.pk}/").status_code == 404
    assert client.post(f"/authorisation/{Mandate.objects.get(organisation=other).pk}/withdraw/").status_code == 404
    assert Mandate.objects.get(organisation=other).withdrawn_at is None


@pytest.mark.parametrize("bad", NASTY)
def test_bad_input_is_told_beside_its_field_and_kept(admin: Account, bad: str) -> None:
    client = signed_in("chenzhiwei")
    answer = client.post("/authorisation/new/", {"name": bad, "sought": bad, "phone": bad, "until": bad, "roles": bad})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert client.post("/authorisation/ask/", {"unit": bad, "role": bad}).status_code == 422
    assert Mandate.objects.count() == 1


def test_a_lead_sees_the_service_on_the_next_request_and_loses_it_so(admin: Account, professor: Account) -> None:
    """C3: the session that is open all the while."""
    lead, client = signed_in("maimaiti"), signed_in("chenzhiwei")
    given = {"name": "买买提·吐尔逊", "sought": "maimaiti", "roles": ["projects.lead"]}
    assert client.post("/authorisation/new/", given).status_code == 302
    assert "云溪理工大学" in lead.get("/").content.decode()
    mandate = Mandate.objects.get(account=professor)
    client.post(f"/authorisation/{mandate.pk}/withdraw/", {"why": "离职"})
    assert "云溪理工大学" not in lead.get("/").content.decode()


def test_whoever_leaves_steps_down_and_reads_what_follows(
    admin: Account, professor: Account, unit: Organisation
) -> None:
    """C3: the last one is told first that nobody is there then; afterwards comes the home page, which is open to everybody."""
    client, own = signed_in("chenzhiwei"), Mandate.objects.get(account=admin)
    url = f"/authorisation/{own.pk}/withdraw/"
    assert url in client.get("/authorisation/").content.decode()
    page = client.get(url).content.decode()
    assert "卸任“单位管理员”" in page
    assert "您是最后一位管理员" in page
    demo.mandate(professor, unit, "unit.admin")
    assert "您是最后一位管理员" not in client.get(url).content.decode()
    answer = client.post(url, {"why": "调走"}, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [("/", 302)])
    own.refresh_from_db()
    assert (own.withdrawn_why, own.withdrawn_by_id) == ("调走", admin.pk)
    assert client.get("/authorisation/").status_code == 404
    assert signed_in("maimaiti").get(url).headers["Location"] == "/authorisation/", "nothing to withdraw twice"


def test_the_last_head_of_a_department_cannot_and_what_was_typed_stays(db: None) -> None:
    bureau = demo.organisation("department", "汐州市外国专家局", tier="city", division="330100")
    head = demo.person("head", "周闻笛", 40)
    demo.mandate(head, bureau, "department.head")
    answer = signed_in("head").post(f"/authorisation/{Mandate.objects.get().pk}/withdraw/", {"why": "O'Brien <b>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这是最后一位管理员。请先授权另一位，再收回" in page
    assert 'value="O&#x27;Brien &lt;b&gt;"' in page
    assert Mandate.objects.get().withdrawn_at is None


def test_a_request_is_decided_once(admin: Account, unit: Organisation, professor: Account) -> None:
    asker, client = signed_in("maimaiti"), signed_in("chenzhiwei")
    where = asker.post("/authorisation/ask/", {"unit": unit.name, "role": "projects.lead"}).headers["Location"]
    assert client.get(where).status_code == 200
    assert client.post(where, {"transition": "decline", "note": ""}).status_code == 422, "a reason is owed"
    assert client.post(where, {"transition": "grant"}).status_code == 302
    client.post(where, {"transition": "grant"})
    assert Mandate.objects.filter(account=professor, role="projects.lead").count() == 1
    assert asker.post(where, {"transition": "grant"}).status_code in (404, 409)


def invites(n: int, phone: str = "", login_name: str = "chenzhiwei") -> tuple[int, str]:
    given = {
        "name": "王新来",
        "sought": demo.resident_id(300 + n),
        "roles": ["projects.lead"],
        "phone": phone or demo.mobile(300 + n),
    }
    answer = signed_in(login_name).post("/authorisation/new/", given)
    return answer.status_code, answer.content.decode()


def test_one_phone_gets_few_invitations_a_day(admin: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """It is a stranger's phone, whichever unit writes to it and in whose name."""
    settings.RATE_LIMITS_ON = True
    cache.clear()
    other = demo.person("other", "沈听雨", 2)
    demo.mandate(other, demo.unit("qingshi", "青石研究院", 9), "unit.admin")
    phone = demo.mobile(333)
    for n in range(screens.TO_ONE_PHONE):
        assert invites(n, phone)[0] == 302
    status, page = invites(50, phone, "other")
    assert status == 422
    assert f"一天最多发 {screens.TO_ONE_PHONE} 条邀请到同一个手机号，请明天再发" in page
    assert 'href="#id_phone"' in page
    assert demo.mobile(333)[3:] in page, "nothing typed is lost"
    assert len(sent_to(phone)) == screens.TO_ONE_PHONE
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert invites(51, phone, "other")[0] == 302


def test_what_is_refused_is_no_invitation(admin: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """Nothing was sent to the phone, so nothing of its day is used up."""
    settings.RATE_LIMITS_ON = True
    cache.clear()
    phone = demo.mobile(333)
    assert invites(0, phone)[0] == 302
    for _ in range(screens.TO_ONE_PHONE):
        status, page = invites(0, phone)
        assert (status, "已经邀请过这个人" in page) == (422, True)
    assert invites(1, phone)[0] == 302
    assert len(sent_to(phone)) == 2


def test_one_unit_sends_some_invitations_a_day(admin: Account, settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    cache.clear()
    monkeypatch.setattr(screens, "INVITATIONS", 2)
    assert [invites(n)[0] for n in range(2)] == [302, 302]
    status, page = invites(2)
    assert status == 422
    assert "一个单位一天最多发 2 条邀请，请明天再发" in page
    assert not sent_to(demo.mobile(302))


def test_the_head_of_an_empty_department_reads_that_nobody_does_its_work(db: None) -> None:
    office = demo.organisation("department", "青州市科学技术局")
    head = demo.person("newhead", "谢长安", 31)
    demo.mandate(head, office, "department.head")
    client = signed_in("newhead")
    page = client.get("/authorisation/").content.decode()
    assert "还没有人担任归口单位经办人" in page
    before = queries(client, "/authorisation/")
    demo.mandate(demo.person("clerk", "𠮷野", 32), office, "department.clerk")
    assert "还没有人担任" not in client.get("/authorisation/").content.decode()
    assert queries(client, "/authorisation/") == before <= 12


def test_what_lies_with_a_person_is_not_said_to_stay_with_the_post(admin: Account, professor: Account) -> None:
    demo.mandate(professor, admin.mandates.get().organisation, "projects.lead")
    declared = leaving._leaves.get("projects.lead")
    page = signed_in("chenzhiwei").get(f"/authorisation/people/{professor.pk}/").content.decode()
    assert "没有办完的事留在岗位上" in page
    leaving.declare(
        "projects.lead",
        lambda account, unit: leaving.Left(say("还有 3 个项目"), say("您还有 3 个"), "/", say("另给一个人")),
    )
    try:
        page = signed_in("chenzhiwei").get(f"/authorisation/people/{professor.pk}/").content.decode()
    finally:
        if declared:
            leaving.declare("projects.lead", declared)
    assert "还有 3 个项目" in page
    assert "没有办完的事留在岗位上" not in page


def test_one_s_own_lead_post_speaks_of_oneself(admin: Account) -> None:
    demo.mandate(admin, admin.mandates.get().organisation, "projects.lead")
    mandate = Mandate.objects.get(account=admin, role="projects.lead")
    declared = leaving._leaves.get("projects.lead")
    words = leaving.Left(say("对方还有 3 个"), say("您还有 3 个"), "/", say("另给一个人"))
    leaving.declare("projects.lead", lambda account, unit: words)
    try:
        page = signed_in("chenzhiwei").get(f"/authorisation/{mandate.pk}/withdraw/").content.decode()
    finally:
        if declared:
            leaving.declare("projects.lead", declared)
    assert "您还有 3 个" in page
    assert "对方" not in page
    assert "没有办完的事留在岗位上" not in page


def test_stepping_down_twice_leads_where_the_first_press_led(admin: Account, professor: Account) -> None:
    own = Mandate.objects.get(account=admin)
    demo.mandate(professor, own.organisation, "unit.admin")
    first, second = signed_in("chenzhiwei"), signed_in("chenzhiwei")
    url = f"/authorisation/{own.pk}/withdraw/"
    for client in (first, second, first):
        answer = client.post(url, {"why": "调走"})
        assert (answer.status_code, answer["Location"]) == (302, "/")
    assert first.get(url)["Location"] == "/"
    assert Mandate.objects.filter(account=admin, withdrawn_at=None).count() == 0
    theirs = Mandate.objects.get(account=professor)
    assert first.post(f"/authorisation/{theirs.pk}/withdraw/").status_code == 404, "nobody else's"
