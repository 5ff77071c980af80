"""Somebody at the ministry says by hand whose an old unit is, with the open claims to it before them."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.legacy import neighbours, pairing
from waizhuan.projects.legacy.models import LegacyUnit
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.projects.unit_claims.tests.conftest import OLD, World, found_out, handed_in
from waizhuan.shared.flow.api import WorkItem, perform
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
WHY = "民函 12 号"


def open_to(old: LegacyUnit) -> list[int]:
    return [c.id for c in neighbours.claims().open_to([old], False).get(old.pk, ())]


def by_hand(
    world: World, *, seen: Collection[int] = (), declined: Collection[int] = (), answer: str = ""
) -> LegacyUnit:
    return pairing.decide(
        actor=world.actor("head"),
        old_id=world.old.pk,
        unit_id=world.unit.pk,
        why=WHY,
        seen=seen,
        declined=declined,
        answer=answer,
    )


def test_which_claims_mean_an_old_unit(world: World) -> None:
    by_name, by_code = handed_in(world.actor("admin")), handed_in(world.actor("rival"), "别的写法", code="d-9")
    elsewhere = LegacyUnit.objects.create(key="#E", code="E", name="别的写法", name_key="别的写法", digest="x")
    former = LegacyUnit.objects.create(
        key="#F", code="F", name="某厂", name_key="某厂", other_names=[OLD], former=OLD, digest="x"
    )
    assert open_to(world.old) == [by_name.pk, by_code.pk]
    assert open_to(former) == [by_name.pk]
    assert open_to(elsewhere) == [by_code.pk]
    found_out(world, by_code, elsewhere)  # from now on it means that one alone
    assert (open_to(world.old), open_to(elsewhere)) == ([by_name.pk], [by_code.pk])
    perform(CLAIM, by_name, "withdraw", world.actor("admin"))
    assert open_to(world.old) == []
    nameless = LegacyUnit.objects.create(key="无", name="无", name_key="无", digest="x")
    assert open_to(nameless) == []  # no code is not the same code


def test_nobody_decides_over_a_claim_that_they_have_not_seen(world: World) -> None:
    claim = handed_in(world.actor("rival"))
    with pytest.raises(Refused, match="先看认领"):
        by_hand(world)
    with pytest.raises(Refused, match="请写明理由"):
        by_hand(world, seen={claim.pk}, declined={claim.pk}, answer="  ")
    assert LegacyUnit.objects.get(pk=world.old.pk).organisation_id is None
    for _ in range(2):  # pressed twice
        by_hand(world, seen={claim.pk}, declined={claim.pk}, answer="批文是 O'Brien 𠮷 的")
    claim.refresh_from_db()
    assert (claim.state, claim.old_id) == ("declined", None)
    assert not WorkItem.objects.filter(process=CLAIM.name, closed_at=None).exists()
    [told] = Message.objects.filter(account=world.people["rival"], template="unit_claims.declined")
    assert "批文是 O'Brien 𠮷 的" in told.body


def test_a_claim_that_is_not_ended_along_waits_on(world: World) -> None:
    """It may mean another old unit of that name."""
    claim = handed_in(world.actor("rival"))
    by_hand(world, seen={claim.pk}, declined={999})
    claim.refresh_from_db()
    assert claim.state == "ministry"


def test_the_unit_s_own_claim_is_decided_where_its_papers_are(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    for _ in range(2):
        with pytest.raises(Refused, match="在它的认领里决定") as refused:
            by_hand(world, seen={claim.pk})
        [verdict] = refused.value.verdicts
        assert verdict.remedy is not None
        assert verdict.remedy.args == (claim.pk,)
        claim = found_out(world, claim) if claim.state == "ministry" else claim


def test_what_the_unit_was_asked_for_is_not_needed_any_more(world: World) -> None:
    claim = perform(CLAIM, handed_in(world.actor("admin")), "ask", world.actor("clerk"), note="还缺一份")
    by_hand(world, seen={claim.pk})
    claim.refresh_from_db()
    assert (claim.state, claim.old_id) == ("accepted", world.old.pk)
    assert not WorkItem.objects.filter(process=CLAIM.name, closed_at=None).exists()
    told = Message.objects.filter(account=world.people["admin"], template="unit_claims.accepted")
    assert told.count() == 1


def test_the_page_shows_who_claims_it_and_ends_what_is_ticked(world: World) -> None:
    rival, client = handed_in(world.actor("rival")), world.client("head")
    where = f"/old-system/units/{world.old.pk}/"
    listed = client.get("/old-system/units/").content.decode()
    assert f"/old-units/{rival.pk}/review/" in listed
    page = client.get(where).content.decode()
    for text in ("北辰仪器公司", rival.number or "", f"/old-units/{rival.pk}/review/", "外国专家服务司核实中"):
        assert text in page
    typed = {"unit": world.unit.name, "why": WHY, "seen": rival.pk, "found": world.unit.pk}
    page = client.post(where, typed | {"found": "", "seen": ""}).content.decode()
    assert f'name="decline" value="{rival.pk}"' in page
    answer = client.post(where, typed | {"seen": "x"})
    assert answer.status_code == 422
    assert "先看认领" in answer.content.decode()
    page = client.post(where, typed | {"decline": rival.pk, "answer": ""}).content.decode()
    assert "请写明理由，认领的单位会看到" in page
    assert "checked" in page  # nothing ticked is lost
    assert client.post(where, typed | {"decline": rival.pk, "answer": "<script>"}).status_code == 302
    assert UnitClaim.objects.get().state == "declined"


def test_a_button_of_the_list_does_not_decide_over_a_claim(world: World) -> None:
    world.unit.former_names.create(name=OLD, name_key=OLD)
    rival, client = handed_in(world.actor("rival")), world.client("clerk")
    page = client.get("/old-system/units/").content.decode()
    assert "看过认领，再决定" in page
    given = {"old": world.old.pk, "unit": world.unit.pk}
    page = client.post("/old-system/units/", given).content.decode()
    assert f"/old-system/units/{world.old.pk}/" in page
    assert LegacyUnit.objects.get(pk=world.old.pk).organisation_id is None
    perform(CLAIM, rival, "withdraw", world.actor("rival"))
    assert client.post("/old-system/units/", given).status_code == 302


def test_a_clerk_reads_that_an_administrator_decides_without_a_code_or_a_name(world: World) -> None:
    client, where = world.client("clerk"), f"/old-system/units/{world.old.pk}/"
    typed = {"unit": world.unit.name, "why": WHY, "found": world.unit.pk}
    for _ in range(2):
        assert "要由司管理员决定" in client.post(where, typed).content.decode()
    assert LegacyUnit.objects.get(pk=world.old.pk).organisation_id is None
    assert world.client("head").post(where, typed).status_code == 302


def test_what_waits_for_an_administrator_is_not_ended_by_a_clerk(world: World) -> None:
    """Neither by giving the old unit to another one, for which a name speaks, nor by a request made by hand."""
    world.unit.former_names.create(name=OLD, name_key=OLD)
    rival, clerk, head = found_out(world, handed_in(world.actor("rival"))), world.client("clerk"), world.client("head")
    where = f"/old-system/units/{world.old.pk}/"
    typed = {"unit": world.unit.name, "why": WHY, "found": world.unit.pk, "seen": rival.pk, "decline": rival.pk,
             "answer": "归别人"}  # fmt: skip
    for declined in (str(rival.pk), ""):
        page = clerk.post(where, typed | {"decline": declined})
        assert page.status_code == 422
        assert "归哪个单位由司管理员决定" in page.content.decode()
    with pytest.raises(Hidden):
        perform(CLAIM, rival, "overtake", world.actor("clerk"), note="归别人")
    rival.refresh_from_db()
    assert (rival.state, LegacyUnit.objects.get(pk=world.old.pk).organisation_id) == ("decision", None)
    assert head.post(where, typed).status_code == 302
    rival.refresh_from_db()
    assert rival.state == "declined"


def test_one_character_is_not_searched(world: World) -> None:
    claim, client = handed_in(world.actor("admin"), "龘"), world.client("clerk")
    where = f"/old-units/{claim.pk}/review/"
    assert "没有这样的旧单位" in client.get(where).content.decode()
    page = client.get(where, {"q": "青"}).content.decode()
    assert "请至少写两个字" in page
    assert f'href="/old-system/units/{world.old.pk}/"' not in page
    LegacyUnit.objects.create(key="#龘", name="龘", name_key="龘", digest="x")
    assert 'type="radio" name="old"' in client.get(where).content.decode()  # called so, and no more
