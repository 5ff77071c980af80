"""The wrong tier is warned of with the right office beside it; the receiving office sends on; what is late goes up (F5)."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.projects.conftest import World
from waizhuan.projects.departments.rules import Office
from waizhuan.projects.entry import actions, rules
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.shared.flow.actions import escalate_overdue
from waizhuan.shared.flow.api import WorkItem
from waizhuan.shared.notify.models import Message

PROVINCE = Office(1, "江海省外国专家局", "province", "330000", None)
CITY = Office(2, "汐州市外国专家局", "city", "330100", 1)
OTHER = Office(3, "澄湖市外国专家局", "city", "330200", 1)
FAR = Office(4, "岭北省外国专家局", "province", "420000", None)
CENTRAL = Office(5, "教育部国际合作与交流司", "central", "", None)
OFFICES = [PROVINCE, CITY, OTHER, FAR, CENTRAL]
LOCAL, NATIONAL = "12330100", "12100000"


@pytest.mark.parametrize(
    ("division", "uscc", "chosen", "right"),
    [
        ("330106", LOCAL, PROVINCE, CITY),  # its city has an office
        ("330106", LOCAL, OTHER, CITY),  # another city
        ("330106", LOCAL, FAR, CITY),  # another province
        ("330300", LOCAL, CITY, PROVINCE),  # its city has none
        ("330300", LOCAL, PROVINCE, None),
        ("330106", LOCAL, CITY, None),
        ("330106", LOCAL, CENTRAL, None),  # whom a ministry takes care of is not written in an address
        ("620100", LOCAL, FAR, None),  # nobody is there
        ("", LOCAL, FAR, None),
    ],
)
def test_the_office_that_most_likely_is_responsible(
    division: str, uscc: str, chosen: Office, right: Office | None
) -> None:
    verdict, found = rules.wrong_tier(division=division, uscc=uscc, chosen=chosen, offices=OFFICES)
    assert (found, verdict.ok) == (right, right is None)
    assert right is None or right.name in str(verdict.reason)


def test_a_central_unit_at_a_city() -> None:
    verdict, right = rules.wrong_tier(division="330106", uscc=NATIONAL, chosen=CITY, offices=OFFICES)
    assert (verdict.ok, right) == (False, None)
    assert rules.wrong_tier(division="330106", uscc=NATIONAL, chosen=PROVINCE, offices=OFFICES)[0].ok


def typed(world: World, at: str, **more: str) -> dict[str, str]:
    row = world.offices[at]
    chosen = {"kind": row.tier, "root": str(row.pk)}
    if row.tier == "city":
        chosen = {"kind": "city", "root": str(row.parent_id), "city": str(row.pk)}
    return {**chosen, "address": "科技大道 8 号", "contact_name": "许初心", "version": "0", **more}


@pytest.mark.django_db
def test_the_form_warns_and_its_button_chooses_the_right_office(world: World) -> None:
    admin = world.client("admin")
    page = admin.post("/unit/", typed(world, "江海省外国专家局", save="1")).content.decode()
    assert "一般归它管：汐州市外国专家局" in page
    assert f'name="office" value="{world.bureau.pk}"' in page
    page = admin.post("/unit/", typed(world, "江海省外国专家局", office=str(world.bureau.pk))).content.decode()
    profile = UnitProfile.objects.get(unit=world.unit)
    assert (profile.department_id, profile.address) == (world.bureau.pk, "科技大道 8 号")  # nothing typed is lost
    assert "一般归" not in page
    fragment = admin.get("/unit/department/", typed(world, "岭北省外国专家局")).content.decode()
    assert "改选汐州市外国专家局" in fragment
    assert admin.post("/unit/", typed(world, "江海省外国专家局", office="x")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["/unit/", "/unit/changes/new/"])
def test_enter_saves_and_changes_no_department(world: World, where: str) -> None:
    """Enter presses a form's first button; the advised office has to be pressed on purpose."""
    world.profile(state="draft" if where == "/unit/" else "approved")
    world.unit.division = "330200"
    world.unit.save()
    page = world.client("admin").get(where).content.decode()
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "department-choice" in f)
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert 'name="save"' in first[0]


def test_a_change_of_department_warns_too(world: World) -> None:
    world.profile()
    admin = world.client("admin")
    answer = admin.post("/unit/changes/new/", typed(world, "澄湖市外国专家局", save="1", why="搬家"), follow=True)
    assert "改选汐州市外国专家局" in answer.content.decode()


@pytest.mark.django_db
def test_the_receiving_office_is_told_and_sends_on(world: World) -> None:
    demo.mandate(demo.person("upper", "孙清和", 150), world.offices["江海省外国专家局"], "department.clerk")
    wrong = world.offices["澄湖市外国专家局"]
    profile = actions.profile_for(world.actor("admin"))
    given = dict.fromkeys(actions.FIELDS, "x")
    actions.save(actor=world.actor("admin"), profile=profile, given=given, department=wrong.pk)
    row = actions.submit(actor=world.actor("admin"), profile=profile, version=None)
    clerk, url = world.client("other_clerk"), f"/unit/{row.pk}/review/"
    page = clerk.get(url).content.decode()
    assert "一般归汐州市外国专家局管" in page
    assert f'<option value="{world.bureau.pk}" selected>' in page
    sent = {
        "transition": "reroute",
        "version": str(row.version),
        "department": str(world.bureau.pk),
        "note": "不归我们",
    }
    assert clerk.post(url, sent).status_code == 302
    row.refresh_from_db()
    item = WorkItem.objects.get(process="entry.profile", subject_id=row.pk, closed_at=None)
    assert (row.department_id, item.organisation_id, row.address) == (world.bureau.pk, world.bureau.pk, "x")
    assert clerk.get(url).status_code == 404
    assert world.client("clerk").get(url).status_code == 200
    assert Message.objects.filter(template="entry.rerouted", account=world.people["admin"]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("office", ["汐州市外国专家局", "江海省外国专家局"])
def test_what_is_late_goes_to_the_tier_above(world: World, office: str) -> None:
    """From a city to its province's head, from a province to the ministry."""
    above = demo.person("upper", "孙清和", 150)
    demo.mandate(above, world.offices["江海省外国专家局"], "department.head")
    profile = actions.profile_for(world.actor("admin"))
    actions.save(
        actor=world.actor("admin"), profile=profile, given=dict.fromkeys(actions.FIELDS, "x"),
        department=world.offices[office].pk,
    )  # fmt: skip
    actions.submit(actor=world.actor("admin"), profile=profile, version=None)
    assert escalate_overdue() == 0
    with clock.frozen(clock.now() + dt.timedelta(days=30)):
        assert escalate_overdue() == 1
        assert escalate_overdue() == 0
    told = set(Message.objects.filter(template="flow.escalated").values_list("account_id", flat=True))
    assert told == {above.pk if office == "汐州市外国专家局" else world.people["minister_clerk"].pk}


@pytest.mark.django_db
def test_a_department_that_was_closed_meanwhile_takes_nothing(world: World) -> None:
    admin = world.client("admin")
    admin.post("/unit/", typed(world, "汐州市外国专家局", save="1"))
    Organisation.objects.filter(pk=world.bureau.pk).update(active_until=clock.today())
    profile = UnitProfile.objects.get(unit=world.unit)
    profile.field = profile.introduction = profile.contact_phone = "x"
    profile.save()
    with pytest.raises(Refused, match="已经撤销"):
        actions.submit(actor=world.actor("admin"), profile=profile, version=None)
