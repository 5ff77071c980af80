"""Merges, on both databases."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.api import Mandate
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.kernel.events import Happened, subscribe
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.legacy.models import LegacyAccount, LegacyProject
from waizhuan.projects.legacy.queries import visible_to
from waizhuan.projects.linking import actions as linking
from waizhuan.projects.merges import actions, lists, papers, queries
from waizhuan.projects.merges.models import Line, Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.projects.merges.tests.conftest import World, acting, make_place, old_account, owners
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.flow.api import Step, WorkItem, perform

pytestmark = pytest.mark.django_db


def test_from_an_old_account_to_a_person(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=3)
    merge = world.moved(world.asked(old=old, target=world.c))
    assert merge.state == "done"
    assert owners() == {"A-0": world.c.pk, "A-1": world.c.pk, "A-2": world.c.pk}
    assert visible_to(acting(world.c, world.place.unit)).count() == 3
    assert AuditEntry.objects.get(verb="merges.moved").detail["projects"] == 3
    for line in Line.objects.all():
        assert (line.open, line.before_lead_id, line.version_after) == (False, None, 2)


def test_from_a_person_to_the_unit_with_work_and_history(world: World) -> None:
    """Applications go too: who leads, who waits, whose work it is, and the timeline says it."""
    draft, other = world.application(world.a, 1), world.application(world.c, 2)
    merge = world.moved(world.asked(person=world.a))
    draft.refresh_from_db()
    assert (draft.lead_id, draft.asker_account_id, draft.version) == (None, None, 2)
    item = WorkItem.objects.get(process=PROCESS.name, subject_id=draft.pk, closed_at=None)
    assert (item.account_id, item.organisation_id, item.role) == (None, world.place.unit.pk, "unit.admin")
    step = Step.objects.get(process=PROCESS.name, subject_id=draft.pk, seq=2)
    assert (step.transition, step.note) == ("assign", merge.number)
    other.refresh_from_db()
    assert other.lead_id == world.c.pk
    perform(MERGE, merge, "undo", world.admin, note="弄错了")
    draft.refresh_from_db()
    assert (draft.lead_id, draft.asker_account_id) == (world.a.pk, world.a.pk)
    item.refresh_from_db()
    assert (item.account_id, item.organisation_id) == (world.a.pk, None)


def test_only_within_one_unit_line_by_line(world: World) -> None:
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    old = old_account("A", world.place.old_unit, projects=2)
    LegacyProject.objects.filter(number="A-1").update(unit=elsewhere.old_unit, organisation=elsewhere.unit)
    merge = world.asked(old=old, target=world.c)
    assert list(merge.lines.values_list("number", flat=True)) == ["A-0"]
    count, [(left, verdict)] = lists.left_out(merge)
    assert count == 1
    assert left.number == "A-1"
    assert "另一个单位" in str(verdict.reason)
    world.moved(merge)
    assert owners() == {"A-0": world.c.pk, "A-1": None}
    theirs = acting(elsewhere.admin, elsewhere.unit)
    with pytest.raises(Refused):  # nor does the other unit get anything that is not its own
        actions.ask(actor=theirs, old=old, person=None, target=str(world.c.pk), reason="x")


def test_each_unit_moves_its_own_though_another_handed_the_account_over(world: World) -> None:
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    old = old_account("A", world.place.old_unit, projects=2)
    LegacyProject.objects.filter(number="A-1").update(unit=elsewhere.old_unit, organisation=elsewhere.unit)
    LegacyAccount.objects.filter(pk=old.pk).update(unit=elsewhere.old_unit)
    linking.hand_over(actor=acting(elsewhere.admin, elsewhere.unit), old_id=old.pk, person=elsewhere.lead.pk)
    old.refresh_from_db()
    world.moved(world.asked(old=old, target=world.c))
    assert owners() == {"A-0": world.c.pk, "A-1": elsewhere.lead.pk}


def test_chosen_projects_alone(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=3), target=world.c)
    first = merge.lines.order_by("id").values_list("pk", flat=True)[0]
    actions.confirm(actor=world.admin, merge=merge)
    actions.leave_out(actor=world.admin, merge=merge, lines=[first])
    with pytest.raises(Refused):  # what was confirmed was another list
        actions.submit(actor=world.admin, merge=merge, version=None)
    world.moved(merge)
    assert owners() == {"A-0": None, "A-1": world.c.pk, "A-2": world.c.pk}


def test_two_merges_that_touch_one_account(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=2)
    first = world.asked(old=old, target=world.c)
    with pytest.raises(Refused, match=str(first.number)):
        world.asked(old=old)
    # the same projects through another door: the person to whom the account is linked
    linking.hand_over(actor=world.admin, old_id=old.pk, person=world.a.pk)
    with pytest.raises(Refused, match="另一个合并"):
        world.asked(person=world.a)
    assert Merge.objects.count() == 1
    perform(MERGE, first, "withdraw", world.admin)
    old.refresh_from_db()
    assert world.asked(old=old, target=world.c).lines.count() == 2


def test_what_changed_after_it_was_listed_is_not_moved(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=2)
    merge = world.handed_in(world.asked(old=old, target=world.c))
    linking.hand_over(actor=world.admin, old_id=old.pk, person=world.a.pk)
    LegacyProject.objects.filter(number="A-0").update(lead=world.c)
    before = owners()
    with pytest.raises(Refused, match="1 个项目变了归属"):
        perform(MERGE, merge, "approve", world.clerk)
    assert owners() == before
    merge.refresh_from_db()
    assert merge.state == "review"


def test_a_target_that_lost_its_authorisation(world: World) -> None:
    merge = world.handed_in(world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c))
    Mandate.objects.filter(account=world.c).update(withdrawn_at=clock.now())
    with pytest.raises(Refused, match="授权已经收回"):
        perform(MERGE, merge, "approve", world.clerk)


def test_a_merge_while_a_project_is_being_decided(world: World) -> None:
    """Whoever decides on what they saw before the merge gets a clear answer; the project keeps its state and its work."""
    row = world.application(world.a, 1)
    Application.objects.filter(pk=row.pk).update(state="decision", department=world.department)
    WorkItem.objects.filter(subject_id=row.pk, process=PROCESS.name).update(
        state="decision", account=None, organisation=world.ministry, role="ministry.head"
    )
    head = demo.person("head", "陶怀瑾", 60)
    demo.mandate(head, world.ministry, "ministry.head")
    row.refresh_from_db()
    seen = row.version
    world.moved(world.asked(person=world.a, target=world.c))
    item = WorkItem.objects.get(subject_id=row.pk, process=PROCESS.name, closed_at=None)
    assert (item.organisation_id, item.role, item.asker_account_id) == (world.ministry.pk, "ministry.head", world.c.pk)
    with pytest.raises(Conflict, match="分配给项目负责人"):
        perform(PROCESS, row, "decline", acting(head, world.ministry), note="不符", version=seen)
    row.refresh_from_db()
    assert (row.state, row.lead_id) == ("decision", world.c.pk)


def test_killed_half_way_nothing_has_moved(world: World) -> None:
    row = world.application(world.a, 1)
    LegacyProject.objects.bulk_create(
        LegacyProject(
            number=f"P{n}",
            title="x",
            year=2015,
            unit=world.place.old_unit,
            organisation=world.place.unit,
            lead=world.a,
            digest="x",
        )
        for n in range(3)
    )
    merge = world.handed_in(world.asked(person=world.a, target=world.c))
    before = owners()
    dying = True

    def dies(event: Happened) -> None:
        if event.verb == "merges.moved" and dying:
            raise MemoryError

    subscribe(Happened, dies)
    with pytest.raises(MemoryError):
        perform(MERGE, merge, "approve", world.clerk)
    assert owners() == before
    assert Line.objects.filter(open=True).count() == 4
    assert Step.objects.filter(process=PROCESS.name, subject_id=row.pk).count() == 2
    dying = False
    perform(MERGE, merge, "approve", world.clerk)
    assert set(owners().values()) == {world.c.pk}


def test_undo_is_refused_with_its_reason(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=2)
    merge = world.moved(world.asked(old=old, target=world.c))
    again = world.asked(person=world.c)
    with pytest.raises(Refused, match="2 个项目正在另一个合并里"):
        perform(MERGE, merge, "undo", world.admin, note="x")
    world.moved(again)
    with pytest.raises(Refused, match="2 个项目后来又"):
        perform(MERGE, merge, "undo", world.admin, note="x")
    perform(MERGE, again, "undo", world.clerk, note="移错了")
    assert set(owners().values()) == {world.c.pk}


def test_a_later_link_does_not_take_back_what_was_moved(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=2)
    world.moved(world.asked(old=old))  # to the unit itself
    linking.hand_over(actor=world.admin, old_id=old.pk, person=world.a.pk)
    assert set(owners().values()) == {None}


def test_pressing_twice_moves_once(world: World) -> None:
    merge = world.handed_in(world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c))
    version = merge.version
    perform(MERGE, merge, "approve", world.clerk, version=version)
    perform(MERGE, merge, "approve", world.clerk, version=version)
    assert LegacyProject.objects.get().version == 2


@pytest.mark.parametrize("handed_in", [True, False])
def test_a_draft_that_was_thrown_away_stays_the_units(world: World, handed_in: bool) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    if handed_in:
        merge = world.handed_in(merge)
    perform(MERGE, merge, "withdraw", world.admin)
    assert queries.visible_to(world.admin).count() == 1
    assert queries.visible_to(world.clerk).count() == int(handed_in)


def test_asking_twice_makes_one(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=1)
    first = world.asked(old=old, target=world.c)
    assert world.asked(old=old, target=world.c).pk == first.pk
    with pytest.raises(Refused, match=str(first.number)):
        world.asked(old=old)  # to the unit itself: another request
    assert (Merge.objects.count(), Line.objects.count()) == (1, 1)


def test_confirming_twice_hands_in_once(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    for _ in range(2):  # the second press saw the same page
        actions.confirm(actor=world.admin, merge=merge)
        assert actions.submit(actor=world.admin, merge=merge, version=0).state == "review"
    assert AuditEntry.objects.filter(verb="merges.confirmed").count() == 1


def test_who_may_do_what(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.c)
    elsewhere = make_place("songling", "松岭农业科学院", 1001, 50)
    stranger, lead = acting(elsewhere.admin, elsewhere.unit), acting(world.c, world.place.unit)
    for actor in (stranger, lead, world.clerk):
        with pytest.raises(Hidden):
            actions.leave_out(actor=actor, merge=merge, lines=[1])
        with pytest.raises(Hidden):
            actions.confirm(actor=actor, merge=merge)
    merge = world.handed_in(merge)
    for actor in (stranger, lead, world.admin):
        with pytest.raises(Hidden):
            perform(MERGE, merge, "approve", actor)
    with pytest.raises(Conflict):
        actions.leave_out(actor=world.admin, merge=merge, lines=[1])


def test_nobody_confirms_for_their_own_benefit(world: World) -> None:
    demo.mandate(world.place.admin, world.place.unit, "projects.lead")
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=1), target=world.place.admin)
    with pytest.raises(Refused):
        actions.confirm(actor=world.admin, merge=merge)


# ---------------------------------------------------------------- the letter


def scan(merge: Merge) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.pdf", papers.pdf_of(merge))


def test_the_scan_is_matched_by_its_code(world: World) -> None:
    merge = world.asked(old=old_account("A", world.place.old_unit, projects=2), target=world.c)
    other = world.asked(old=old_account("B", world.place.old_unit, projects=1))
    merge = actions.add_letter(actor=world.admin, merge=merge, upload=scan(merge))
    assert merge.scan == "match"
    with pytest.raises(Refused, match="另一个合并"):
        actions.add_letter(actor=world.admin, merge=other, upload=scan(merge))
    assert actions.submit(actor=world.admin, merge=merge, version=None).state == "review"
    back = perform(MERGE, merge, "give_back", world.clerk, note="少一个项目")
    assert (back.letter_id, back.scan) == (None, "")


def test_names_with_markup_and_rare_characters_print(world: World) -> None:
    old = old_account("A", world.place.old_unit, projects=1)
    LegacyProject.objects.update(title="#*$𠮷 O'Brien <b>")
    assert papers.pdf_of(world.asked(old=old)).startswith(b"%PDF")


def test_statements_do_not_grow_with_the_projects(world: World) -> None:
    def statements(login: str, n: int) -> int:
        merge = world.handed_in(world.asked(old=old_account(login, world.place.old_unit, projects=n), target=world.c))
        with CaptureQueriesContext(connection) as queries:
            perform(MERGE, merge, "approve", world.clerk)
        return len(queries)

    assert statements("few", 2) == statements("many", 400)


def test_all_concerned_are_told(world: World) -> None:
    """Whose projects they were, whose they are, and the unit's other administrators; whoever asked once, by the process."""
    from waizhuan.shared.notify.models import Message

    world.application(world.a, 1)
    merge = world.moved(world.asked(person=world.a, target=world.c))
    told = set(Message.objects.filter(template="merges.moved").values_list("account_id", flat=True))
    assert told >= {world.a.pk, world.c.pk}
    assert merge.asker_account_id not in told
    perform(MERGE, merge, "undo", world.admin, note="弄错了")
    assert Message.objects.filter(template="merges.moved_back", account=world.c).exists()
