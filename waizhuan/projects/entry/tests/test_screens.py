"""The pages of the profile, as a browser without JavaScript sees them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from waizhuan.projects.conftest import HOSTILE, World, picture
from waizhuan.projects.entry.demo import GIVEN
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.shared.flow.api import Step, WorkItem

pytestmark = pytest.mark.django_db
PAGE = "entry.profile"


def typed(world: World, **changes: str) -> dict[str, str]:
    city = world.bureau
    choice = {"kind": "city", "root": str(city.parent_id), "city": str(city.pk)}
    return {**GIVEN, "contact_name": "马明远", "contact_phone": "0571-88881204", **choice} | changes


def test_first_entry_opens_the_form_a5(world: World) -> None:
    page = world.client("admin").get(reverse(PAGE)).content.decode()
    assert "归口单位的类型" in page
    assert page.count("btn-primary") == 1
    assert world.unit.name in page  # known already, not typed again


@pytest.mark.parametrize("who", ["lead", "clerk", "minister", "nobody"])
def test_others_have_no_profile(world: World, who: str) -> None:
    assert world.client(who).get(reverse(PAGE)).status_code == 404


def test_what_is_missing_is_said_at_once_and_kept(world: World) -> None:
    answer = world.client("admin").post(reverse(PAGE), {"address": "澜江路 1 号", "submit": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有 5 处要改" in page
    for label in ("请选择归口单位", "请填写联系人", "请填写联系电话", "请填写主要领域", "请填写单位简介"):
        assert label in page
    assert "澜江路 1 号" in page
    assert 'href="#id_kind"' in page


def test_required_fields_are_not_called_optional(world: World) -> None:
    page = world.client("admin").get(reverse(PAGE)).content.decode()
    assert page.count("可以不填") == 2  # postcode and e-mail


# ---------------------------------------------------------------- the department (F5)


def test_a_province_first_offers_both_kinds_f5(world: World) -> None:
    province = world.bureau.parent_id
    page = world.client("admin").get(reverse("entry.department"), {"kind": "", "root": str(province)}).content.decode()
    assert "市级外国专家局" in page
    assert "省级外国专家局" in page
    assert "兵团外国专家局" not in page.split('name="root"')[0]


def test_the_kind_first_offers_its_offices_f5(world: World) -> None:
    page = world.client("admin").get(reverse("entry.department"), {"kind": "corps"}).content.decode()
    assert "垦区兵团外国专家局" in page
    assert "江海省外国专家局" not in page


def test_an_office_that_has_no_cities_is_the_choice_f5(world: World) -> None:
    corps = world.offices["垦区兵团外国专家局"]
    world.client("admin").post(reverse(PAGE), typed(world, kind="", root=str(corps.pk), city="") | {"save": "1"})
    assert UnitProfile.objects.get().department_id == corps.pk


@pytest.mark.parametrize("kind", ["province", "corps", "central", "subprovincial", "nonsense"])
def test_an_impossible_combination_cannot_be_built_f5(world: World, kind: str) -> None:
    """A city's office under another kind, or under another province, is not taken whatever is posted."""
    other = world.offices["岭北省外国专家局"]
    for root in (str(world.bureau.pk), str(other.pk), "0", "9" * 40):
        world.client("admin").post(reverse(PAGE), typed(world, kind=kind, root=root) | {"save": "1"})
        chosen = UnitProfile.objects.get().department
        assert chosen is None or chosen.tier == kind or kind == "nonsense"
    world.client("admin").post(reverse(PAGE), typed(world, root=str(other.pk)) | {"save": "1"})
    assert UnitProfile.objects.get().department is None


def test_half_a_choice_survives_an_upload(world: World) -> None:
    half = typed(world, root="", city="", contact_phone="keine")
    answer = world.client("admin").post(reverse(PAGE), half | {"upload": "1", "file": picture()})
    page = answer.content.decode()
    assert "paper.png" in page
    assert '<option value="city" selected>' in page
    assert 'value="keine"' in page


# ---------------------------------------------------------------- handing in, following


def test_handed_in_twice_is_handed_in_once(world: World) -> None:
    client = world.client("admin")
    version = "0"
    for _ in range(2):
        answer = client.post(reverse(PAGE), typed(world) | {"submit": "1", "version": version})
        assert answer.status_code == 302
    late = world.client("admin2").post(
        reverse(PAGE), typed(world, address="迟到的") | {"save": "1", "version": version}
    )
    assert late.status_code == 409  # said, not swallowed
    assert Step.objects.filter(process="entry.profile", transition="submit").count() == 1


def test_the_case_page_says_who_until_when_whom_to_call_f1(world: World) -> None:
    world.profile("review")
    page = world.client("admin").get(reverse(PAGE)).content.decode()
    for text in (
        world.bureau.name,
        world.bureau.public_phone,
        "答复期限",
        "提醒一次",
        "提交了单位信息",
        "接下来会怎样",
    ):
        assert text in page
    assert "0571 8888 1204" in page or "0571-8888 1204" in page


def test_a_colleagues_words_are_not_overwritten(world: World) -> None:
    profile = world.profile("draft")
    seen = profile.updated_at.isoformat()
    assert (
        world.client("admin2")
        .post(reverse(PAGE), typed(world, address="乙写的") | {"save": "1", "seen": seen})
        .status_code
        == 200
    )
    answer = world.client("admin").post(reverse(PAGE), typed(world, address="甲写的") | {"save": "1", "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "同事刚才也改了单位信息" in page
    assert "甲写的" in page
    assert UnitProfile.objects.get().address == "乙写的"


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_typed_is_no_fault(world: World, value: str) -> None:
    client = world.client("admin")
    for name in typed(world):
        answer = client.post(reverse(PAGE), typed(world, **{name: value}) | {"save": "1"})
        assert answer.status_code in (200, 422), name
    for button in ("remove", "version", "seen", "transition"):
        assert client.post(reverse(PAGE), typed(world) | {button: value}).status_code < 500, button
    assert client.get(reverse("entry.department"), {"kind": value, "root": value, "city": value}).status_code == 200


@pytest.mark.parametrize("name", ["O'Brien", "买买提·吐尔逊", "𠮷野家", "<script>alert(1)</script>"])
def test_names_are_shown_as_they_are(world: World, name: str) -> None:
    client = world.client("admin")
    client.post(reverse(PAGE), typed(world, contact_name=name) | {"submit": "1", "version": "0"})
    page = client.get(reverse(PAGE)).content.decode()
    assert "<script>alert" not in page
    assert UnitProfile.objects.get().contact_name == name


# ---------------------------------------------------------------- the reviewer


def review(profile: UnitProfile) -> str:
    return reverse("entry.review", args=[profile.pk])


def test_only_its_own_department_reviews_it(world: World) -> None:
    profile = world.profile("review")
    assert world.client("clerk").get(review(profile)).status_code == 200
    for who in ("other_clerk", "admin", "lead", "minister_clerk", "nobody"):
        assert world.client(who).get(review(profile)).status_code == 404
        assert world.client(who).post(review(profile), {"transition": "approve", "version": "1"}).status_code == 404
    assert world.client("clerk").get(reverse("entry.review", args=[10**25])).status_code == 404


def test_a_draft_is_nobodys_to_review(world: World) -> None:
    assert world.client("clerk").get(review(world.profile("draft"))).status_code == 404


def test_the_second_clerk_reads_who_decided(world: World) -> None:
    profile = world.profile("review")
    decision = {"version": str(profile.version), "note": ""}
    assert world.client("clerk").post(review(profile), decision | {"transition": "approve"}).status_code == 302
    answer = world.client("clerk2").post(review(profile), decision | {"transition": "decline", "note": "不符"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "已经有人办了" in page
    assert world.people["clerk"].person.name in page
    profile.refresh_from_db()
    assert profile.state == "approved"


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_a_clerk_sends_is_no_fault(world: World, value: str) -> None:
    profile = world.profile("review")
    good = {"transition": "ask", "version": str(profile.version), "note": "", "department": ""}
    for name in good:
        assert world.client("clerk").post(review(profile), good | {name: value}).status_code < 500, name
    assert world.client("clerk").get(review(profile), {"document": value}).status_code == 200


def test_as_many_documents_as_may_be_cost_no_more_queries(world: World) -> None:
    profile = world.profile("review")
    client = world.client("clerk")
    counts = []
    for n in (1, 20):
        while profile.documents.count() < n:
            _document(profile)
        client.get(review(profile))
        with CaptureQueriesContext(connection) as found:
            assert client.get(review(profile)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14


def _document(profile: UnitProfile) -> None:
    from waizhuan.shared.documents.models import Document

    made = Document.objects.create(name="a.png", purpose="profile", media_type="image/png", size=1, pages=1)
    profile.documents.create(document=made)


@pytest.mark.parametrize(("decision", "note"), [("approve", ""), ("ask", "请补登记证书"), ("decline", "不归本地管")])
def test_what_was_decided_is_still_opened_from_the_list_of_done(world: World, decision: str, note: str) -> None:
    profile = world.profile("review")
    given = {"version": str(profile.version), "transition": decision, "note": note}
    assert world.client("clerk").post(review(profile), given).status_code == 302
    item = WorkItem.objects.get(process="entry.profile", subject_id=profile.pk, state="review")
    done = reverse("flow.open", args=[item.pk])
    assert done in world.client("clerk").get(reverse("flow.done")).content.decode()
    assert world.client("clerk").get(done, follow=True).status_code == 200
    # the unit has the same line in its history, and comes to its own page
    assert world.client("admin").get(done, follow=True).redirect_chain == [(reverse(PAGE), 302)]
