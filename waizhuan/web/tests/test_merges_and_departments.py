"""An account that a planned reorganisation names becomes part of another one."""

from __future__ import annotations

from typing import Any

import pytest

from waizhuan.identity import demo
from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.api import Account, Mandate, Organisation, actor_of
from waizhuan.kernel import clock
from waizhuan.projects.departments import demo as departments
from waizhuan.projects.departments import moving, reorganising
from waizhuan.projects.departments.models import Reorganisation
from waizhuan.shared.flow.api import perform
from waizhuan.web.tests.test_account_merges import merged

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(desk: Any, two: tuple[Account, Account]) -> Organisation:
    """Both accounts of one person work there."""
    found = departments.build()["汐州市外国专家局"]
    for account, role in zip(two, ("department.clerk", "department.head"), strict=True):
        demo.mandate(account, found, role)
    return found


def planned(bureau: Organisation, staff: dict[str, int]) -> Reorganisation:
    head = demo.person("minister", "沈司长", 2010)
    demo.mandate(head, demo.organisation("ministry", "外国专家服务司"), "ministry.head")
    minister = actor_of(head)
    plan = reorganising.begin(
        actor=minister, kind="split", sources=[bureau.pk], heirs=[{"name": "西区外国专家局"}, {"name": "东区外国专家局"}],
        effective_on=clock.today(), reason="外专发〔2026〕12号",
    )  # fmt: skip
    return reorganising.assign(actor=minister, id=plan.pk, version=0, by_division={}, staff=staff)


def confirmed(plan: Reorganisation) -> None:
    minister = actor_of(Account.objects.get(login_name="minister"))
    reorganising.confirm(actor=minister, id=plan.pk, version=plan.version)


def test_where_a_person_goes_follows_their_account(
    desk: Any, two: tuple[Account, Account], bureau: Organisation
) -> None:
    survivor, closing = two
    plan = planned(bureau, {str(closing.pk): 1})
    merged(desk, two)
    assert moving.way_of(plan).staff == {str(survivor.pk): 1}
    confirmed(plan)
    held = Mandate.objects.filter(account=survivor, withdrawn_at=None)
    assert set(held.values_list("organisation__name", flat=True)) == {"东区外国专家局"}


@pytest.mark.parametrize(("kept", "gone", "after"), [(1, 1, 1), (1, 0, 1), (0, 1, 1), (0, 0, 0)])
def test_one_way_is_left_of_two(
    desk: Any, two: tuple[Account, Account], bureau: Organisation, kept: int, gone: int, after: int
) -> None:
    """What the account that remains was named for counts; what was taken back counts for neither."""
    survivor, closing = two
    plan = planned(bureau, {str(survivor.pk): 1, str(closing.pk): 1})
    minister = actor_of(Account.objects.get(login_name="minister"))
    staff = {str(survivor.pk): kept, str(closing.pk): gone}
    plan = reorganising.assign(actor=minister, id=plan.pk, version=plan.version, by_division={}, staff=staff)
    merged(desk, two)
    assert moving.way_of(plan).staff.get(str(survivor.pk), 0) == after
    for position in (0, 1):
        plan = reorganising.assign(
            actor=minister, id=plan.pk, version=plan.version, by_division={}, staff={str(survivor.pk): position}
        )
        assert moving.way_of(plan).staff.get(str(survivor.pk), 0) == position


def test_an_undone_merge_gives_the_way_back(desk: Any, two: tuple[Account, Account], bureau: Organisation) -> None:
    survivor, closing = two
    plan = planned(bureau, {str(closing.pk): 1})
    merge = merged(desk, two)
    minister = actor_of(Account.objects.get(login_name="minister"))
    plan = reorganising.assign(actor=minister, id=plan.pk, version=plan.version, by_division={}, staff={})
    plan = reorganising.assign(
        actor=minister, id=plan.pk, version=plan.version, by_division={}, staff={str(survivor.pk): 1}
    )
    perform(MERGE, merge, "undo", desk[1], note="撤")
    assert moving.way_of(plan).staff == {str(closing.pk): 1}
