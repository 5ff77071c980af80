"""A claim from its draft to the old unit's projects."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation, Person, actor_of
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyProject, LegacyUnit
from waizhuan.projects.linking.tests.conftest import acting
from waizhuan.projects.unit_claims import actions, queries, rules
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.projects.unit_claims.tests.conftest import OLD, World, accepted, draft, found_out, handed_in, paper
from waizhuan.shared.documents.models import Document
from waizhuan.shared.flow.api import WorkItem, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


def test_accepting_gives_the_old_projects(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    item = WorkItem.objects.get(process=CLAIM.name, closed_at=None)
    assert (item.organisation_id, item.role, item.promised) == (world.ministry.pk, "ministry.clerk", True)
    with pytest.raises(Refused, match="请选择是哪个旧单位"):
        perform(CLAIM, claim, "propose", world.actor("clerk"))
    for _ in range(2):  # pressed twice
        perform(CLAIM, claim, "propose", world.actor("clerk"), data={"old": world.old.pk}, version=claim.version)
    claim.refresh_from_db()
    item = WorkItem.objects.get(process=CLAIM.name, closed_at=None)
    assert (item.organisation_id, item.role, item.promised) == (world.ministry.pk, "ministry.head", True)
    assert not LegacyProject.objects.filter(organisation__isnull=False).exists()
    for _ in range(2):
        perform(CLAIM, claim, "accept", world.actor("head"), version=claim.version)
    claim.refresh_from_db()
    assert (claim.state, claim.old_id) == ("accepted", world.old.pk)
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {world.unit.pk}
    world.old.refresh_from_db()
    assert world.old.matched_why == claim.number
    told = Message.objects.filter(account=world.people["admin"]).values_list("template", flat=True)
    assert set(told) == {"unit_claims.accepted", "legacy.unit_given"}


def test_what_is_missing_and_a_second_claim(world: World) -> None:
    admin = world.actor("admin")
    with pytest.raises(Refused) as refused:
        actions.submit(actor=admin, claim=draft(admin, "", why="", files=0))
    assert [v.field for v in refused.value.verdicts] == ["old_name", "why", "file"]
    handed_in(admin)
    with pytest.raises(Refused, match="已经认领过"):
        handed_in(admin, f" {OLD} ")
    assert UnitClaim.objects.get(state="draft").old_name == OLD  # nothing typed is lost
    assert actions.draft_for(admin).pk == actions.draft_for(admin).pk


def test_a_stranger_learns_nothing(world: World) -> None:
    """There is such an old unit, or there is none, or it is somebody's: the unit reads the same."""
    real, invented = handed_in(world.actor("rival")), handed_in(world.actor("rival"), "没有的厂")
    assert (real.state, real.old_id) == (invented.state, invented.old_id) == ("ministry", None)
    assert not queries.of_unit(world.actor("admin")).exists()
    client = world.client("rival")
    pages = [client.get(f"/old-units/{c.pk}/").content.decode().replace(c.old_name, "") for c in (real, invented)]
    without_ids = [re.sub(r'(?<=["/])[0-9]+(?=["/])', "#", page) for page in pages]  # 10 is longer than 9
    assert len(without_ids[0]) == len(without_ids[1])


def test_two_units_claim_the_same(world: World) -> None:
    first, second = handed_in(world.actor("admin"), code="D9"), handed_in(world.actor("rival"), "另一个写法", code="D9")
    assert [c.pk for c in queries.rivals(first)] == [second.pk]
    assert [c.pk for c in queries.rivals(second)] == [first.pk]
    assert [u.pk for u in queries.may_mean(second, "")] == [world.old.pk]
    accepted(world, second)
    with pytest.raises(Refused, match="先撤回"):
        found_out(world, first)
    pairing.part(actor=world.actor("head"), old_id=world.old.pk, unit_id=world.other.pk, why="另一家的批文才对")
    accepted(world, first)
    assert set(LegacyProject.objects.values_list("organisation_id", flat=True)) == {world.unit.pk}


def test_found_meanwhile_is_accepted_as_well(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    pairing.pair(actor=world.actor("head"), old_id=world.old.pk, unit_id=world.unit.pk, why="先办了")
    assert accepted(world, claim).state == "accepted"


def test_asked_once_for_more(world: World) -> None:
    claim, clerk, admin = handed_in(world.actor("admin")), world.actor("clerk"), world.actor("admin")
    perform(CLAIM, claim, "ask", clerk, note="要批文的全部页")
    claim.refresh_from_db()
    actions.save(actor=admin, claim=claim, old_name="换一个", old_code="X", why="补上了", seen=None)
    claim.refresh_from_db()
    assert (claim.old_name, claim.why) == (OLD, "补上了")  # what is claimed stays
    actions.submit(actor=admin, claim=claim)
    with pytest.raises(Refused, match="补充过一次"):
        perform(CLAIM, claim, "ask", clerk, note="再补")
    with pytest.raises(Refused, match="理由"):
        perform(CLAIM, claim, "decline", clerk)
    perform(CLAIM, claim, "decline", clerk, note="批文说的是另一个厂")
    assert not LegacyProject.objects.exclude(organisation=None).exists()
    assert "批文说的是另一个厂" in Message.objects.get(template="unit_claims.declined").body
    handed_in(admin)  # with new evidence, again


def test_what_was_handed_in_stays(world: World) -> None:
    """Else a unit replaced, when it was asked for more, the paper that the ministry had doubts about."""
    claim, clerk, admin = handed_in(world.actor("admin")), world.actor("clerk"), world.actor("admin")
    perform(CLAIM, claim, "ask", clerk, note="要批文的全部页")
    claim.refresh_from_db()
    shown = claim.documents.get()
    actions.PAPERS.remove(admin, claim, shown.pk)
    actions.PAPERS.add(admin, claim, paper("另一份.png"))
    fresh = claim.documents.exclude(pk=shown.pk).get()
    page = world.client("admin").get(f"/old-units/{claim.pk}/form/").content.decode()
    assert f'name="remove" value="{fresh.pk}"' in page
    assert f'name="remove" value="{shown.pk}"' not in page
    actions.PAPERS.remove(admin, claim, fresh.pk)
    assert [d.pk for d in claim.documents.all()] == [shown.pk]
    actions.save(actor=admin, claim=claim, old_name="", old_code="", why="另一个说法", seen=None)
    claim.refresh_from_db()
    actions.submit(actor=admin, claim=claim)
    review = world.client("clerk").get(f"/old-units/{claim.pk}/review/").content.decode()
    assert "对方看到的“接下来会怎样”" in review, "its words are for the unit"
    assert "另一个说法" in review
    assert "民函 12 号" in review


def test_a_full_claim_takes_more_papers_when_it_is_asked_for_them(world: World) -> None:
    claim = actions.submit(actor=world.actor("admin"), claim=draft(world.actor("admin"), files=rules.FILES_AT_MOST))
    perform(CLAIM, claim, "ask", world.actor("clerk"), note="还缺一份")
    claim.refresh_from_db()
    actions.PAPERS.add(world.actor("admin"), claim, paper())
    assert claim.documents.count() == rules.FILES_AT_MOST + 1


def test_a_code_is_found_however_it_is_written(world: World) -> None:
    first, second = (
        handed_in(world.actor("admin"), "甲", code="ｄ-9"),
        handed_in(world.actor("rival"), "乙", code="D 9"),
    )
    assert [u.pk for u in queries.may_mean(first, "")] == [world.old.pk]
    assert [u.pk for u in queries.may_mean(first, "d9")] == [world.old.pk]
    assert [c.pk for c in queries.rivals(first)] == [second.pk]
    LegacyUnit.objects.create(key="无代码厂", name="无代码厂", name_key="无代码厂", digest="x")
    assert not queries.may_mean(first, "-")  # nothing of a code is left: not every unit without one


def test_a_unit_that_lost_its_verification_hands_nothing_in_and_is_given_nothing(world: World) -> None:
    claim, late = handed_in(world.actor("admin")), draft(world.actor("rival"))
    Organisation.objects.update(real_name="none")
    with pytest.raises(Refused, match="实名"):
        actions.submit(actor=world.actor("rival"), claim=late)
    with pytest.raises(Refused, match="等它实名以后再通过"):
        found_out(world, claim)


def test_who_may_what(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    found_out(world, claim)
    for who, name in (
        ("rival", "withdraw"),
        ("admin", "accept"),
        ("clerk", "accept"),
        ("admin", "decline"),
        ("clerk", "decline"),
    ):
        with pytest.raises(Hidden):
            perform(CLAIM, claim, name, world.actor(who), note="x")
    perform(CLAIM, claim, "give_back", world.actor("head"), note="再看看")
    for who, name in (("rival", "withdraw"), ("admin", "propose"), ("rival", "propose"), ("admin", "decline")):
        with pytest.raises(Hidden):
            perform(CLAIM, claim, name, world.actor(who), note="x", data={"old": world.old.pk})
    with pytest.raises(Conflict):  # it is with the ministry
        actions.PAPERS.add(world.actor("admin"), claim, paper())
    with pytest.raises(Conflict):
        actions.save(actor=world.actor("admin"), claim=claim, old_name="x", old_code="", why="", seen=None)
    demo.mandate(world.people["clerk"], world.unit, "unit.admin")  # nobody decides for a unit that is theirs as well
    both = actor_of(world.people["clerk"], acting_for=world.ministry.pk, second_factor=True)
    with pytest.raises(Refused):
        perform(CLAIM, claim, "propose", both, data={"old": world.old.pk})
    perform(CLAIM, claim, "withdraw", world.actor("admin"))
    Organisation.objects.filter(pk=world.unit.pk).update(real_name="none")
    with pytest.raises(Refused, match="实名"):
        actions.draft_for(world.actor("admin"))


def test_the_papers_are_the_unit_s_and_the_ministry_s(world: World) -> None:
    made = draft(world.actor("admin"))
    where = f"/documents/{Document.objects.get().pk}/"
    assert world.client("clerk").get(where).status_code == 404  # not handed in
    actions.submit(actor=world.actor("admin"), claim=made)
    assert world.client("clerk").get(where).status_code == 200
    assert world.client("rival").get(where).status_code == 404


def test_whoever_found_it_out_does_not_approve_it(world: World) -> None:
    """Neither with another account of theirs; and where nobody else could, it is not handed up to wait for ever."""
    claim, head = handed_in(world.actor("admin")), world.actor("head")
    with pytest.raises(Refused, match="另一位司管理员"):
        perform(CLAIM, claim, "propose", head, data={"old": world.old.pk})
    twin = demo.person("twin", "某人", 700)
    apps.get_model("realname.FormerDocument").keep(Person.objects.get(account=world.people["head"]), account_id=twin.pk)
    demo.mandate(twin, world.ministry, "ministry.head")
    with pytest.raises(Refused, match="另一位司管理员"):
        perform(CLAIM, claim, "propose", head, data={"old": world.old.pk})
    other = demo.person("other_head", "另一位", 701)
    demo.mandate(other, world.ministry, "ministry.head")
    claim = perform(CLAIM, claim, "propose", head, data={"old": world.old.pk})
    assert claim.checked_by_id == head.account_id
    for same in (world.people["head"], twin):
        with pytest.raises(Hidden):
            perform(CLAIM, claim, "accept", acting(same, world.ministry))
    page = world.client("head").get(f"/old-units/{claim.pk}/review/").content.decode()
    assert "核实的人不能自己批准" in page
    assert 'name="transition" value="accept"' not in page
    assert perform(CLAIM, claim, "accept", acting(other, world.ministry)).state == "accepted"


def test_an_administrator_of_the_ministry_gives_it_back_and_the_unit_reads_nothing_of_it(world: World) -> None:
    claim = found_out(world, handed_in(world.actor("admin")))
    review = f"/old-units/{claim.pk}/review/"
    page = world.client("head").get(review).content.decode()
    assert "核实下来，是这个旧单位" in page
    assert OLD in page
    with pytest.raises(Refused):
        perform(CLAIM, claim, "give_back", world.actor("head"))
    claim = perform(CLAIM, claim, "give_back", world.actor("head"), note="<b>文号对不上")
    assert (claim.state, claim.old_id, claim.checked_by_id) == ("ministry", None, None)
    assert "&lt;b&gt;文号对不上" in world.client("clerk").get(review).content.decode()
    assert "文号对不上" not in world.client("admin").get(f"/old-units/{claim.pk}/").content.decode()
    claim = found_out(world, claim)
    assert perform(CLAIM, claim, "decline", world.actor("head"), note="不是").old_id is None
