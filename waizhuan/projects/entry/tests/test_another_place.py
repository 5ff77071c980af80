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
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
BEFORE, NOW = "330100", "420100"


def moves(world: World, to: str = NOW) -> UnitProfile:
    profile = world.profile()
    Organisation.objects.filter(pk=world.unit.pk).update(division=to)
    publish(
        Happened(
            the_system(),
            "realname.unit_changed",
            f"identity.organisation:{world.unit.pk}",
            {"number": "SM-1", "division": [BEFORE, to]},
        )
    )
    return UnitProfile.objects.get(pk=profile.pk)


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
    entry = AuditEntry.objects.get(verb="entry.department_confirmed")
    assert entry.detail == {"department": world.bureau.pk, "before": BEFORE, "now": NOW}
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
