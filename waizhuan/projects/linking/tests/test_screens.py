"""The pages of old accounts, for the person and for the unit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import api as identity
from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.linking.models import Claim
from waizhuan.projects.linking.tests.conftest import Place, make_place, old_account
from waizhuan.projects.linking.tests.test_actions import number_of

pytestmark = pytest.mark.django_db


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_a_person_sees_what_is_linked_and_what_is_not_and_why(place: Place) -> None:
    old_account("mine", place.old_unit, projects=7, **number_of(place.lead))
    old_account("shared", None, phone=place.lead.phone)
    text = page(signed_in(place.lead), "linking.accounts")
    assert "WGZJXM_mine" in text
    assert "证件号码相同，并且已经实名" in text
    assert "MINE-6" in text
    assert "还有 2 个项目" in text
    assert "您验证过的手机号和旧账号的相同" in text
    listed = page(signed_in(place.lead), "applications.list")
    assert "旧系统的项目" in listed
    assert "MINE-6" in listed
    assert "MINE-3" in page(signed_in(place.lead), "legacy.projects", q="mine-3")


def test_an_account_found_by_phone_alone_tells_no_project(place: Place) -> None:
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old_account("secret", other.old_unit, projects=2, phone=place.lead.phone)
    text = page(signed_in(place.lead), "linking.accounts")
    assert "WGZJXM_secret" in text
    assert "SECRET-1" not in text


def test_claiming(place: Place) -> None:
    old_account("zhang", place.old_unit, name="张三丰", projects=2)
    client = signed_in(place.lead)
    answer = client.post(reverse("linking.accounts"), {"login": "wgzjxm_ZHANG"}, follow=True)
    assert "旧账号没有登记证件号码" in answer.content.decode()
    url = reverse("linking.claim")
    assert client.post(url, {"login": "zhang", "words": ""}).status_code == 422
    made = client.post(url, {"login": "zhang", "words": "O'Brien <script>𠮷"})
    case = Claim.objects.get()
    assert made["Location"] == reverse("linking.case", args=[case.pk])
    shown = page(client, "linking.case", case.pk)
    assert "O&#x27;Brien &lt;script&gt;𠮷" in shown
    assert "云溪理工大学" in shown
    admin = signed_in(place.admin)
    assert "张**" in page(admin, "linking.case", case.pk)
    assert "张三丰" not in page(admin, "linking.case", case.pk)
    findings = page(admin, "linking.case", case.pk).split('class="wz-reasons"')[1].split("</ul>")[0]
    assert "申请人已经实名认证" in findings
    assert "您" not in findings  # whoever decides reads of somebody else
    assert "您已经实名认证" in shown
    assert "请对方补充什么</label>" in page(admin, "linking.case", case.pk)  # what it asks for is no reason
    admin.post(reverse("linking.case", args=[case.pk]), {"transition": "confirm", "version": "0"})
    assert "已关联" in page(client, "linking.accounts")
    for stranger in (demo.person("stranger", "生人", 81), make_place("songling", "松岭农业科学院", 1001, 20).admin):
        assert signed_in(stranger).get(reverse("linking.case", args=[case.pk])).status_code == 404


def test_the_unit_sees_its_administrators_masked(place: Place) -> None:
    old_account(
        "former", place.old_unit, name="王前任", admin_from=dt.date(2014, 3, 1), admin_until=dt.date(2018, 5, 1)
    )
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old_account("elsewhere", other.old_unit, name="赵别处", admin_from=dt.date(2014, 3, 1))
    text = page(signed_in(place.admin), "linking.administrators")
    assert "王**" in text
    assert "2018年5月1日" in text
    assert "陈**" in text
    assert "现任" in text
    for hidden in ("王前任", "赵", "elsewhere", "陈知微</th>"):
        assert hidden not in text


def test_an_unverified_unit_is_told_what_is_missing(place: Place) -> None:
    Organisation.objects.filter(pk=place.unit.pk).update(real_name="not_started")
    text = page(signed_in(place.admin), "linking.administrators")
    assert "单位还没有实名认证" in text
    assert reverse("realname.status") in text


def test_handing_over(place: Place) -> None:
    old = old_account("A", place.old_unit, projects=2)
    client = signed_in(place.admin)
    url = reverse("linking.hand_over", args=[old.pk])
    assert "A-1" in client.get(url).content.decode()
    assert client.post(url, {"person": "nonsense"}).status_code == 422
    assert client.post(url, {"person": str(place.lead.pk)}).status_code == 302
    for name, args in (("linking.administrators", []), ("linking.unlink", [old.pk])):
        assert "林望舒" in page(client, name, *args)  # one of its own people
    identity.Mandate.objects.filter(account=place.lead).delete()
    for name, args in (("linking.administrators", []), ("linking.unlink", [old.pk])):
        assert "林望舒" not in page(client, name, *args)
        assert "林**" in page(client, name, *args)
    assert client.get(url).status_code == 404  # it is somebody's now
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    stays = old_account("B", place.old_unit)
    assert signed_in(other.admin).get(reverse("linking.hand_over", args=[stays.pk])).status_code == 404


def test_what_another_unit_has_is_not_told(place: Place) -> None:
    other = make_place("songling", "松岭农业科学院", 1001, 20)
    old = old_account("A", place.old_unit, projects=2)
    LegacyProject.objects.filter(number="A-1").update(
        unit=other.old_unit, organisation=other.unit, title="松岭的机密课题"
    )
    client, url = signed_in(place.admin), reverse("linking.hand_over", args=[old.pk])
    shown = client.get(url).content.decode()
    assert "A-0" in shown
    assert "松岭的机密课题" not in shown
    client.post(url, {"person": str(place.lead.pk)})
    shown = page(signed_in(place.lead), "linking.accounts")
    assert "A-0" in shown
    assert "松岭的机密课题" not in shown


def test_pressing_twice_leads_to_the_list(place: Place) -> None:
    old = old_account("A", place.old_unit, projects=1)
    client, url = signed_in(place.admin), reverse("linking.hand_over", args=[old.pk])
    for _ in range(2):
        answer = client.post(url, {"person": str(place.lead.pk)})
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("linking.administrators"))


@pytest.mark.parametrize("login", ["", "nobody", "\x00\x01", "x" * 300, "'; DROP TABLE --", "<script>", "𠮷"])
def test_looking_for_nonsense(place: Place, login: str) -> None:
    answer = signed_in(place.lead).post(reverse("linking.accounts"), {"login": login})
    assert answer.status_code == 422


@pytest.mark.parametrize("n", [1, 30])
def test_pages_cost_few_queries(place: Place, n: int, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for i in range(n):
        old_account(f"u{i}", place.old_unit, projects=2, phone=place.lead.phone, admin_from=dt.date(2014, 3, 1))
    page(signed_in(place.lead), "linking.accounts")  # links them
    lead, admin = signed_in(place.lead), signed_in(place.admin)
    for client, name in (
        (lead, "linking.accounts"),
        (lead, "legacy.projects"),
        (lead, "applications.list"),
        (admin, "linking.administrators"),
        (admin, "legacy.projects"),
    ):
        with django_assert_max_num_queries(12):
            page(client, name)
