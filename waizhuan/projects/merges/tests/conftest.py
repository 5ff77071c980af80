"""A unit whose department is known, two leads, an old account, applications in different hands."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from waizhuan.identity import demo
from waizhuan.identity.api import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications.models import Application
from waizhuan.projects.applications.process import PROCESS
from waizhuan.projects.calls import demo as calls
from waizhuan.projects.calls.api import Call
from waizhuan.projects.entry.models import UnitProfile
from waizhuan.projects.legacy.models import LegacyProject
from waizhuan.projects.linking.tests.conftest import Place, acting, make_place, old_account
from waizhuan.projects.merges import actions
from waizhuan.projects.merges.models import Merge
from waizhuan.projects.merges.process import MERGE
from waizhuan.shared.flow.api import perform, start


@dataclass
class World:
    """`a` leads (and leaves), `c` takes over; `clerk` reviews."""

    place: Place
    a: Account
    c: Account
    department: Organisation
    clerk_account: Account
    ministry: Organisation
    call: Call

    @property
    def admin(self) -> Actor:
        return acting(self.place.admin, self.place.unit)

    @property
    def clerk(self) -> Actor:
        return acting(self.clerk_account, self.department)

    def application(self, lead: Account | None, n: int, unit: Place | None = None) -> Application:
        """An application of the unit, led by `lead`, still being filled in."""
        place = unit or self.place
        admin = acting(place.admin, place.unit)
        made = Application(
            call=self.call,
            unit=place.unit,
            title=f"项目 {n}",
            title_key=f"项目{n}",
            asker_organisation=place.unit,
            asker_account=place.admin,
        )
        start(PROCESS, made, admin)
        return perform(PROCESS, made, "assign", admin, data={"lead": lead.pk}) if lead else made

    def asked(self, *, old=None, person: Account | None = None, target: Account | None = None) -> Merge:  # type: ignore[no-untyped-def]
        return actions.ask(
            actor=self.admin,
            old=old,
            person=person.pk if person else None,
            target=str(target.pk) if target else "unit",
            reason="原管理员离职",
        )

    def handed_in(self, merge: Merge) -> Merge:
        actions.confirm(actor=self.admin, merge=merge)
        return actions.submit(actor=self.admin, merge=merge, version=None)

    def moved(self, merge: Merge) -> Merge:
        return perform(MERGE, self.handed_in(merge), "approve", self.clerk)


@pytest.fixture
def world(db: None) -> World:
    return build()


def build() -> World:
    ministry = demo.organisation("ministry", "外国专家服务司")
    department = demo.organisation("department", "汐州市外国专家局", tier="city")
    place = make_place("yunxi", "云溪理工大学", 1000, 10)
    c = demo.person("successor", "沈继任", 30)
    demo.mandate(c, place.unit, "projects.lead")
    clerk = demo.person("clerk", "周若川", 40)
    demo.mandate(clerk, department, "department.clerk")
    UnitProfile.objects.create(
        unit=place.unit, department=department, state="approved", asker_organisation=place.unit, updated_at=clock.now()
    )
    return World(place, place.lead, c, department, clerk, ministry, calls.build(ministry)[0])


def owners() -> dict[str, int | None]:
    """Who leads each old project and each application."""
    found: dict[str, int | None] = dict(LegacyProject.objects.values_list("number", "lead_id"))
    return found | {str(number): lead for number, lead in Application.objects.values_list("number", "lead_id")}


__all__ = ["World", "acting", "build", "make_place", "old_account", "owners", "world"]
