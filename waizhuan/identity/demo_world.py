"""The people, units and organisations of the demonstration: who they are and which posts they hold.

Login names are documented in the README; the matrix of roles × routes signs in as them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock

UNIT_NAMES = [
    ("云溪理工大学", "institution"),
    ("松岭农业科学院", "institution"),
    ("临潭生物研究所", "institution"),
    ("汐州仁和医院", "institution"),
    ("南浦北辰精密制造有限公司", "enterprise"),
    ("青屿海洋研究所", "institution"),
    ("澄湖职业技术学院", "institution"),
    ("云桥软件（临潭）有限公司", "enterprise"),
    ("朔方大学", "institution"),
    ("南浦材料测试中心", "institution"),
    ("汐州矿业大学", "institution"),
    ("澄湖风能装备有限公司", "enterprise"),
    ("岭北草业科学研究院", "institution"),
    ("朔原师范大学", "institution"),
    ("南浦港口集团有限公司", "enterprise"),
    ("汐州园艺作物研究所", "institution"),
    ("澄湖光电技术有限公司", "enterprise"),
    ("临潭中医药大学", "institution"),
    ("天枢航天材料研究院", "institution"),
    ("玉衡国际教育交流协会", "social_organisation"),
]


@dataclass
class World:
    """Handles to what the other errands' demonstration data builds upon."""

    units: list[Organisation] = field(default_factory=list)
    people: list[Account] = field(default_factory=list)
    leads: dict[int, list[Account]] = field(default_factory=dict)  # unit id → its project leads
    admins: dict[int, Account] = field(default_factory=dict)  # unit id → its administrator
    ministry: Organisation | None = None
    operator: Organisation | None = None


def build() -> World:
    """Twenty units, a hundred people, the ministry and the operator. Departments come from their own errand."""
    world = World()
    _operator_and_ministry(world)
    login_names = ["yunxi", *[f"unit{i}" for i in range(2, 21)]]
    for i, ((name, kind), login_name) in enumerate(zip(UNIT_NAMES, login_names, strict=True)):
        division = ("330100", "330200", "420100", "620100", "450100")[i % 5]
        world.units.append(
            demo.unit(
                login_name,
                name,
                1000 + i,
                division=division,
                unit_kind=kind,
                verified=i != 19,
                address=f"科技大道 {i + 1} 号",
            )
        )
    named = [("chenzhiwei", "陈知微"), ("linwangshu", "林望舒"), ("limuyang", "李沐阳"), ("hanxu", "韩叙")]
    for n in range(80):
        login_name, name = named[n] if n < len(named) else (f"person{n}", demo.person_name(n))
        world.people.append(demo.person(login_name, name, n, verified=n % 13 != 12))
    world.people.append(demo.person("annalindqvist", "Anna Lindqvist", 90, language="en"))
    world.people.append(demo.person("maimaiti", "买买提·吐尔逊", 91))
    _posts(world)
    demo.old_account("WGZJXM_qianwl", "钱文澜", demo.mobile(95))
    demo.old_account("WGZJXM_zhaojm", "赵嘉木")
    return world


def _operator_and_ministry(world: World) -> None:
    world.operator = demo.organisation(
        "operator", "平台运营中心", public_phone="400-820-8820", public_hours="工作日 9:00 – 17:30"
    )
    world.ministry = demo.organisation(
        "ministry", "外国专家服务司", public_phone="010-58880000", public_hours="工作日 9:00 – 17:00"
    )
    staff = [
        ("operator1", "秦安澜", world.operator, "operator.reviewer"),
        ("operator2", "许青禾", world.operator, "operator.senior"),
        ("sysadmin", "何嘉树", world.operator, "operator.system"),
        ("security", "吕听澜", world.operator, "operator.security"),
        ("auditor", "曹书白", world.operator, "operator.auditor"),
        ("ministry_clerk", "严修齐", world.ministry, "ministry.clerk"),
        ("ministry_clerk2", "姜南乔", world.ministry, "ministry.clerk"),
        ("ministry_head", "陶怀瑾", world.ministry, "ministry.head"),
    ]
    for i, (login_name, name, organisation, role) in enumerate(staff):
        holder = demo.person(login_name, name, 200 + i)
        demo.mandate(
            holder, organisation, *(("ministry.head", "ministry.clerk") if role == "ministry.head" else (role,))
        )
        world.people.append(holder)
    # a second senior: whoever confirmed a unit's appeal does not decide on the objection to it
    demo.mandate(demo.person("operator3", "郑知秋", 200 + len(staff)), world.operator, "operator.senior")


def _posts(world: World) -> None:
    """Each unit has an administrator and two leads; the first administrator serves two units (C: several units)."""
    chenzhiwei, linwangshu, limuyang = world.people[8], world.people[9], world.people[10]
    others = iter([p for p in world.people[12:] if p.person.real_name == "passed"])
    for i, unit in enumerate(world.units[:19]):
        admin = chenzhiwei if i == 0 else next(others)
        leads = [linwangshu, limuyang] if i == 0 else [next(others), next(others)]
        demo.mandate(admin, unit, "unit.admin", until=clock.now() + dt.timedelta(days=300))
        for lead in leads:
            demo.mandate(lead, unit, "projects.lead")
        world.admins[unit.pk], world.leads[unit.pk] = admin, leads


def staff_of(department: Organisation, login_prefix: str, n: int, names: tuple[str, str, str] | None = None) -> None:
    """Two clerks and a head for a department: `<prefix>_clerk1`, `<prefix>_clerk2`, `<prefix>_head`."""
    for i, (suffix, role) in enumerate(
        (("clerk1", "department.clerk"), ("clerk2", "department.clerk"), ("head", "department.head"))
    ):
        name = names[i] if names else demo.person_name(300 + n * 3 + i)
        holder = demo.person(f"{login_prefix}_{suffix}", name, 300 + n * 3 + i)
        demo.mandate(
            holder, department, *(("department.head", "department.clerk") if role.endswith("head") else (role,))
        )
