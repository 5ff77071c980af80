"""A unit is registered at another place (E11): its department does not follow by itself, the unit says whose it is (F5)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from waizhuan.identity.api import Organisation
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Conflict, Hidden
from waizhuan.kernel.events import Happened, publish
from waizhuan.projects.conftest import World
from waizhuan.projects.entry import actions, api, rules
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import Step, open_items, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
BEFORE, NOW = "330100", "420100"


def moves(world: World, to: str = NOW, *, before: str = BEFORE, department: str = "") -> UnitProfile:
    """An approved unit is registered elsewhere; `department`: another one than the bureau of the place before."""
    Organisation.objects.filter(pk=world.unit.pk).update(division=before)
    profile = world.profile()
    if department:
        UnitProfile.objects.filter(pk=profile.pk).update(department=world.offices[department])
    return goes(world, to, before)


def goes(world: World, to: str, before: str) -> UnitProfile:
    Organisation.objects.filter(pk=world.unit.pk).update(division=to)
    publish(
        Happened(
            the_system(),
            "realname.unit_changed",
            f"identity.organisation:{world.unit.pk}",
            {"number": "SM-1", "division": [before, to]},
        )
    )
    return UnitProfile.objects.get(unit=world.unit)


def waits(world: World, who: str = "admin") -> bool:
    """Does the home page of this reader say that the department is to be confirmed?"""
    return "确认归口单位" in world.client(who).get(reverse("web.home")).content.decode()


def test_only_a_known_other_place_asks() -> None:
    def asks(place: str, now: str) -> bool:
        return not rules.department_stands(place=place, now=now, department="甲局").ok

    assert asks(BEFORE, NOW)
    assert [asks(BEFORE, BEFORE), asks("", NOW), asks(BEFORE, "")] == [False] * 3
    said = rules.department_stands(place=BEFORE, now=NOW, department="甲局").reason
    assert "从浙江省杭州市变成了湖北省武汉市" in str(said)
    assert "甲局" in str(said)


def test_the_department_stays_and_the_administrators_are_asked(world: World) -> None:
    profile = moves(world)
    assert (profile.department_id, profile.place, profile.state) == (world.bureau.pk, BEFORE, "approved")
    told = Message.objects.filter(template="entry.whose")
    assert set(told.values_list("account_id", flat=True)) == {
        world.unit.account_id,
        world.people["admin"].pk,
        world.people["admin2"].pk,
    }
    assert told[0].link == reverse("entry.profile")
    page = world.client("admin").get(reverse("entry.profile")).content.decode()
    assert "请确认归口单位" in page
    assert "武汉" in page
    assert reverse("unit_changes.new") in page


def test_who_has_no_approved_profile_is_not_asked(world: World) -> None:
    publish(
        Happened(
            the_system(),
            "realname.unit_changed",
            f"identity.organisation:{world.unit.pk}",
            {"number": "SM-1", "division": [BEFORE, NOW]},
        )
    )
    assert not Message.objects.filter(template="entry.whose").exists()


def test_confirmed_it_stays_and_the_department_hears_of_it_once(world: World) -> None:
    profile, url = moves(world), reverse("entry.profile")
    for _twice in range(2):
        answer = world.client("admin").post(url, {"stays": str(world.bureau.pk), "place": NOW})
        assert answer.status_code == 302
    profile.refresh_from_db()
    assert (profile.place, profile.department_id) == (NOW, world.bureau.pk)
    told = Message.objects.filter(template="entry.stays").values_list("account_id", flat=True)
    assert set(told) == {world.people["clerk"].pk, world.people["clerk2"].pk}
    assert len(told) == 2
    step = Step.objects.get(transition="stays")
    assert step.data == {"department": world.bureau.pk, "before": BEFORE, "now": NOW}
    assert AuditEntry.objects.filter(verb="entry.profile.stays").count() == 1
    assert "请确认归口单位" not in world.client("admin2").get(url).content.decode()


def test_nobody_confirms_for_others_or_what_they_did_not_see(world: World) -> None:
    profile = moves(world)
    with pytest.raises(Hidden):
        actions.confirm_department(
            actor=world.actor("other_admin"), profile=profile, department=world.bureau.pk, place=NOW
        )
    for department, place in ((world.bureau.pk, "110100"), (world.bureau.pk + 1, NOW), (None, "")):
        with pytest.raises(Conflict):
            actions.confirm_department(actor=world.actor("admin"), profile=profile, department=department, place=place)
    hostile = world.client("admin").post(reverse("entry.profile"), {"stays": "\x00９x", "place": "'; --"})
    assert hostile.status_code == 409
    assert UnitProfile.objects.get(pk=profile.pk).place == BEFORE


def test_another_department_settles_it_too(world: World) -> None:
    profile, other = moves(world), world.offices["澄湖市外国专家局"]
    api.apply_change(world.unit.pk, {"department": str(other.pk)})
    profile.refresh_from_db()
    assert (profile.department_id, profile.place) == (other.pk, NOW)


def test_it_waits_on_the_home_page_of_every_administrator_until_it_is_answered(world: World) -> None:
    moves(world)
    assert [waits(world, who) for who in ("admin", "admin2", "lead", "clerk", "other_admin")] == [True] * 2 + [
        False
    ] * 3
    item = open_items().get(process="entry.profile")
    assert item.asker_account_id is None, "whoever once handed the profile in can close their account"
    page = world.client("admin2").get(f"/work/{item.pk}/", follow=True)
    assert "请确认归口单位" in page.content.decode()
    assert "可以申报项目了" in page.content.decode(), "applying goes on meanwhile"
    world.client("admin2").post(reverse("entry.profile"), {"stays": str(world.bureau.pk), "place": NOW})
    assert not waits(world)
    assert "单位确认归口单位不变" in world.client("admin").get(reverse("entry.profile")).content.decode()
    assert not open_items().filter(process="entry.profile").exists()


def test_another_department_or_the_way_back_answers_it(world: World) -> None:
    moves(world)
    goes(world, BEFORE, NOW)
    assert not waits(world), "back again"
    goes(world, NOW, BEFORE)
    assert waits(world)
    api.apply_change(world.unit.pk, {"address": "新街 1 号"})
    assert waits(world), "another change is no answer"
    api.apply_change(world.unit.pk, {"department": str(world.offices["临潭市外国专家局"].pk)})
    assert not waits(world)
    assert UnitProfile.objects.get().state == "approved"


@pytest.mark.parametrize(
    ("before", "now", "department", "asked"),
    [
        ("330000", "330100", "", False),  # said more precisely: the city's own bureau
        ("330000", "331000", "江海省外国专家局", False),  # no bureau there but the province's
        ("330000", "330100", "江海省外国专家局", True),  # the city has one of its own
        ("330200", "330100", "", False),  # where its department is already
        ("330100", "330200", "", True),
        ("330100", "420100", "教育部国际合作与交流司", False),  # a ministry's: no place matters to it
        ("650000", "420100", "垦区兵团外国专家局", True),
    ],
)
def test_where_the_department_is_responsible_anyway_nothing_is_asked(
    world: World, before: str, now: str, department: str, asked: bool
) -> None:
    profile = moves(world, now, before=before, department=department)
    assert profile.place == (before if asked else now)
    assert waits(world) == asked == Message.objects.filter(template="entry.whose").exists()
    page = world.client("admin").get(reverse("entry.profile")).content.decode()
    assert ("请确认归口单位" in page) == asked
    assert "单位登记的地区变了" in page, "it stands in the history either way"


@pytest.mark.parametrize(("now", "asked"), [(NOW, True), ("330100", False)])
def test_a_unit_that_moves_while_it_is_reviewed_is_asked_once_it_is_approved(
    world: World, now: str, asked: bool
) -> None:
    Organisation.objects.filter(pk=world.unit.pk).update(division="330000")
    profile = world.profile("review")
    goes(world, now, "330000")
    assert not waits(world)
    perform(PROFILE, profile, "approve", world.actor("clerk"))
    assert waits(world) == asked


@pytest.mark.parametrize("who", ["admin", "clerk", "minister"])
def test_nobody_says_by_hand_that_a_unit_moved(world: World, who: str) -> None:
    with pytest.raises(Hidden):
        perform(PROFILE, moves(world), "move", world.actor(who))


def test_the_timeline_names_the_places_in_the_reader_s_language(world: World) -> None:
    profile = moves(world)
    actions.confirm_department(actor=world.actor("admin"), profile=profile, department=world.bureau.pk, place=NOW)
    client, url = world.client("clerk"), reverse("entry.review", args=[profile.pk])
    assert client.get(url).content.decode().count("浙江省杭州市 → 湖北省武汉市") == 2
    client.cookies["language"] = "en"
    english = client.get(url).content.decode()
    assert english.count("Hangzhou, Zhejiang → Wuhan, Hubei") == 2
    assert "杭州" not in english
