"""The platform's own roles, and those that every organisation of a kind holds."""

from __future__ import annotations

from waizhuan.kernel.roles import Role, declare
from waizhuan.kernel.words import say

OPERATOR = frozenset({"operator"})
#: The three administrators (三员分立, GB/T 22239-2019): nobody is two of them, and none of them works on cases.
ADMINISTRATORS = ("operator.system", "operator.security", "operator.auditor")
CASE_WORK = ("operator.reviewer", "operator.senior")


def _apart(code: str) -> frozenset[str]:
    return frozenset({*ADMINISTRATORS, *CASE_WORK} - {code})


def declare_roles() -> None:
    """Make the platform's roles known (called once, when the app starts)."""
    declare(
        Role(
            "unit.admin",
            "platform",
            say("单位管理员"),
            say("代表单位办理各项事务，可以给人授权、分配项目"),
            frozenset({"unit"}),
            gives=True,
        ),
        Role(
            "operator.reviewer",
            "platform",
            say("身份核验员"),
            say("人工核验身份证件，处理找回申诉"),
            OPERATOR,
            second_factor=True,
        ),
        Role(
            "operator.senior",
            "platform",
            say("复核员"),
            say("复核单位申诉和号码冲突，和核验员必须是两个人"),
            OPERATOR,
            second_factor=True,
        ),
        Role(
            "operator.system",
            "platform",
            say("系统管理员"),
            say("日历、机构、接入系统等设置，看不到个人信息"),
            OPERATOR,
            second_factor=True,
            apart_from=_apart("operator.system"),
            gives=True,
        ),
        Role(
            "operator.security",
            "platform",
            say("安全管理员"),
            say("锁定账号、结束会话、查看安全事件"),
            OPERATOR,
            second_factor=True,
            apart_from=_apart("operator.security"),
        ),
        Role(
            "operator.auditor",
            "platform",
            say("审计员"),
            say("查看并校验审计日志，不能办理任何业务"),
            OPERATOR,
            second_factor=True,
            apart_from=_apart("operator.auditor"),
        ),
    )
