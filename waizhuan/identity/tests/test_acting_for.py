"""For whom somebody acts who lost the organisation that they had chosen."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.models import Account, Mandate, Organisation
from waizhuan.identity.organisations.departments import move_staff
from waizhuan.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db: None) -> Account:
    return demo.person("clerk", "秦安澜", 2001)


@pytest.fixture
def gone(clerk: Account) -> Organisation:
    """A department that the clerk acted for."""
    department = demo.organisation("department", "甲厅")
    demo.mandate(clerk, department, "department.clerk")
    return department


def give_way(gone: Organisation, heir: Organisation, clerk: Account) -> None:
    move_staff(actor=actor_of(clerk), before=gone.pk, after=heir.pk, accounts=[clerk.pk], why="合并")
    Organisation.objects.filter(pk=gone.pk).update(active_until=clock.today())


def acts_for(clerk: Account, gone: Organisation) -> str:
    return actor_of(clerk, acting_for=gone.pk).organisation_name


def test_a_departments_people_go_on_with_its_successor(clerk: Account, gone: Organisation) -> None:
    give_way(gone, demo.organisation("department", "乙厅"), clerk)
    assert acts_for(clerk, gone) == "乙厅"


def test_also_those_who_hold_other_posts(clerk: Account, gone: Organisation) -> None:
    """Another department and two units: none of them took over."""
    earlier = clock.now() - dt.timedelta(days=9)
    demo.mandate(clerk, demo.organisation("department", "丙厅"), "department.clerk")
    demo.mandate(clerk, demo.unit("yunxi", "云溪理工大学", 1000), "unit.admin")
    demo.mandate(clerk, demo.unit("qingshi", "青石研究院", 1001), "projects.lead")
    Mandate.objects.filter(account=clerk).update(granted_at=earlier)
    give_way(gone, demo.organisation("department", "乙厅"), clerk)
    assert acts_for(clerk, gone) == "乙厅"


@pytest.mark.parametrize(("longer", "named"), [(False, "乙厅"), (True, "")])
def test_who_held_the_same_post_there_already(clerk: Account, gone: Organisation, longer: bool, named: str) -> None:
    """One mandate takes the place of both, and the session follows. Where the one that was held lasts as long anyway nothing
    is given, and nothing tells the heir from a stranger: one chooses again."""
    heir, earlier = demo.organisation("department", "乙厅"), clock.now() - dt.timedelta(days=9)
    demo.mandate(clerk, heir, "department.clerk")
    demo.mandate(clerk, demo.unit("yunxi", "云溪理工大学", 1000), "unit.admin")
    held = Mandate.objects.filter(account=clerk, organisation=heir)
    held.update(granted_at=earlier, **({"valid_from": earlier} if longer else {}))
    give_way(gone, heir, clerk)
    assert acts_for(clerk, gone) == named


def test_the_only_department_that_is_left_need_not_be_the_successor(clerk: Account, gone: Organisation) -> None:
    """The post was withdrawn a week before the department gave way to another one."""
    demo.mandate(clerk, demo.organisation("department", "丙厅"), "department.clerk")
    Mandate.objects.filter(organisation=gone).update(withdrawn_at=clock.now() - dt.timedelta(days=7))
    Organisation.objects.filter(pk=gone.pk).update(active_until=clock.today())
    assert acts_for(clerk, gone) == ""


def test_a_unit_never_takes_a_departments_place(clerk: Account, gone: Organisation) -> None:
    """The only organisation that is left is not the one that was chosen: one chooses again."""
    demo.mandate(clerk, demo.unit("yunxi", "云溪理工大学", 1000), "unit.admin")
    Mandate.objects.filter(organisation=gone).update(withdrawn_at=clock.now())
    Organisation.objects.filter(pk=gone.pk).update(active_until=clock.today())
    assert acts_for(clerk, gone) == ""
    assert actor_of(clerk).organisation_name == "云溪理工大学", "who has chosen nothing has no other choice"


def test_nobody_guesses_which_of_two_departments_took_over(clerk: Account, gone: Organisation) -> None:
    for name in ("乙厅", "丙厅"):
        demo.mandate(clerk, demo.organisation("department", name), "department.clerk")
    Mandate.objects.filter(organisation=gone).update(withdrawn_at=clock.now())
    Organisation.objects.filter(pk=gone.pk).update(active_until=clock.today())
    assert acts_for(clerk, gone) == ""


def test_who_lost_a_post_of_a_department_that_goes_on_acts_for_nobody(clerk: Account, gone: Organisation) -> None:
    demo.mandate(clerk, demo.organisation("department", "乙厅"), "department.clerk")
    Mandate.objects.filter(organisation=gone).update(withdrawn_at=clock.now())
    assert acts_for(clerk, gone) == ""
