"""The roles of the experts system."""

from __future__ import annotations

from waizhuan.kernel.roles import Role, declare
from waizhuan.kernel.words import say


def declare_roles() -> None:
    """Make the experts system's roles known (called once, when the app starts)."""
    declare(
        Role("projects.lead", "projects", say("项目负责人"), say("填写和执行分配给自己的项目"), frozenset({"unit"})),
        Role(
            "department.clerk",
            "projects",
            say("归口单位经办人"),
            say("审核单位信息，办理本归口单位收到的事项"),
            frozenset({"department"}),
            second_factor=True,
        ),
        Role(
            "department.head",
            "projects",
            say("归口单位审批管理员"),
            say("审批并推荐项目，给本归口单位的人授权"),
            frozenset({"department"}),
            second_factor=True,
            gives=True,
        ),
        Role(
            "ministry.clerk",
            "projects",
            say("司经办人"),
            say("形式审查，办理司里收到的事项"),
            frozenset({"ministry"}),
            second_factor=True,
        ),
        Role(
            "ministry.head",
            "projects",
            say("司管理员"),
            say("批准项目，管理申报通知和归口单位，给司里的人授权"),
            frozenset({"ministry"}),
            second_factor=True,
            gives=True,
        ),
    )
