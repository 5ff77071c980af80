"""The way of an application through the engine: who may, what happens, what must not."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.conftest import World
from waizhuan.projects.people.models import Engagement, Expert
from waizhuan.shared.flow.api import Step, WorkItem, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
#: state → (transition, who carries it out, what is given with it)
NEXT = {
    "unit_confirm": ("confirm", "admin", {}),
    "recommend": ("recommend", "clerk", {"rank": 3, "opinion": "支持"}),
    "ministry_check": ("pass_check", "minister_clerk", {}),
    "decision": ("approve", "minister", {}),
}


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    return world


@pytest.mark.parametrize("state", NEXT)
def test_only_the_one_whose_turn_it_is_moves_it(ready: World, state: str) -> None:
    name, holder, data = NEXT[state]
    made = ready.application(state)
    for who in ready.posts:
        same_post = ready.posts[who] == ready.posts[holder] and who.rstrip("2") in (
            holder,
            "head" if holder == "clerk" else holder,
        )
        if same_post:
            continue
        with pytest.raises(Hidden):
            perform(PROCESS, made, name, ready.actor(who), note="x", data=data)
    moved = perform(PROCESS, made, name, ready.actor(holder), note="支持", data=data)
    assert moved.state != state


@pytest.mark.parametrize("state", NEXT)
def test_the_second_is_told_and_nothing_happens_twice(ready: World, state: str) -> None:
    name, holder, data = NEXT[state]
    made = ready.application(state)
    perform(PROCESS, made, name, ready.actor(holder), note="支持", data=data, version=made.version)
    again = perform(
        PROCESS, made, name, ready.actor(holder), note="支持", data=data, version=made.version
    )  # a double click
    assert Step.objects.filter(process=PROCESS.name, subject_id=made.pk, transition=name).count() == 1
    with pytest.raises(Conflict):
        perform(PROCESS, again, "withdraw", ready.actor("admin"), note="晚了", version=made.version)


def test_approval_gives_a_number_by_the_calls_pattern_and_registers_the_experts(ready: World) -> None:
    made = ready.application("approved", 1)
    assert made.project_number == f"G{ready.call.year}-0001"
    assert Expert.objects.get().engagements.get().application_id == made.pk
    assert not WorkItem.objects.filter(process=PROCESS.name, subject_id=made.pk, closed_at=None).exists()
    assert Message.objects.filter(account=ready.people["lead"], template="applications.approved").exists()


def test_one_expert_is_on_one_running_project(ready: World) -> None:
    """The same passport in two applications: the first approval wins, the second is refused whoever presses."""
    first, second = ready.application("decision", 0), ready.application("decision", 2)
    one, two = first.experts.get(), second.experts.get()
    two.passport, two.passport_key = one.passport, one.passport_key
    two.save()
    perform(PROCESS, first, "approve", ready.actor("minister"))
    with pytest.raises(Refused) as refused:
        perform(PROCESS, second, "approve", ready.actor("minister"))
    assert two.name_latin in str(refused.value.verdicts[0].reason)
    assert Engagement.objects.count() == 1
    second.refresh_from_db()
    assert (second.state, second.project_number) == ("decision", None)


def test_a_rank_is_given_once_a_department_and_call(ready: World) -> None:
    taken, made = ready.application("ministry_check", 4), ready.application("recommend", 1)
    for rank in (taken.rank, None, 0, -1, 10**6, "3", True):
        with pytest.raises(Refused) as refused:
            perform(
                PROCESS, made, "recommend", ready.actor("clerk"), note="支持", data={"rank": rank, "opinion": "支持"}
            )
        assert refused.value.verdicts[0].field == "rank"
    assert (
        perform(
            PROCESS, made, "recommend", ready.actor("clerk"), note="支持", data={"rank": 77, "opinion": "支持"}
        ).rank
        == 77
    )


def test_sending_back_frees_the_rank_and_the_way_back_is_open_after_the_deadline(ready: World) -> None:
    made = perform(
        PROCESS, ready.application("recommend"), "return_by_department", ready.actor("clerk"), note="请改预算"
    )
    assert (made.state, made.rank, made.asker_account_id) == ("draft", None, ready.people["lead"].pk)
    ready.call.closes_at = ready.call.opens_at + dt.timedelta(minutes=1)
    ready.call.save()
    made = Application.objects.select_related("call__standard").get(pk=made.pk)
    assert perform(PROCESS, made, "submit", ready.actor("lead")).state == "unit_confirm"


@pytest.mark.parametrize(
    ("state", "name", "who"),
    [
        ("unit_confirm", "return_to_lead", "admin"),
        ("recommend", "return_by_department", "clerk"),
        ("recommend", "not_recommend", "clerk"),
        ("ministry_check", "ask_for_more", "minister_clerk"),
        ("ministry_check", "fail_check", "minister_clerk"),
        ("decision", "return_to_check", "minister"),
        ("decision", "decline", "minister"),
    ],
)
def test_whoever_says_no_says_why(ready: World, state: str, name: str, who: str) -> None:
    made = ready.application(state)
    with pytest.raises(Refused):
        perform(PROCESS, made, name, ready.actor(who), note=" \n")
    assert perform(PROCESS, made, name, ready.actor(who), note="理由").state != state


def test_a_unit_without_an_approved_profile_cannot_confirm(world: World) -> None:
    made = world.application("unit_confirm")
    with pytest.raises(Refused) as refused:
        perform(PROCESS, made, "confirm", world.actor("admin"))
    assert "单位信息" in str(refused.value.verdicts[0].reason)


def test_the_lead_who_is_replaced_is_told_and_the_new_one_has_the_work(ready: World) -> None:
    made = ready.application("draft")
    moved = perform(PROCESS, made, "assign", ready.actor("admin"), data={"lead": ready.people["lead2"].pk})
    assert Message.objects.filter(account=ready.people["lead"], template="applications.passed_on").exists()
    assert Message.objects.filter(account=ready.people["lead2"], template="applications.assigned").exists()
    item = WorkItem.objects.get(process=PROCESS.name, subject_id=moved.pk, closed_at=None)
    assert item.account_id == ready.people["lead2"].pk
    with pytest.raises(Hidden):
        perform(PROCESS, moved, "submit", ready.actor("lead"))
