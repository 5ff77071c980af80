"""When two accounts may become one, without a database."""

from __future__ import annotations

import dataclasses

import pytest

from waizhuan.identity.account_merges.process import MERGE
from waizhuan.identity.account_merges.rules import Facts, may_decide, may_merge, may_undo
from waizhuan.shared.flow.process import check


def test_two_plain_accounts_may() -> None:
    assert may_merge(Facts()) == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("same", True, "另一个"),
        ("natural", False, "自然人"),
        ("closed", True, "注销"),
        ("locked", True, "锁定"),
        ("staff", True, "工作人员"),
        ("apart", True, "同一个人担任"),
        ("verified", False, "实名认证"),
        ("elsewhere", True, "另一个合并"),
        ("disowned", True, "证明不再算数"),
        ("busy", ("SM-1",), "SM-1"),
    ],
)
def test_each_obstacle_is_said(field: str, value: object, says: str) -> None:
    [verdict] = may_merge(dataclasses.replace(Facts(), **{field: value}))  # type: ignore[arg-type]
    assert says in str(verdict.reason)
    assert verdict.code == "F11"


def test_all_obstacles_at_once() -> None:
    assert len(may_merge(Facts(closed=True, locked=True, staff=True, verified=False, busy=("A", "B")))) == 5


def test_two_people_neither_of_them_concerned() -> None:
    assert may_decide(9, (1, 2)).ok
    assert not may_decide(1, (1, 2)).ok
    assert not may_decide(2, (1, 2)).ok
    assert not may_decide(9, (1, 2), decided=True).ok


def test_undo_only_while_nothing_depends_on_it() -> None:
    fine = {"changed": 0, "survivor_closed": False, "document_taken": False, "phone_taken": False}
    assert may_undo(**fine).ok  # type: ignore[arg-type]
    for name, value in (("changed", 1), ("survivor_closed", True), ("document_taken", True), ("phone_taken", True)):
        assert not may_undo(**(fine | {name: value})).ok  # type: ignore[arg-type]


def test_the_table_is_sound() -> None:
    assert check(MERGE) == []
