"""Scopes, exports as tasks, and who gets the file."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from waizhuan.identity.api import Mandate
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import World
from waizhuan.projects.lookup import actions, jobs, queries, spreadsheet
from waizhuan.projects.lookup.models import Export
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.documents import stores
from waizhuan.shared.flow import queue
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: World) -> World:
    world.profile()
    world.application("approved", 3)
    world.application("recommend", 1)
    world.application("draft", 2)
    return world


def found(world: World, who: str, kind: str, **given: str) -> int:
    return int(queries.rows(kind, world.actor(who), given).count())


@pytest.mark.parametrize(
    ("who", "projects", "units", "experts"),
    [("admin", 3, 1, 1), ("clerk", 2, 1, 1), ("minister", 2, 1, 1), ("other_admin", 0, 0, 0), ("other_clerk", 0, 0, 0)],
)
def test_everybody_sees_their_own(ready: World, who: str, projects: int, units: int, experts: int) -> None:
    assert [found(ready, who, kind) for kind in ("projects", "units", "experts")] == [projects, units, experts]


def test_a_province_sees_its_cities(ready: World) -> None:
    from waizhuan.identity import demo

    province = ready.offices["江海省外国专家局"]
    ready.people["province"] = demo.person("province", "省里的人", 180)
    demo.mandate(ready.people["province"], province, "department.clerk")
    ready.posts["province"] = province
    assert [found(ready, "province", kind) for kind in ("projects", "units", "experts")] == [2, 1, 1]
    made = Application.objects.get(state="recommend")
    assert ready.client("province").get(f"/applications/{made.pk}/").status_code == 200  # to read
    assert ready.client("province").get(f"/review/{made.pk}/").status_code == 404  # not to decide


@pytest.mark.parametrize(
    ("kind", "given", "count"),
    [
        ("projects", {"q": "抗旱小麦"}, 1),
        ("projects", {"q": "sb-"}, 3),
        ("projects", {"q": "云溪"}, 3),
        ("projects", {"q": "没有的"}, 0),
        ("projects", {"state": "approved"}, 1),
        ("projects", {"year": "1999"}, 0),
        ("projects", {"category": "高端外国专家引进计划"}, 3),
        ("units", {"q": "云溪"}, 1),
        ("units", {"q": "青石"}, 0),
        ("units", {"state": "asked"}, 0),
        ("experts", {"q": "o'brien"}, 1),
        ("experts", {"state": "running"}, 1),
        ("experts", {"state": "over"}, 0),
        ("experts", {"q": "Nobody"}, 0),
    ],
)
def test_conditions_narrow(ready: World, kind: str, given: dict[str, str], count: int) -> None:
    assert found(ready, "admin", kind, **given) == count


def cells(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(
            book.read(name).decode() for name in book.namelist() if "sheet" in name or "sharedStrings" in name
        )


def test_a_sheet_is_made_told_of_and_fetched_by_its_asker_alone(ready: World) -> None:
    Application.objects.filter(state="approved").update(title="=cmd|'/c calc'!A0 𠮷")
    made = actions.ask_for_export(actor=ready.actor("admin"), kind="projects", conditions={"state": "approved"})
    with pytest.raises(Refused):
        actions.ask_for_export(actor=ready.actor("admin"), kind="units", conditions={})
    assert (jobs.make_exports(), jobs.make_exports()) == (1, 0)
    assert Message.objects.filter(account=ready.people["admin"], template="lookup.ready").exists()
    found, content = actions.fetch(actor=ready.actor("admin"), id=made.pk)
    assert (found.rows_done, found.rows_total) == (1, 1)
    assert "cmd|" in cells(content)
    assert "<f>" not in cells(content)  # text, never a formula
    for who in ("admin2", "clerk", "other_admin", "minister"):
        with pytest.raises(Hidden):
            actions.fetch(actor=ready.actor(who), id=made.pk)


def test_personal_numbers_are_masked_unless_a_purpose_is_given_and_audited(ready: World) -> None:
    for personal in (False, True):
        made = actions.ask_for_export(
            actor=ready.actor("minister"), kind="experts", conditions={}, personal=personal, purpose="年度审计核对"
        )
        jobs.make_exports()
        _, content = actions.fetch(actor=ready.actor("minister"), id=made.pk)
        assert ("P7000030" in cells(content)) is personal
        assert ("1975-06-06" in cells(content)) is personal
    entries = AuditEntry.objects.filter(verb="lookup.export").order_by("id")
    assert [e.detail["personal"] for e in entries] == [False, True]
    assert AuditEntry.objects.filter(verb="lookup.download").count() == 2


def test_who_lost_the_post_gets_nothing(ready: World) -> None:
    made = actions.ask_for_export(actor=ready.actor("clerk"), kind="projects", conditions={})
    Mandate.objects.filter(account=ready.people["clerk"]).update(withdrawn_at=clock.now())
    jobs.make_exports()
    made.refresh_from_db()
    assert made.rows_done == 0
    with pytest.raises(Hidden):
        actions.fetch(actor=ready.actor("clerk"), id=made.pk)


def test_a_killed_workers_export_is_taken_up_again(ready: World) -> None:
    made = actions.ask_for_export(actor=ready.actor("admin"), kind="projects", conditions={})
    Export.objects.update(state="working", beat_at=clock.now())
    assert jobs.make_exports() == 0  # somebody is at it
    Export.objects.update(beat_at=clock.now() - dt.timedelta(minutes=5), rows_done=2)
    assert jobs.make_exports() == 1
    made.refresh_from_db()
    assert (made.state, made.rows_done) == ("done", 3)


def test_a_slow_worker_whose_export_another_one_made_leaves_no_file(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: set[str] = set()
    put = stores.put

    def remembered(key: str, content: bytes) -> None:
        kept.add(key)
        put(key, content)

    monkeypatch.setattr(stores, "put", remembered)
    made = actions.ask_for_export(actor=ready.actor("admin"), kind="projects", conditions={})
    write = spreadsheet.write

    def slow(*args: Any, **kwargs: Any) -> bytes:
        monkeypatch.setattr(spreadsheet, "write", write)
        Export.objects.update(beat_at=clock.now() - dt.timedelta(minutes=5))
        assert jobs.make_exports() == 1  # the other worker
        return write(*args, **kwargs)

    monkeypatch.setattr(spreadsheet, "write", slow)
    jobs.make_exports()
    made.refresh_from_db()
    assert made.state == "done"
    assert {key for key in kept if stores.get(key) is not None} == {made.key}


def test_after_a_day_the_file_is_gone(ready: World) -> None:
    made = actions.ask_for_export(actor=ready.actor("admin"), kind="units", conditions={})
    jobs.make_exports()
    Export.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    with pytest.raises(Hidden):
        actions.fetch(actor=ready.actor("admin"), id=made.pk)
    assert (jobs.throw_away(), jobs.throw_away()) == (1, 0)
    made.refresh_from_db()
    assert (made.state, made.key) == ("gone", "")


def test_conditions_are_kept_per_person_and_organisation(ready: World) -> None:
    for state in ("approved", "draft"):
        actions.save_filter(actor=ready.actor("admin"), kind="projects", name="常用", conditions={"state": state})
    (kept,) = queries.filters_of(ready.actor("admin"), "projects")
    assert kept.conditions == {"state": "draft"}
    assert not queries.filters_of(ready.actor("admin2"), "projects").exists()
    actions.forget_filter(actor=ready.actor("admin2"), id=kept.pk)
    assert queries.filters_of(ready.actor("admin"), "projects").exists()
    for _ in range(2):
        actions.forget_filter(actor=ready.actor("admin"), id=kept.pk)
    assert not queries.filters_of(ready.actor("admin"), "projects").exists()
    for who in ("lead", "other_lead"):
        with pytest.raises(Hidden):
            actions.save_filter(actor=ready.actor(who), kind="projects", name="x", conditions={})


def test_an_export_on_which_three_workers_died_is_given_up_and_its_asker_told(ready: World) -> None:
    made = actions.ask_for_export(actor=ready.actor("admin"), kind="units", conditions={})
    Export.objects.filter(pk=made.pk).update(
        state="working", beat_at=clock.now() - dt.timedelta(minutes=5), tries=jobs.TRIES
    )
    jobs.make_exports()
    made.refresh_from_db()
    assert made.state == "failed"
    assert Message.objects.filter(account=ready.people["admin"], template="lookup.failed").count() == 1
    assert jobs.make_exports() == 0
    actions.ask_for_export(actor=ready.actor("admin"), kind="units", conditions={})  # one may ask again


def test_what_another_unit_said_of_an_expert_is_masked_and_not_found(ready: World) -> None:
    from waizhuan.projects.people.models import Engagement, Expert

    mine = Engagement.objects.select_related("expert").get()
    Expert.objects.filter(pk=mine.expert_id).update(employer="Elsewhere Institute", degree="11")
    columns = dict(spreadsheet.columns("experts", personal=False))

    def told(who: str) -> str:
        [expert] = queries.rows("experts", ready.actor(who), {})
        return str(columns["国外工作单位和职务"](expert))

    assert told("admin") == told("minister") == "Elsewhere Institute"
    later = Application.objects.exclude(pk=mine.application_id).first()
    assert later is not None
    Application.objects.filter(pk=later.pk).update(department=ready.offices["澄湖市外国专家局"])
    Engagement.objects.create(
        expert=mine.expert,
        application=later,
        unit=ready.units["other"],
        exclusive=False,
        days=10,
        starts_on=clock.today(),
        ends_on=clock.today(),
    )
    assert told("admin") == told("clerk") == "***"
    assert told("minister") == told("other_admin") == "Elsewhere Institute"
    assert found(ready, "admin", "experts", q="Elsewhere") == 0
    assert found(ready, "minister", "experts", q="Elsewhere") == 1
    assert "Elsewhere" not in ready.client("admin").get("/look-up/experts/").content.decode()


def test_old_projects_are_found_by_their_unit_its_department_and_the_ministry(ready: World) -> None:
    from waizhuan.projects.legacy import matching
    from waizhuan.projects.legacy.models import LegacyUnit
    from waizhuan.projects.linking.tests.conftest import old_account

    unit = LegacyUnit.objects.create(
        key="#a", code="a", name="云溪", name_key="云溪", uscc=ready.unit.uscc or "", digest="x"
    )
    nobody = LegacyUnit.objects.create(key="#b", code="b", name="不知名的", name_key="不知名的", digest="x")
    matching.match_organisation(ready.unit.pk)
    unit.refresh_from_db()
    old_account("A", unit, projects=2)
    old_account("B", nobody, projects=1)
    readers = ("admin", "clerk", "minister", "other_admin", "other_clerk")
    assert [found(ready, who, "old") for who in readers] == [2, 2, 3, 0, 0]
    assert found(ready, "clerk", "old", q="a") == 2  # by the old login name
    assert found(ready, "minister", "old", state="unmatched") == 1
    assert found(ready, "minister", "old", year="2015") == 3
    page = ready.client("clerk").get("/look-up/old/").content.decode()
    assert "A-1" in page
    assert "B-0" not in page
    assert "不知名的" in ready.client("minister").get("/look-up/old/").content.decode()
    made = actions.ask_for_export(actor=ready.actor("clerk"), kind="old", conditions={})
    jobs.make_exports()
    made.refresh_from_db()
    assert (made.state, made.rows_done) == ("done", 2)


def test_what_a_list_is_ordered_by_is_among_what_it_reads() -> None:
    for kind, order in queries.ORDERS.items():
        assert {name.lstrip("-") for name in order} <= set(queries.LISTED[kind])
    assert set(queue.ORDER) <= set(queue.SHOWN)
