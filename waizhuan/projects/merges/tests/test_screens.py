"""The pages of a merge."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity.api import Account
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.merges import papers
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.tests.conftest import World, make_place, old_account, owners
from waizhuan.projects.merges.tests.test_actions import scan

pytestmark = pytest.mark.django_db


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    session = client.session
    session["second_factor_at"] = "now"
    session.save()
    return client


def test_from_the_form_to_the_move_and_back(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=2)
    world.application(world.a, 1)
    admin, clerk = signed_in(world.place.admin), signed_in(world.clerk_account)
    assert "还没有申请过合并" in admin.get(reverse("merges.list")).content.decode()
    url = reverse("merges.new")
    assert "WGZJXM_A" in admin.get(url).content.decode()
    assert admin.post(url, {"source": "", "target": "", "reason": ""}).status_code == 422
    made = admin.post(url, {"source": f"o{old.pk}", "target": str(world.c.pk), "reason": "原管理员离职"})
    merge = Merge.objects.get()
    case = reverse("merges.case", args=[merge.pk])
    assert made["Location"] == case
    assert clerk.get(case).status_code == 404  # a draft is the unit's alone
    page = admin.get(case).content.decode()
    assert "A-0" in page
    assert "以单位名义确认并提交" in page
    assert admin.get(reverse("merges.letter", args=[merge.pk])).content.startswith(b"%PDF")
    assert "请上传盖章的申请" in admin.post(case, {"submit": "1"}).content.decode()
    admin.post(case, {"confirm": "1", "version": "0"})
    assert "单位在线确认" in clerk.get(case).content.decode()
    clerk.post(case, {"transition": "approve", "version": "1"})
    assert owners()["A-0"] == world.c.pk
    assert "整体移回" in admin.get(case).content.decode()
    admin.post(case, {"transition": "undo", "note": "弄错了", "version": "2"})
    assert owners()["A-0"] is None
    assert "弄错了" in admin.get(case).content.decode()
    for name in ("merges.list", "merges.case"):
        args = [merge.pk] if name == "merges.case" else []
        assert signed_in(world.c).get(reverse(name, args=args)).status_code == 404


def test_what_stays_because_another_unit_has_it_is_told_without_its_title(world: World) -> None:
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    old = old_account("A", world.place.old_unit, projects=2)
    LegacyProject.objects.filter(number="A-1").update(
        unit=elsewhere.old_unit, organisation=elsewhere.unit, title="松岭的机密课题"
    )
    merge = world.asked(old=old, target=world.c)
    page = signed_in(world.place.admin).get(reverse("merges.case", args=[merge.pk])).content.decode()
    assert "A-1" in page
    assert "松岭的机密课题" not in page


def test_the_scan(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    case = reverse("merges.case", args=[merge.pk])
    admin = signed_in(world.place.admin)
    refused = admin.post(case, {"upload": "1"})
    assert refused.status_code == 422
    page = refused.content.decode()  # the fault stands beside the field, which is unfolded
    assert 'href="#id_letter"' in page
    assert 'id="id_letter_error"' in page
    assert '<details class="wz-more mt-3" open>' in page
    admin.post(case, {"upload": "1", "letter": scan(merge)})
    page = admin.get(case).content.decode()
    assert "二维码和本申请一致" in page
    merge.refresh_from_db()
    document = reverse("documents.view", args=[merge.letter_id])
    assert admin.get(document).status_code == 200
    other = make_place("songling", "松岭农业科学院", 1001, 50)
    assert signed_in(other.admin).get(document).status_code == 404
    assert signed_in(other.admin).get(case).status_code == 404


def test_ticking_off(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=3), target=world.c)
    lines = list(merge.lines.values_list("pk", flat=True))
    case = reverse("merges.case", args=[merge.pk])
    given = {"leave_out": "1", "shown": " ".join(map(str, [*lines, "x", "9" * 30])), "keep": lines[:1]}
    signed_in(world.place.admin).post(case, given)
    assert merge.lines.count() == 1


def test_ticking_off_on_a_page_that_was_opened_before_the_ids_were_one_field(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=4), target=world.c)
    lines = list(merge.lines.order_by("pk").values_list("pk", flat=True))
    case = reverse("merges.case", args=[merge.pk])
    signed_in(world.place.admin).post(case, {"leave_out": "1", "shown": lines, "keep": lines[1:3]})
    assert sorted(merge.lines.values_list("pk", flat=True)) == lines[1:3]


@pytest.mark.parametrize("source", ["o0", "p0", "o99999999999999999999", "x", "\x00", "p1 OR 1=1", "<script>"])
def test_nonsense_is_refused_beside_its_field(world: World, source: str) -> None:
    old_account("A", world.place.old_unit, projects=1)
    given = {"source": source, "target": "unit\x00", "reason": "𠮷" * 600}
    assert signed_in(world.place.admin).post(reverse("merges.new"), given).status_code == 422
    assert Merge.objects.count() == 0


@pytest.mark.parametrize("n", [1, 30])
def test_pages_cost_few_queries(world: World, n: int, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for i in range(n):
        merge = world.asked(old=old_account(f"A{i}", world.place.old_unit, projects=n), target=world.c)
    admin = signed_in(world.place.admin)
    with django_assert_max_num_queries(12):
        admin.get(reverse("merges.list"))
    with django_assert_max_num_queries(12):
        admin.get(reverse("merges.new"))
    with django_assert_max_num_queries(12):
        admin.get(reverse("merges.case", args=[merge.pk]))
    assert papers.pdf_of(merge)
