"""A change is laid down with a day and a reason, done on that day, kept for good."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused
from waizhuan.projects.conftest import World
from waizhuan.projects.departments import actions, queries
from waizhuan.projects.departments.history import Standing, as_of
from waizhuan.projects.departments.models import DepartmentChange
from waizhuan.projects.departments.tests.conftest import begin, confirm
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db
WHY = "外专发〔2026〕12号"


def day(n: int) -> dt.date:
    return clock.today() + dt.timedelta(days=n)


def rename(
    world: World, name: str, *, on: int = 0, office: str = "汐州市外国专家局", by: Actor | None = None, **more: Any
) -> DepartmentChange:
    row = world.offices[office]
    return actions.edit(
        actor=by or world.actor("minister"),
        id=row.pk,
        values={"name": name, **more},
        effective_on=day(on),
        reason=WHY,
        seen=queries.newest_change(row.pk),
    )


def stood(on: dt.date, id: int) -> Standing | None:
    return next((s for s in as_of(on) if s.id == id), None)


def test_a_new_name_counts_at_once_and_the_old_one_stays(world: World) -> None:
    world.profile()
    change = rename(world, "汐州市科学技术局", public_phone="0571-12345")
    world.bureau.refresh_from_db()
    assert (world.bureau.name, world.bureau.public_phone) == ("汐州市科学技术局", "0571-12345")
    assert (change.state, change.before["name"], change.reason) == ("done", "汐州市外国专家局", WHY)
    assert [n.department.name for n in queries.looked_up(text="汐州市外国专家局")] == [
        "江海省外国专家局"
    ]  # its province
    told = Message.objects.filter(template="departments.renamed")
    assert {m.account_id for m in told} == {
        world.people["admin"].pk, world.people["admin2"].pk, world.unit.account_id,
    }  # fmt: skip
    assert AuditEntry.objects.filter(verb="departments.done").count() == 1


def test_a_change_for_later_waits_for_its_day(world: World) -> None:
    change = rename(world, "汐州市科学技术局", on=10)
    assert (change.state, actions.apply_due()) == ("planned", 0)
    world.bureau.refresh_from_db()
    assert world.bureau.name == "汐州市外国专家局"
    with clock.frozen(clock.now() + dt.timedelta(days=10)):
        assert actions.apply_due() == 1
        assert actions.apply_due() == 0
    world.bureau.refresh_from_db()
    assert world.bureau.name == "汐州市科学技术局"


def test_as_it_was_and_as_it_will_be(world: World) -> None:
    id, now, minister, before = world.bureau.pk, clock.now(), world.actor("minister"), world.bureau.address
    with clock.frozen(now - dt.timedelta(days=100)):
        rename(world, "第二个名称", address="路 1 号", by=minister)
    with clock.frozen(now - dt.timedelta(days=50)):
        rename(world, "第三个名称", by=minister)
        made = actions.add(
            actor=minister,
            values={"name": "新河市外国专家局", "tier": "city", "division": "330300",
                    "parent_id": world.offices["江海省外国专家局"].pk},
            effective_on=day(0),
            reason=WHY,
        )  # fmt: skip
    rename(world, "第四个名称", on=20)
    names = {n: (s.name if (s := stood(day(n), id)) else None) for n in (-101, -100, -51, -50, 0, 19, 20, 300)}
    assert names == {
        -101: "汐州市外国专家局", -100: "第二个名称", -51: "第二个名称", -50: "第三个名称", 0: "第三个名称",
        19: "第三个名称", 20: "第四个名称", 300: "第四个名称",
    }  # fmt: skip
    assert stood(day(-101), id).address == before  # type: ignore[union-attr]
    assert stood(day(-100), id).address == "路 1 号" != before  # type: ignore[union-attr]
    assert made.department_id
    assert stood(day(-51), made.department_id) is None
    assert stood(day(-50), made.department_id) is not None
    assert {s.id for s in as_of(day(0))} == set(
        Organisation.objects.filter(kind="department").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("typed_on", [10, 12])
def test_changes_are_taken_back_in_the_order_in_which_they_were_done(world: World, typed_on: int) -> None:
    """A planned one after one that was typed earlier on its day; one that came late, after one of a later day."""
    minister, id, was = world.actor("minister"), world.bureau.pk, world.bureau.name
    rename(world, "计划的名称", on=10)
    with clock.frozen(clock.now() + dt.timedelta(days=typed_on)):
        rename(world, "早上的名称", by=minister)
    with clock.frozen(clock.now() + dt.timedelta(days=typed_on, hours=1)):
        actions.apply_due()
        names = [s.name if (s := stood(day(n), id)) else None for n in (-typed_on, -typed_on + 9, 0)]
    assert names == [was, was, "计划的名称"]


def test_a_planned_department_is_there_from_its_day_on(world: World) -> None:
    change = actions.add(
        actor=world.actor("minister"),
        values={"name": "中国工程院国际合作局", "tier": "central", "division": ""},
        effective_on=day(5),
        reason=WHY,
    )
    assert (change.department, change.state) == (None, "planned")
    assert [s.name for s in as_of(day(5)) if s.id < 0] == ["中国工程院国际合作局"]
    with clock.frozen(clock.now() + dt.timedelta(days=6)):
        actions.apply_due()
    change.refresh_from_db()
    assert change.department is not None
    assert change.department.active_from == day(5)


def test_what_cannot_be_done_on_its_day_is_told_and_holds_up_nothing(world: World) -> None:
    first, second = rename(world, "同一个名称", on=1), rename(world, "同一个名称", on=1, office="澄湖市外国专家局")
    third = rename(world, "别的名称", on=1, office="临潭市外国专家局")
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert actions.apply_due() == 3
    for change in (first, second, third):
        change.refresh_from_db()
    assert (first.state, second.state, third.state) == ("done", "failed", "done")
    told = Message.objects.get(template="departments.failed")
    assert told.account_id == world.people["minister"].pk
    assert "同一个名称" in told.body


def test_what_breaks_on_its_day_holds_up_nothing_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = rename(world, "汐州市科学技术局", on=1), rename(world, "别的名称", on=1, office="临潭市外国专家局")
    apply = actions.apply

    def breaks(actor: Actor, change: DepartmentChange) -> None:
        apply(actor, change)
        if change.pk == first.pk:
            raise RuntimeError

    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        with monkeypatch.context() as patch:
            patch.setattr(actions, "apply", breaks)
            assert actions.apply_due() == 1
        assert [r.message for r in caplog.records if r.exc_info] == ["a planned change broke"]
        for change in (first, second):
            change.refresh_from_db()
        assert (first.state, second.state) == ("planned", "done")
        assert not queries.named(["汐州市科学技术局"])
        assert actions.apply_due() == 1
    assert queries.named(["汐州市科学技术局"])


def test_what_failed_says_why_and_what_to_do_in_the_readers_language(world: World) -> None:
    """The whole ministry hears of it, whoever laid it down; other departments' changes go on."""
    second = demo.person("minister2", "秦司长", 191)
    demo.mandate(second, world.ministry, "ministry.head")
    Account.objects.filter(pk=second.pk).update(language="en")
    minister, province = world.actor("minister"), world.offices["朔原省外国专家局"]
    city = {"name": "新河市外国专家局", "tier": "city", "division": "620200", "parent_id": province.pk}
    added = actions.add(actor=minister, values=city, effective_on=day(1), reason=WHY)
    confirm(world, begin(world, "close", [province], [world.offices["岭北省外国专家局"].pk]))
    rename(world, "汐州市科学技术局", on=1)
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert actions.apply_due() == 2
        assert queries.named(["汐州市科学技术局"])
        page = world.client("minister").get("/departments/changes/").content.decode()
    added.refresh_from_db()
    assert added.state == "failed"
    assert "上级归口单位已经撤并，请另选上级" in page
    told = dict(Message.objects.filter(template="departments.failed").values_list("account_id", "body"))
    assert "“新河市外国专家局”的新设到了日子没有生效：上级归口单位已经撤并" in told[world.people["minister"].pk]
    english = told[second.pk]
    assert "新河市外国专家局" in english
    assert not re.search(r"[\u4e00-\u9fff]", english.replace("新河市外国专家局", ""))


def test_everything_that_is_wrong_is_said_at_once(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        actions.add(
            actor=world.actor("minister"), values={"name": "澄湖市外国专家局"}, effective_on=day(-1), reason=" "
        )
    assert [v.field for v in refusal.value.verdicts] == ["tier", "division", "effective_on", "reason", "name"]


def test_a_city_that_came_from_another_province_stays_editable(world: World) -> None:
    """Its root gave way to one elsewhere; it keeps its place, may be written and split there, and has new neighbours."""
    minister, other = world.actor("minister"), world.offices["岭北省外国专家局"]
    confirm(world, begin(world, "close", [world.offices["江海省外国专家局"]], [other.pk]))
    rename(world, "汐州市科学技术局", division="330102")
    neighbour = {"name": "新河市外国专家局", "tier": "city", "division": "330300", "parent_id": other.pk}
    assert actions.add(actor=minister, values=neighbour, effective_on=day(0), reason=WHY).state == "done"
    with pytest.raises(Refused, match="地区代码不在上级的省内"):
        actions.add(actor=minister, values={**neighbour, "name": "新岭市外国专家局", "division": "620200"},
                    effective_on=day(0), reason=WHY)  # fmt: skip
    halves = [{"name": "汐州东局", "division": "330102"}, {"name": "汐州西局", "division": "330106"}]
    confirm(world, begin(world, "split", [world.bureau], halves))
    assert {"汐州东局", "汐州西局"} <= {c.name for c in queries.cities_of(other.pk)}


def test_a_provinces_place_is_corrected_before_those_of_its_cities(world: World) -> None:
    rename(world, "朔原省外国专家局", office="朔原省外国专家局", division="630000")
    rename(world, "朔方市外国专家局", office="朔方市外国专家局", public_phone="0971-12345")
    rename(world, "朔方市外国专家局", office="朔方市外国专家局", division="630100")
    assert [c.division for c in queries.cities_of(world.offices["朔原省外国专家局"].pk)] == ["630100"]


def test_two_writers_do_not_overwrite_each_other(world: World) -> None:
    rename(world, "第二个名称")
    with pytest.raises(Refused, match="同事刚才也改了"):
        actions.edit(
            actor=world.actor("minister"), id=world.bureau.pk, values={"address": "路 1 号"}, effective_on=day(0),
            reason=WHY, seen=0,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        demo.organisation("department", "第二个名称", tier="city")  # the database's own guarantee


def test_a_planned_change_can_be_dropped_a_done_one_not(world: World) -> None:
    minister, planned, done = world.actor("minister"), rename(world, "甲局名", on=3), rename(world, "乙局名")
    actions.drop(actor=minister, id=planned.pk)
    actions.drop(actor=minister, id=planned.pk)
    with pytest.raises(Conflict):
        actions.drop(actor=minister, id=done.pk)
    with clock.frozen(clock.now() + dt.timedelta(days=3)):
        assert actions.apply_due() == 0


@pytest.mark.parametrize("who", ["minister_clerk", "head", "admin", "nobody"])
def test_only_the_ministrys_administrators_write(world: World, who: str) -> None:
    actor = world.actor(who) if who != "nobody" else world.actor("lead")
    with pytest.raises(Hidden):
        actions.edit(actor=actor, id=world.bureau.pk, values={"name": "甲局"}, effective_on=day(0), reason=WHY, seen=0)
    with pytest.raises(Hidden):
        actions.drop(actor=actor, id=1)
