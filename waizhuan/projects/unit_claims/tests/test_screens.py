"""The pages: typing, keeping, deciding."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyProject, LegacyUnit
from waizhuan.projects.unit_claims.models import UnitClaim
from waizhuan.projects.unit_claims.process import CLAIM
from waizhuan.projects.unit_claims.tests.conftest import OLD, World, handed_in, paper
from waizhuan.shared.flow.api import perform

pytestmark = pytest.mark.django_db


def test_what_is_typed_and_uploaded_is_kept(world: World) -> None:
    client = world.client("admin")
    assert "/old-units/" in client.get("/old-system/projects/").content.decode()
    assert "认领一个旧单位" in client.get("/old-units/").content.decode()
    typed = {"old_name": "<script>𠮷", "old_code": "O'Brien", "why": "", "seen": ""}
    page = client.post("/old-units/new/", typed | {"submit": "1"})
    assert page.status_code == 422
    claim = UnitClaim.objects.get()
    assert (claim.old_name, claim.old_code) == ("<script>𠮷", "O'BRIEN")
    body = page.content.decode()
    assert "&lt;script&gt;𠮷" in body
    assert 'id="file-error"' in body
    assert body.count("请上传依据") == 2  # above the form, and beside the field
    where = f"/old-units/{claim.pk}/form/"
    typed["seen"] = _seen(claim)
    body = client.post(where, typed | {"upload": "1"}).content.decode()
    assert body.count("请选择要上传的文件") == 2  # above it leads to the field, and beside the field to the article
    assert body.count("/help/E12/") == 1
    typed["seen"] = _seen(claim)
    assert client.post(where, typed | {"upload": "1", "file": paper()}).status_code == 302
    assert client.post(where, typed | {"save": "1"}).status_code == 422  # saved since
    typed |= {"seen": _seen(claim), "why": "x" * 2000}
    assert client.post(where, typed | {"save": "1"}).status_code == 422
    claim.refresh_from_db()
    assert claim.old_name == "<script>𠮷"
    typed |= {"why": "批文", "old_name": OLD}
    assert client.post(where, typed | {"submit": "1"})["Location"] == f"/old-units/{claim.pk}/"
    assert client.post(where, typed | {"submit": "1"})["Location"] == f"/old-units/{claim.pk}/"  # pressed twice
    body = client.get(f"/old-units/{claim.pk}/").content.decode()
    assert "外国专家服务司核实中" in body
    for who in ("rival", "clerk"):
        for address in (where, f"/old-units/{claim.pk}/"):
            assert world.client(who).get(address).status_code == 404
    assert world.client("rival").get(f"/old-units/{claim.pk}/review/").status_code == 404


def test_a_draft_stands_at_its_address_so_that_two_presses_begin_no_other(world: World) -> None:
    client = world.client("admin")
    client.post("/old-units/new/", {"old_name": OLD, "why": "批文", "seen": "", "save": "1"})
    claim = UnitClaim.objects.get()
    where = f"/old-units/{claim.pk}/form/"
    assert client.get("/old-units/new/")["Location"] == where
    page = client.post("/old-units/new/", {"old_name": OLD, "why": "", "seen": _seen(claim), "submit": "1"})
    assert f'action="{where}"' in page.content.decode()


def test_a_file_that_was_chosen_goes_along_with_any_button(world: World) -> None:
    """Without JavaScript it is not uploaded by being chosen."""
    client = world.client("admin")
    typed = {"old_name": OLD, "why": "批文", "seen": "", "submit": "1", "file": paper()}
    assert client.post("/old-units/new/", typed).status_code == 302
    claim = UnitClaim.objects.get()
    assert (claim.state, claim.documents.count()) == ("ministry", 1)


def test_the_ministry_reads_what_was_taken_back_before(world: World) -> None:
    claim, head = handed_in(world.actor("admin")), world.actor("head")
    where = f"/old-units/{claim.pk}/review/"
    pairing.pair(actor=head, old_id=world.old.pk, unit_id=world.unit.pk, why="先办了")
    pairing.part(actor=head, old_id=world.old.pk, unit_id=world.unit.pk, why="批文是另一个厂的")
    assert "批文是另一个厂的" in world.client("clerk").get(where).content.decode()
    other = handed_in(world.actor("rival"))
    assert "批文是另一个厂的" not in world.client("clerk").get(f"/old-units/{other.pk}/review/").content.decode()


def _seen(claim: UnitClaim) -> str:
    claim.refresh_from_db()
    return claim.updated_at.isoformat()


def test_the_ministry_decides(world: World) -> None:
    claim, client = handed_in(world.actor("admin")), world.client("clerk")
    handed_in(world.actor("rival"))
    where = f"/old-units/{claim.pk}/review/"
    body = client.get(where).content.decode()
    for text in (OLD, "D9", "北辰仪器公司也认领了", f"/old-system/units/{world.old.pk}/"):
        assert text in body
    assert "没有这样的旧单位" in client.get(where, {"q": "没有"}).content.decode()
    given = {"transition": "propose", "version": claim.version, "note": ""}
    for wrong in ("", "x", "9" * 30):
        page = client.post(where, given | {"old": wrong})
        assert page.status_code == 422
        assert 'id="id_old_error"' in page.content.decode()  # beside the old units, too
    assert client.post(where, given | {"old": "1999999999"}).status_code == 404
    assert client.post(where, given | {"old": world.old.pk}).status_code == 302
    assert client.post(where, given | {"old": world.old.pk}).status_code == 302  # pressed twice
    assert not LegacyProject.objects.filter(organisation=world.unit).exists()
    head, approve = world.client("head"), {"transition": "accept", "version": claim.version + 1, "note": ""}
    assert client.post(where, approve).status_code == 404  # the clerk's own finding
    for _ in range(2):
        assert head.post(where, approve).status_code == 302
    assert LegacyProject.objects.filter(organisation=world.unit).count() == 2
    known = client.get(where).content.decode()
    assert "核实下来，是这个旧单位" in known
    assert "可能是哪个旧单位" not in known  # it is known: nothing is to be searched for
    assert "看旧系统的项目" in world.client("admin").get(f"/old-units/{claim.pk}/").content.decode()


def test_the_note_says_of_each_button_who_reads_it(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    where = f"/old-units/{claim.pk}/review/"
    found = world.client("clerk").get(where).content.decode()
    assert "“请单位补充”、“不通过”：要写理由；“就是这个单位，报批准”：可以不写。写的内容申请单位会看到。" in found
    assert "退回核实" not in found
    perform(CLAIM, claim, "propose", world.actor("clerk"), data={"old": world.old.pk})
    decided = world.client("head").get(where).content.decode()
    assert "“退回核实”、“不通过”：要写理由；“批准”：可以不写。写的内容申请单位会看到，“退回核实”的除外。" in decided
    assert "请单位补充" not in decided.split("对方看到的")[0]
    perform(CLAIM, UnitClaim.objects.get(pk=claim.pk), "give_back", world.actor("head"), note="公章不清楚")
    assert "公章不清楚" not in world.client("admin").get(f"/old-units/{claim.pk}/").content.decode()
    assert "公章不清楚" in world.client("clerk").get(where).content.decode()


def test_a_unit_that_is_not_verified_reads_why_not(world: World) -> None:
    Organisation.objects.filter(pk=world.unit.pk).update(real_name="none")
    client = world.client("admin")
    assert client.post("/old-units/new/", {})["Location"] == "/old-units/"
    assert "去实名认证" in client.get("/old-units/").content.decode()


def test_the_pages_cost_the_same_with_one_and_thirty(world: World) -> None:
    claim = handed_in(world.actor("admin"))
    admin, clerk = world.client("admin"), world.client("clerk")
    pages = ((admin, "/old-units/"), (admin, f"/old-units/{claim.pk}/"), (clerk, f"/old-units/{claim.pk}/review/"))

    def cost() -> list[int]:
        found = []
        for client, address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    cost()
    one = cost()
    for n in range(30):
        LegacyUnit.objects.create(key=f"#{n}", name=f"{OLD}{n}", name_key=f"{OLD}{n}", digest="x")
        UnitClaim.objects.create(
            unit=world.unit, ministry=world.ministry, old_name=f"厂{n}", name_key=f"厂{n}", state="ministry"
        )
        if n < 10:
            unit = demo.unit(f"u{n}", f"第{n}家", 3000 + n)
            UnitClaim.objects.create(unit=unit, ministry=world.ministry, old_name=OLD, name_key=OLD, state="ministry")
    many = cost()
    assert many == one
    assert max(many) <= 12
