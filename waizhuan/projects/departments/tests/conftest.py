"""A department with something of everything that can hang on one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.apps import apps

from waizhuan.identity import demo
from waizhuan.identity.api import Organisation, actor_of
from waizhuan.kernel import clock
from waizhuan.projects.applications.models import Application
from waizhuan.projects.conftest import World, picture
from waizhuan.projects.departments import moving, reorganising
from waizhuan.projects.departments.models import Reorganisation
from waizhuan.projects.departments.reorganising import Wanted
from waizhuan.projects.entry import demo as entry_demo
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.handover import actions as handover
from waizhuan.projects.handover.models import HandOver
from waizhuan.projects.linking.models import Claim
from waizhuan.projects.linking.process import CLAIM
from waizhuan.projects.linking.tests.conftest import old_account
from waizhuan.projects.lookup.models import SavedFilter
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.projects.unit_changes import actions as unit_changes
from waizhuan.projects.unit_changes.models import UnitChange
from waizhuan.shared.flow.api import WorkItem, start

WEST, EAST = "330106", "330102"
WHY = "外专发〔2026〕12号"
NEW: Wanted = {"name": "汐州市西区外国专家局", "public_phone": "12345"}
NEW_EAST: Wanted = {"name": "汐州市东区外国专家局"}


def begin(
    world: World, kind: str, sources: Sequence[Organisation], heirs: Sequence[Wanted], *, on: int = 0
) -> Reorganisation:
    return reorganising.begin(
        actor=world.actor("minister"),
        kind=kind,
        sources=[s.pk for s in sources],
        heirs=heirs,
        effective_on=clock.today() + dt.timedelta(days=on),
        reason=WHY,
    )


def confirm(world: World, plan: Reorganisation) -> Reorganisation:
    return reorganising.confirm(actor=world.actor("minister"), id=plan.pk, version=plan.version)


@dataclass
class Full:
    """`west` and `east`: units in two districts of the bureau's city; `drafting`: a third that has only begun."""

    world: World
    west: Organisation
    east: Organisation
    drafting: Organisation
    recommending: Application
    ranked: Application
    change: UnitChange
    coming: UnitChange  # a unit of elsewhere that wants to come
    hand_over: HandOver
    merge: Merge
    claim: Claim

    @property
    def source(self) -> Organisation:
        return self.world.bureau


@pytest.fixture
def full(world: World) -> Full:
    west, east = world.units["unit"], world.units["other"]
    Organisation.objects.filter(pk=west.pk).update(division=WEST)
    Organisation.objects.filter(pk=east.pk).update(division=EAST)
    drafting = demo.unit("drafting", "汐州海洋所", 1002, division=WEST)
    begun = demo.person("begun", "许初心", 140)
    demo.mandate(begun, drafting, "unit.admin")
    elsewhere = demo.unit("elsewhere", "澄湖生物所", 1003, division="330200")
    comer = demo.person("comer", "何远来", 141)
    demo.mandate(comer, elsewhere, "unit.admin")
    clerk = world.actor("clerk")
    world.profile()
    world.profile(state="review", unit="other", admin="other_admin")
    entry_demo.profile(drafting, begun, world.bureau, clerk, state="draft")
    entry_demo.profile(
        elsewhere, comer, world.offices["澄湖市外国专家局"], world.actor("other_clerk"), state="approved"
    )
    recommending, ranked = world.application("recommend", 0), world.application("approved", 1)
    merge = Merge(
        unit=west, person=world.people["lead2"], department=world.bureau, role="department.clerk", reason="离职",
        asker_organisation=west, asker_account=world.people["admin"],
    )  # fmt: skip
    start(MERGE, merge, world.actor("admin"))
    claim = Claim(
        old=old_account("old1", None), decider=world.bureau, role="department.clerk", words="是我的",
        asker_account=world.people["lead"], asker_organisation=west,
    )  # fmt: skip
    start(CLAIM, claim, world.actor("lead"))
    hand_over = handover.begin(
        actor=world.actor("head"), at=world.bureau, leaver=world.people["head"].pk, name="韩叙",
        sought=demo.resident_id(190), why="轮岗", day=clock.today(),
    )  # fmt: skip
    SavedFilter.objects.create(account=world.people["clerk"], organisation=world.bureau, kind="projects", name="我的")
    found = Full(
        world, west, east, drafting, recommending, ranked,
        asked(world, "admin", west, address="新路 1 号"),
        asked(world, "comer", elsewhere, account=comer, department=str(world.bureau.pk)),
        hand_over, merge, claim,
    )  # fmt: skip
    taken = WorkItem.objects.filter(organisation=world.bureau, closed_at=None, process="applications.application")
    taken.update(assignee=world.people["clerk"])
    return found


def asked(world: World, who: str, unit: Organisation, account=None, **given: str) -> UnitChange:  # type: ignore[no-untyped-def]
    actor = actor_of(account or world.people[who], acting_for=unit.pk)
    change = unit_changes.draft_for(actor)
    change = unit_changes.save(actor=actor, change=change, given=given, why="搬家了")
    unit_changes.PAPERS.add(actor, change, picture())
    return unit_changes.submit(actor=actor, change=change, version=None)


def census() -> Counter[str]:
    """How many rows there are of everything that follows a department, of open work, of mandates that count."""
    counted: Counter[str] = Counter()
    for key in moving.FOLLOWS:
        label, _, name = key.rpartition(".")
        rows = apps.get_model(label)._default_manager.exclude(**{name: None})
        narrowed = {
            moving.STAFF: {"withdrawn_at": None},
            moving.CITIES: {"active_from": None},
        }  # founded ones come on top
        counted[key] = rows.filter(**narrowed.get(key, {})).count()
    counted[moving.WORK] = WorkItem.objects.filter(closed_at=None).count()
    counted["profiles"] = UnitProfile.objects.count()
    return counted
