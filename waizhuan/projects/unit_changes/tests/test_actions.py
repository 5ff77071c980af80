"""From the request to the effect: who, in which order, exactly once, and what if."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.drafts import stamp
from waizhuan.projects.entry import api as entry
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.unit_changes import actions
from waizhuan.projects.unit_changes.models import FieldChange, UnitChange
from waizhuan.projects.unit_changes.process import CHANGE
from waizhuan.projects.unit_changes.queries import for_reviewers, of_unit
from waizhuan.projects.unit_changes.tests.conftest import World, picture
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import current_item, history, perform

Ask = Callable[..., UnitChange]


def test_a_notice_is_applied_at_once_without_evidence(world: World) -> None:
    actor = world.actor("admin")
    change = actions.draft_for(actor)
    actions.save(actor=actor, change=change, given={"postcode": "310058"}, why="")
    done = actions.submit(actor=actor, change=change, version=None)
    assert (done.state, entry.values_of(world.unit.pk)["postcode"]) == ("applied", "310058")
    assert list(done.fields.values_list("open", flat=True)) == [False]


def test_what_has_to_be_approved_is_never_a_notice(world: World) -> None:
    """Neither by a request made by hand, nor where another administrator adds such a field while this one presses."""
    actor = world.actor("admin")
    change = actions.draft_for(actor)
    given = {"postcode": "310058", "field": "深海装备", "department": str(world.province.pk)}
    actions.save(actor=actor, change=change, given=given, why="搬家了")
    actions.PAPERS.add(actor, change, picture())
    before = entry.values_of(world.unit.pk)
    asked = {"transition": "note_down", "version": "0"}
    assert world.client("admin").post(f"/unit/changes/{change.pk}/", asked).status_code != 302
    with pytest.raises(Refused, match="要审核"):
        perform(CHANGE, change, "note_down", actor)
    assert entry.values_of(world.unit.pk) == before
    assert actions.submit(actor=actor, change=change, version=None).state == "department"


def test_the_department_alone_decides_an_address(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    item = current_item(CHANGE, change)
    assert item is not None
    assert (item.organisation_id, item.role, item.promised) == (world.city.pk, "department.clerk", True)
    assert entry.values_of(world.unit.pk)["address"] == "科技大道 8 号"
    with pytest.raises(Hidden):
        perform(CHANGE, change, "agree", world.actor("province"))
    done = perform(CHANGE, change, "agree", world.actor("city"))
    assert (done.state, entry.values_of(world.unit.pk)["address"]) == ("applied", "滨江路 9 号")
    field = FieldChange.objects.get(change=change)
    assert (field.before, field.after, field.open) == ("科技大道 8 号", "滨江路 9 号", False)


def test_the_main_field_needs_the_ministry_too(world: World, request_for: Ask) -> None:
    change = request_for(field="深海装备")
    with pytest.raises(Hidden):
        perform(CHANGE, change, "agree", world.actor("city"))  # its agreement does not apply it
    change = perform(CHANGE, change, "pass_on", world.actor("city"))
    assert entry.values_of(world.unit.pk)["field"] == "海洋工程、材料科学"
    done = perform(CHANGE, change, "approve", world.actor("ministry"))
    assert (done.state, entry.values_of(world.unit.pk)["field"]) == ("applied", "深海装备")


def test_both_departments_agree_to_a_move(world: World, request_for: Ask) -> None:
    change = request_for(department=str(world.province.pk))
    change = perform(CHANGE, change, "release", world.actor("city"))
    item = current_item(CHANGE, change)
    assert item is not None
    assert item.organisation_id == world.province.pk
    with pytest.raises(Hidden):
        perform(CHANGE, change, "decline", world.actor("province"), note="不归我们")  # neither refuses alone
    perform(CHANGE, change, "agree", world.actor("province"))
    assert entry.department_of(world.unit.pk) == world.province


def test_an_objection_is_decided_by_the_ministry(world: World, request_for: Ask) -> None:
    change = request_for(department=str(world.province.pk))
    with pytest.raises(Refused):
        perform(CHANGE, change, "object", world.actor("city"))  # without a reason
    change = perform(CHANGE, change, "object", world.actor("city"), note="一直归我们管")
    assert change.state == "ministry"
    perform(CHANGE, change, "approve", world.actor("ministry"))
    assert entry.department_of(world.unit.pk) == world.province


def test_approving_twice_has_one_effect(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    city = world.actor("city")
    perform(CHANGE, change, "agree", city, version=change.version)
    again = perform(CHANGE, change, "agree", city, version=change.version)  # a double click
    assert again.state == "applied"
    assert AuditEntry.objects.filter(verb="unit_changes.applied").count() == 1


def test_a_second_request_for_the_same_field_is_told_of_the_first(world: World, request_for: Ask) -> None:
    first = request_for(address="滨江路 9 号")
    with pytest.raises(Refused) as refused:
        request_for(address="滨江路 10 号", postcode="310058")
    (verdict,) = refused.value.verdicts
    assert verdict.field == "address"
    assert first.number
    assert first.number in str(verdict.reason)
    perform(CHANGE, first, "withdraw", world.actor("admin"))
    second = actions.submit(
        actor=world.actor("admin"), change=UnitChange.objects.get(state="draft"), version=None
    )  # nothing typed is lost
    assert second.state == "department"


def test_a_value_that_changed_meanwhile_is_not_overwritten_unseen(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    UnitProfile.objects.filter(unit=world.unit).update(address="别人改过的")
    city = world.actor("city")
    with pytest.raises(Refused) as refused:
        perform(CHANGE, change, "agree", city)
    assert "通信地址" in str(refused.value)
    change = perform(CHANGE, change, "ask", city, note="请核对地址")
    change = actions.submit(actor=world.actor("admin"), change=change, version=change.version)
    assert change.fields.get().before == "别人改过的"
    perform(CHANGE, change, "agree", city)
    assert entry.values_of(world.unit.pk)["address"] == "滨江路 9 号"


def test_every_reason_stands_in_the_history(world: World, request_for: Ask) -> None:
    """Of the unit and of who decides: what the unit says when it is asked hides nothing that it said before."""
    admin, change = world.actor("admin"), request_for(field="深海装备")
    perform(CHANGE, change, "ask", world.actor("city"), note="请附批文")
    actions.save(actor=admin, change=change, given={}, why="批文号是 𠮷 12 号 <script>")
    change = actions.submit(actor=admin, change=change, version=None)
    perform(CHANGE, change, "decline", world.actor("city"), note="批文过期了")
    said = [step.note for step in history(CHANGE, change) if step.note]
    assert said == ["批文过期了", "批文号是 𠮷 12 号 <script>", "请附批文", "搬家了"]
    page = world.client("admin").get(f"/unit/changes/{change.pk}/").content.decode()
    assert all(text in page for text in ("批文过期了", "批文号是 𠮷 12 号 &lt;script&gt;", "请附批文", "搬家了"))
    assert "搬家了" in world.client("city").get(f"/unit/changes/{change.pk}/review/").content.decode()


def test_what_was_handed_in_stays(world: World, request_for: Ask) -> None:
    """Else a unit replaced, when it was asked for more, the paper that the department had doubts about."""
    change = perform(CHANGE, request_for(field="深海装备"), "ask", world.actor("city"), note="请附批文")
    admin, shown = world.actor("admin"), list(change.documents.values_list("pk", flat=True))
    assert shown
    actions.PAPERS.add(admin, change, picture("批文.png"))
    fresh = change.documents.exclude(pk__in=shown).get()
    page = world.client("admin").get(f"/unit/changes/{change.pk}/edit/").content.decode()
    assert f'name="remove" value="{fresh.pk}"' in page
    assert f'name="remove" value="{shown[0]}"' not in page
    for id in (*shown, fresh.pk):
        actions.PAPERS.remove(admin, change, id)
    assert list(change.documents.values_list("pk", flat=True)) == shown


def test_a_chosen_file_comes_along_whatever_is_pressed(world: World) -> None:
    """Without JavaScript nothing is uploaded at once."""
    client = world.client("admin")
    draft = actions.draft_for(world.actor("admin"))
    client.post(f"/unit/changes/{draft.pk}/edit/", {"save": "1", "seen": stamp(draft), "file": picture()})
    assert draft.documents.count() == 1


def test_asking_for_more_goes_back_to_whoever_asked(world: World, request_for: Ask) -> None:
    change = perform(CHANGE, request_for(field="深海装备"), "pass_on", world.actor("city"))
    change = perform(CHANGE, change, "ask", world.actor("ministry"), note="请附批文")
    item = current_item(CHANGE, change)
    assert item is not None
    assert (item.organisation_id, item.asker_turn) == (world.unit.pk, True)
    admin = world.actor("admin")
    actions.PAPERS.add(admin, change, picture("批文.png"))
    actions.save(actor=admin, change=change, given={"field": "深海装备与材料", "address": "混进来的"}, why="搬家了")
    change = actions.submit(actor=admin, change=change, version=None)
    assert change.state == "ministry"
    assert list(change.fields.values_list("name", flat=True)) == ["field"]  # the way is fixed
    with pytest.raises(Refused):
        perform(CHANGE, change, "ask", world.actor("ministry"), note="再补")


def test_declining_changes_nothing_and_frees_the_field(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    with pytest.raises(Refused):
        perform(CHANGE, change, "decline", world.actor("city"))
    change = perform(CHANGE, change, "decline", world.actor("city"), note="证明过期")
    assert change.state == "declined"
    assert entry.values_of(world.unit.pk)["address"] == "科技大道 8 号"
    assert request_for(address="滨江路 9 号").state == "department"


def test_what_is_handed_in_is_not_edited(world: World, request_for: Ask) -> None:
    change = request_for(address="滨江路 9 号")
    with pytest.raises(Conflict):
        actions.save(actor=world.actor("admin"), change=change, given={"address": "另一个"}, why="")
    with pytest.raises(Hidden):
        actions.save(actor=world.actor("city"), change=change, given={"address": "另一个"}, why="")
    change.state = "draft"  # as a page saw it that was opened before
    with pytest.raises(Conflict):
        actions.PAPERS.add(world.actor("admin"), change, picture())
    assert change.documents.count() == 1


def test_a_draft_that_was_thrown_away_stays_the_units(world: World, request_for: Ask) -> None:
    admin, city = world.actor("admin"), world.actor("city")
    perform(CHANGE, actions.draft_for(admin), "withdraw", admin)
    assert (of_unit(admin).count(), for_reviewers(city).count()) == (1, 0)
    perform(CHANGE, request_for(address="滨江路 9 号"), "withdraw", admin)
    assert (of_unit(admin).count(), for_reviewers(city).count()) == (2, 1)


def test_the_first_press_makes_one_draft(world: World) -> None:
    actor = world.actor("admin")
    assert actions.draft_for(actor).pk == actions.draft_for(actor).pk
    with pytest.raises(Hidden):
        actions.draft_for(world.actor("city"))


def test_a_unit_without_an_approved_profile_is_sent_to_it(world: World) -> None:
    UnitProfile.objects.filter(unit=world.unit).update(state="review")
    with pytest.raises(Refused):
        actions.draft_for(world.actor("admin"))
