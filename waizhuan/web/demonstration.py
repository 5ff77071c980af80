"""Puts the errands' demonstration data together: people and units, departments, calls, cases in every state."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from waizhuan.identity import demo, demo_world
from waizhuan.identity.api import actor_of
from waizhuan.identity.models import Account, LoginAlias, Organisation, Person
from waizhuan.identity.realname import demo as realname
from waizhuan.kernel.actor import Actor
from waizhuan.projects.applications import demo as applications
from waizhuan.projects.calls import demo as calls
from waizhuan.projects.calls.api import Call
from waizhuan.projects.departments import demo as departments
from waizhuan.projects.entry import demo as entry
from waizhuan.projects.legacy import demo as legacy
from waizhuan.projects.unit_claims import demo as unit_claims

STAFF = {
    "汐州市外国专家局": ("xizhou", ("周若川", "孙清和", "郑景行")),
    "江海省外国专家局": ("jianghai", None),
    "岭北省外国专家局": ("lingbei", None),
    "朔原省外国专家局": ("shuoyuan", None),
    "南浦市外国专家局": ("nanpu", None),
    "青石市外国专家局": ("qingshi", None),
}
#: Units of small cities, each in a district of its own: (login name, name, division, department, state of the profile).
SMALL = [
    ("qingshi_unit1", "青石陶瓷研究院", "420502", "青石市外国专家局", "approved"),
    ("qingshi_unit2", "青石水利设计院", "420505", "青石市外国专家局", "review"),
    ("xizhou_unit3", "汐州造船研究所", "330106", "汐州市外国专家局", "draft"),
]
STATES = [
    "approved",
    "approved",
    "recommend",
    "ministry_check",
    "decision",
    "unit_confirm",
    "more",
    "declined",
    "withdrawn",
    "draft",
    "approved",
    "recommend",
    "draft",
    "empty",
    "ministry_check",
    "approved",
]


def build(tell: Callable[[str], object]) -> None:
    """Everything, in one transaction: an interrupted run leaves an empty database."""
    with transaction.atomic():
        world = demo_world.build()
        LoginAlias.objects.create(key="linws", shown="LinWS", account=Account.objects.get(login_key="linwangshu"))
        offices = departments.build()
        for n, (name, (login, people)) in enumerate(STAFF.items()):
            demo_world.staff_of(offices[name], login, n, people)
        tell("people, units and departments")
        realname.build()
        tell("verifications")
        assert world.ministry is not None
        opened = calls.build(world.ministry)
        _profiles(world, offices)
        _small_units(offices)
        tell("unit profiles")
        _applications(world, opened)
        tell("applications")
        lead = Person.objects.get(account__login_key="limuyang")
        legacy.build(_acting("ministry_head", world.ministry), world.units[0], world.units[1], lead)
        tell("the old system")
        _claims(world)
        tell("claims to old units")


def _claims(world: demo_world.World) -> None:
    assert world.ministry is not None
    whose = {"ministry": 5, "asked": 2, "decision": 4, "withdrawn": 3}  # places in `world.units`

    def asks(state: str) -> Actor:
        unit = world.units[whose[state]]
        return actor_of(world.admins[unit.pk], acting_for=unit.pk)

    unit_claims.build(asks, _acting("ministry_clerk", world.ministry))


def _acting(login_name: str, organisation: Organisation) -> Actor:
    return actor_of(Account.objects.get(login_key=login_name), acting_for=organisation.pk, second_factor=True)


def _office(unit: Organisation, offices: dict[str, Organisation]) -> tuple[Organisation, str]:
    """The department of a demonstration unit by its division, and the login prefix of its staff."""
    name = {
        "330100": "汐州市外国专家局",
        "330200": "江海省外国专家局",
        "420100": "岭北省外国专家局",
        "620100": "朔原省外国专家局",
        "450100": "南浦市外国专家局",
    }[unit.division]
    return offices[name], STAFF[name][0]


def _profiles(world: demo_world.World, offices: dict[str, Organisation]) -> None:
    states = {15: "review", 10: "review", 5: "review", 16: "asked", 17: "declined", 18: "draft", 11: "withdrawn"}
    for i, unit in enumerate(world.units[:19]):
        office, login = _office(unit, offices)
        entry.profile(
            unit, world.admins[unit.pk], office, _acting(f"{login}_clerk1", office), state=states.get(i, "approved")
        )


def _small_units(offices: dict[str, Organisation]) -> None:
    for n, (login, name, division, department, state) in enumerate(SMALL):
        unit = demo.unit(login, name, 1100 + n, division=division)
        admin = demo.person(f"{login}_admin", demo.person_name(400 + n), 400 + n)
        demo.mandate(admin, unit, "unit.admin")
        office = offices[department]
        entry.profile(unit, admin, office, _acting(f"{STAFF[department][0]}_clerk1", office), state=state)


def _applications(world: demo_world.World, opened: list[Call]) -> None:
    assert world.ministry is not None
    ministry, head = _acting("ministry_clerk", world.ministry), _acting("ministry_head", world.ministry)
    approved = [u for i, u in enumerate(world.units[:15]) if i not in (5, 10, 11)]
    offices = {o.name: o for o in Organisation.objects.filter(kind="department")}
    for n, state in enumerate(STATES):
        # the first unit has one of nearly everything: it is the one that visitors try; the programme for the young has other ages
        unit = approved[0] if n < 10 else approved[n % len(approved)]
        office, login = _office(unit, offices)
        lead = None if state == "empty" else world.leads[unit.pk][n % 2]
        applications.application(
            unit,
            world.admins[unit.pk],
            lead,
            opened[n % 2 * 2],
            n,
            state=state,
            clerk=_acting(f"{login}_clerk1", office),
            ministry=ministry,
            head=head,
        )
