"""Keeping, handing in and documenting a profile."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import actor_of
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import World, picture
from waizhuan.projects.entry import actions
from waizhuan.projects.entry.demo import GIVEN
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.entry.process import PROFILE
from waizhuan.projects.entry.rules import FILES_AT_MOST
from waizhuan.shared.documents.models import Document
from waizhuan.shared.flow.api import available, perform

pytestmark = pytest.mark.django_db


def test_two_first_looks_make_one_profile(world: World) -> None:
    first = actions.profile_for(world.actor("admin"))
    assert actions.profile_for(world.actor("admin2")).pk == first.pk
    assert UnitProfile.objects.count() == 1


@pytest.mark.parametrize("who", ["lead", "clerk", "minister", "nobody"])
def test_only_the_units_administrators_have_one(world: World, who: str) -> None:
    world.posts.setdefault("nobody", world.unit)
    with pytest.raises(Hidden):
        actions.profile_for(world.actor(who))


def test_a_draft_is_kept_incomplete(world: World) -> None:
    row = actions.profile_for(world.actor("admin"))
    row = actions.save(actor=world.actor("admin"), profile=row, given={"address": "𠮷路 1 号"}, department=None)
    assert (row.address, row.department_id) == ("𠮷路 1 号", None)


def test_another_units_profile_is_not_there(world: World) -> None:
    row = world.profile("draft")
    with pytest.raises(Hidden):
        actions.save(actor=world.actor("other_admin"), profile=row, given={"address": "x"}, department=None)
    with pytest.raises(Hidden):
        actions.PAPERS.add(world.actor("other_admin"), row, picture())


def test_what_lies_with_the_department_does_not_change(world: World) -> None:
    row = world.profile("review")
    with pytest.raises(Conflict):
        actions.save(actor=world.actor("admin"), profile=row, given={"address": "新地址"}, department=row.department_id)
    with pytest.raises(Conflict):
        actions.PAPERS.add(world.actor("admin"), row, picture())
    row.refresh_from_db()
    assert row.address == GIVEN["address"]


def test_two_administrators_do_not_overwrite_each_other(world: World) -> None:
    row = world.profile("draft")
    seen = row.updated_at.isoformat()
    actions.save(
        actor=world.actor("admin2"), profile=row, given={"address": "乙写的"}, department=row.department_id, seen=seen
    )
    with pytest.raises(Refused) as refused:
        actions.save(
            actor=world.actor("admin"),
            profile=row,
            given={"address": "甲写的"},
            department=row.department_id,
            seen=seen,
        )
    assert "通信地址" in str(refused.value.verdicts[0].reason)
    row.refresh_from_db()
    assert row.address == "乙写的"
    actions.save(
        actor=world.actor("admin"),
        profile=row,
        given={"address": "甲写的"},
        department=row.department_id,
        seen=row.updated_at.isoformat(),
    )
    row.refresh_from_db()
    assert row.address == "甲写的"


def test_handing_in_twice_hands_in_once(world: World) -> None:
    row = world.profile("draft")
    first = actions.submit(actor=world.actor("admin"), profile=row, version=row.version)
    again = actions.submit(actor=world.actor("admin"), profile=row, version=row.version)
    assert (first.state, again.version) == ("review", first.version)


def test_a_document_comes_and_goes(world: World) -> None:
    row = world.profile("draft")
    actions.PAPERS.add(world.actor("admin"), row, picture())
    link = row.documents.get()
    actions.PAPERS.remove(world.actor("admin"), row, link.pk)
    assert not row.documents.exists()
    assert Document.objects.filter(pk=link.document_id).exists()  # the case's history keeps the file
    actions.PAPERS.remove(world.actor("admin"), row, link.pk)  # pressing twice does no harm


def test_there_is_an_end_to_documents(world: World) -> None:
    row = world.profile("draft")
    with pytest.raises(Refused):
        actions.PAPERS.add(world.actor("admin"), row, None)
    for n in range(FILES_AT_MOST):
        actions.PAPERS.add(world.actor("admin"), row, picture(f"{n}.png"))
    with pytest.raises(Refused):
        actions.PAPERS.add(world.actor("admin"), row, picture())


def test_the_interpreter_asks_the_rule(world: World) -> None:
    """A clerk of the bureau who works for the unit as well: the button says why not, and pressing it does nothing."""
    profile = world.profile(state="review")
    demo.mandate(world.people["clerk"], world.unit, "projects.lead")
    clerk = actor_of(world.people["clerk"], acting_for=world.bureau.pk, second_factor=True)
    assert {c.name: c.verdict.ok for c in available(PROFILE, profile, clerk)}["approve"] is False
    with pytest.raises(Refused, match="申请人不能审核自己的申请"):
        perform(PROFILE, profile, "approve", clerk)
    assert perform(PROFILE, profile, "approve", world.actor("clerk2")).state == "approved"
