"""From the letter to the moment when the post passes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate, Person, actor_of, can_receive, people_with
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.verdict import YES, Verdict
from waizhuan.projects.conftest import World, picture
from waizhuan.projects.handover import actions, queries, rules
from waizhuan.projects.handover.models import HandOver
from waizhuan.shared.flow.api import WorkItem

B_NUMBER = demo.resident_id(190)  # of "nobody", 韩叙


def asked_for(world: World, *, who: str = "head", day: dt.date | None = None, leaver: str = "head") -> HandOver:
    actor = world.actor(who)
    return actions.begin(
        actor=actor,
        at=world.posts[leaver],
        leaver=world.people[leaver].pk,
        name="韩叙",
        sought=B_NUMBER,
        why="轮岗",
        day=day or clock.today(),
    )


def handed_in(world: World, day: dt.date | None = None) -> HandOver:
    actor, row = world.actor("head"), asked_for(world, day=day)
    for slot in rules.PAPERS:
        actions.add_document(actor=actor, row=row, slot=slot, upload=picture())
    return actions.submit(actor=actor, row=row, version=row.version)


def confirmed(world: World, day: dt.date | None = None) -> HandOver:
    return actions.decide(
        actor=world.actor("minister"), row=handed_in(world, day), name="confirm", note="", version=None
    )


def test_the_ministry_confirms_and_the_post_passes_at_once(world: World) -> None:
    demo.mandate(world.people["head"], world.bureau, "department.clerk")  # the head is a clerk as well
    row = confirmed(world)
    assert (row.state, row.executed_at is not None) == ("done", True)
    assert people_with(world.bureau.pk, "department.head") == {world.people["nobody"].pk: "韩叙"}
    assert world.people["nobody"].pk in people_with(world.bureau.pk, "department.clerk")
    assert actor_of(world.people["head"]).roles == frozenset()  # on the next request
    assert Mandate.objects.filter(account=world.people["head"], withdrawn_why=row.number).count() == 2


def test_open_work_follows_the_post(world: World) -> None:
    demo.mandate(world.people["head"], world.bureau, "department.clerk")
    world.profile(state="review")
    item = WorkItem.objects.get(process="entry.profile", closed_at=None)
    due = item.due_at
    WorkItem.objects.filter(pk=item.pk).update(assignee=world.people["head"])
    confirmed(world)
    item.refresh_from_db()
    assert (item.assignee_id, item.due_at, item.organisation_id) == (None, due, world.bureau.pk)


def test_papers_that_are_missing_are_named_all_at_once(world: World) -> None:
    row = asked_for(world)
    with pytest.raises(Refused) as refused:
        actions.submit(actor=world.actor("head"), row=row, version=None)
    assert [v.field for v in refused.value.verdicts] == ["letter", "front", "back"]


def test_no_paper_is_exchanged_after_it_was_handed_in(world: World) -> None:
    row = handed_in(world)
    before = set(row.documents.values_list("document_id", flat=True))
    row.state = "draft"  # as a page saw it that was opened before
    with pytest.raises(Hidden):
        actions.add_document(actor=world.actor("head"), row=row, slot="letter", upload=picture())
    assert set(row.documents.values_list("document_id", flat=True)) == before


def test_a_future_date_waits_for_the_job(world: World) -> None:
    tomorrow = clock.today() + dt.timedelta(days=1)
    row = confirmed(world, tomorrow)
    assert (row.state, actions.execute_due()) == ("confirmed", 0)
    assert world.actor("head").has("department.head")
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert actions.execute_due() == 1
        assert actions.execute_due() == 0  # exactly once
    row.refresh_from_db()
    assert row.state == "done"
    assert not actor_of(world.people["head"]).has("department.head")


def test_a_successor_who_is_closed_meanwhile_receives_nothing(world: World) -> None:
    row = confirmed(world, clock.today() + dt.timedelta(days=1))
    Person.objects.filter(account=world.people["nobody"]).update(real_name="failed")
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        actions.execute_due()
    row.refresh_from_db()
    assert row.state == "failed"
    assert list(people_with(world.bureau.pk, "department.head")) == [world.people["head"].pk]


@pytest.mark.parametrize(
    ("name", "sought", "field"), [("韩旭", B_NUMBER, "name"), ("韩叙", "330106199508050000", "sought")]
)
def test_the_successor_is_found_by_exact_name_and_number(world: World, name: str, sought: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.begin(
            actor=world.actor("head"),
            at=world.bureau,
            leaver=world.people["head"].pk,
            name=name,
            sought=sought,
            why="",
            day=clock.today(),
        )
    assert refused.value.verdicts[0].field == field


def test_somebody_unverified_is_refused_with_a_reason(world: World) -> None:
    Person.objects.filter(account=world.people["nobody"]).update(real_name="not_started")
    with pytest.raises(Refused, match="还没有通过实名认证"):
        asked_for(world)


def test_nobody_hands_over_to_themselves(world: World) -> None:
    head = world.people["head"]
    with pytest.raises(Refused, match="同一个人"):
        actions.begin(
            actor=world.actor("clerk"),
            at=world.bureau,
            leaver=head.pk,
            name=head.person.name,
            sought=head.person.doc_number,
            why="",
            day=clock.today(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            organisation=world.bureau, post="department.head", leaver=head, successor=head, effective_on=clock.today()
        )


def test_one_person_is_handed_over_once_at_a_time(world: World) -> None:
    asked_for(world)
    with pytest.raises(Refused, match="已经在办"):
        asked_for(world, who="clerk")


def test_only_the_ministry_confirms(world: World) -> None:
    row = handed_in(world)
    for who in ("head", "minister_clerk", "admin"):
        with pytest.raises(Hidden):
            actions.decide(actor=world.actor(who), row=row, name="confirm", note="", version=None)


def test_a_unit_decides_by_another_administrator_without_the_ministry(world: World) -> None:
    with pytest.raises(Refused):
        asked_for(world, who="admin", leaver="admin")  # not their own
    row = asked_for(world, who="admin2", leaver="admin")
    done = actions.submit(actor=world.actor("admin2"), row=row, version=None)
    assert done.state == "done"
    assert set(people_with(world.unit.pk, "unit.admin")) == {world.people["admin2"].pk, world.people["nobody"].pk}


def test_work_of_a_vacant_post_is_reported_and_the_ministry_fills_it(world: World) -> None:
    world.profile(state="review")
    minister = world.actor("minister")
    assert not queries.stuck(minister).exists()
    Mandate.objects.filter(organisation=world.bureau).update(withdrawn_at=clock.now())
    assert [i.organisation_id for i in queries.stuck(minister)] == [world.bureau.pk]
    assert not queries.stuck(world.actor("other_admin")).exists()  # not of another's tree
    row = actions.begin(
        actor=minister, at=world.bureau, leaver=None, name="韩叙", sought=B_NUMBER, why="空缺", day=clock.today()
    )
    for slot in rules.PAPERS:
        actions.add_document(actor=minister, row=row, slot=slot, upload=picture())
    row = actions.submit(actor=minister, row=row, version=None)
    for name in (
        "confirm",
        "ask",
        "decline",
    ):  # four eyes; and whoever began it is told why, also where nobody else is there
        with pytest.raises(Refused, match="另一位司管理员"):
            actions.decide(actor=minister, row=row, name=name, note="缺材料", version=None)
    page = world.client("minister").get(f"/hand-over/{row.pk}/", follow=True).content.decode()
    assert "发起人不能自己确认，请另一位司管理员确认" in page
    again = demo.person("minister_again", "某某", 193)
    demo.mandate(again, world.ministry, "ministry.head")
    had = Person.objects.get(account=world.people["minister"])
    again.former_documents.create(doc_type=had.doc_type, doc_number=had.doc_number, doc_key=had.doc_key)
    mine = actor_of(again, acting_for=world.ministry.pk, second_factor=True)
    with pytest.raises(Refused, match="另一位司管理员"):  # nor with another account of theirs
        actions.decide(actor=mine, row=row, name="confirm", note="", version=None)
    second = demo.person("second_minister", "周若川", 192)
    demo.mandate(second, world.ministry, "ministry.head")
    confirms = actor_of(second, acting_for=world.ministry.pk, second_factor=True)
    actions.decide(actor=confirms, row=row, name="confirm", note="", version=None)
    assert people_with(world.bureau.pk, "department.head") == {world.people["nobody"].pk: "韩叙"}


def test_who_is_replaced_cannot_stop_it(world: World) -> None:
    """A unit's administrator who has to go: the unit's own account decides, and the administrator looks on."""
    colleague = demo.person("second_head", "周若川", 191)
    demo.mandate(colleague, world.bureau, "department.head")
    second = actor_of(colleague, acting_for=world.bureau.pk, second_factor=True)
    row = actions.begin(
        actor=second, at=world.bureau, leaver=world.people["head"].pk, name="韩叙", sought=B_NUMBER, why="轮岗",
        day=clock.today() + dt.timedelta(days=9),
    )  # fmt: skip
    with pytest.raises(Hidden):
        actions.decide(actor=world.actor("head"), row=row, name="withdraw", note="", version=None)
    assert actions.decide(actor=second, row=row, name="withdraw", note="", version=None).state == "withdrawn"


def test_the_ministry_gives_nobody_a_post_by_their_own_hand(world: World) -> None:
    row = handed_in(world, clock.today() + dt.timedelta(days=9))
    HandOver.objects.filter(pk=row.pk).update(successor=world.people["minister"])
    row.refresh_from_db()
    with pytest.raises(Hidden):
        actions.decide(actor=world.actor("minister"), row=row, name="confirm", note="", version=None)


def test_one_that_fails_under_the_lock_does_not_hold_up_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The successor loses the verification between the look before the lock and the look under it."""
    row = confirmed(world, clock.today() + dt.timedelta(days=1))
    Person.objects.filter(account=world.people["nobody"]).update(real_name="failed")
    looks: list[int] = []

    def at_first_fine(account_id: int) -> Verdict:
        looks.append(account_id)
        return YES if len(looks) == 1 else can_receive(account_id)

    monkeypatch.setattr("waizhuan.identity.api.can_receive", at_first_fine)
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert actions.execute_due() == 1
    row.refresh_from_db()
    assert row.state == "failed"


def test_an_empty_post_has_one_open_hand_over(world: World) -> None:
    given = {
        "organisation": world.bureau,
        "post": "department.head",
        "leaver": None,
        "state": "draft",
        "effective_on": clock.today(),
    }
    HandOver.objects.create(successor=world.people["nobody"], **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(successor=world.people["clerk"], **given)


def test_a_units_own_account_is_somebody_and_the_operators_work_is_not_the_ministrys(world: World) -> None:
    desk = demo.organisation("operator", "平台运营中心")
    alone = demo.organisation("unit", "没有账号的单位")
    for n, (organisation, role) in enumerate(
        ((world.units["other"], "unit.admin"), (desk, "operator.reviewer"), (alone, "unit.admin"))
    ):
        WorkItem.objects.create(
            process="entry.profile",
            subject_id=9000 + n,
            state="draft",
            title="x",
            organisation=organisation,
            role=role,
            due_at=clock.now(),
        )
    Mandate.objects.filter(organisation=world.units["other"]).update(withdrawn_at=clock.now())
    assert [i.organisation_id for i in queries.stuck(world.actor("minister"))] == [alone.pk]


def test_looking_for_people_is_limited(world: World, settings: Any) -> None:
    settings.RATE_LIMITS_ON = True
    for n in range(31):
        with pytest.raises(Refused) as refused:
            actions.begin(
                actor=world.actor("head"),
                at=world.bureau,
                leaver=world.people["head"].pk,
                name="韩叙",
                sought="330106199508050000",
                why="",
                day=clock.today(),
            )
        assert ("没有找到" in str(refused.value)) == (n < 30), n
