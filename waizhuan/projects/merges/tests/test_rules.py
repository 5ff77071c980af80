"""The rule of one line, of a request, of an undo."""

from __future__ import annotations

import pytest

from waizhuan.projects.merges import rules
from waizhuan.projects.merges.rules import Project

UNIT, OTHER, A, C = 1, 2, 7, 9


@pytest.mark.parametrize(
    ("project", "source", "target", "ok"),
    [
        (Project(UNIT, A), A, C, True),
        (Project(UNIT, A), A, None, True),
        (Project(UNIT, None), None, C, True),
        (Project(UNIT, None), None, None, True),  # from the old account to the unit, on purpose
        (Project(OTHER, A), A, C, False),
        (Project(None, None), None, C, False),
        (Project(UNIT, C), A, C, False),
        (Project(UNIT, None, moved=True), None, C, False),  # the unit's own by an earlier merge
        (Project(UNIT, None), A, C, False),
        (Project(UNIT, C), C, C, False),
    ],
)
def test_one_line(project: Project, source: int | None, target: int | None, ok: bool) -> None:
    verdict = rules.may_move(project, unit=UNIT, source=source, target=target)
    assert verdict.ok is ok
    assert ok or str(verdict.reason)


def test_a_request_says_everything_at_once() -> None:
    wrong = rules.may_ask(verified=False, source_given=False, same=False, known=False, lines=0, busy="")
    assert [v.field for v in wrong] == ["", "source", "target"]
    fine = {"verified": True, "source_given": True, "same": False, "known": True, "lines": 1, "busy": ""}
    assert rules.may_ask(**fine) == []  # type: ignore[arg-type]
    assert [v.field for v in rules.may_ask(**{**fine, "lines": 0})] == ["source"]  # type: ignore[arg-type]
    assert "HB-1" in str(rules.may_ask(**{**fine, "busy": "HB-1"})[0].reason)  # type: ignore[arg-type]
    assert [v.field for v in rules.may_ask(**{**fine, "same": True})] == ["target"]  # type: ignore[arg-type]


def test_the_seal_or_the_confirmation() -> None:
    assert rules.may_submit(letter=True, confirmed=False, lines=1) == []
    assert rules.may_submit(letter=False, confirmed=True, lines=1) == []
    assert len(rules.may_submit(letter=False, confirmed=False, lines=0)) == 2
    assert rules.may_confirm(verified=True, target_is_actor=False).ok
    assert not rules.may_confirm(verified=False, target_is_actor=False).ok
    assert not rules.may_confirm(verified=True, target_is_actor=True).ok
    assert not rules.may_decide(own=True).ok


def test_carrying_out_and_undoing() -> None:
    assert rules.may_execute(changed=0, target_fits=True).ok
    assert not rules.may_execute(changed=1, target_fits=True).ok
    assert not rules.may_execute(changed=0, target_fits=False).ok
    assert rules.may_undo(changed=0, listed=0, target_fits=True).ok
    assert [
        rules.may_undo(changed=1, listed=0, target_fits=True).ok,
        rules.may_undo(changed=0, listed=1, target_fits=True).ok,
        rules.may_undo(changed=0, listed=0, target_fits=False).ok,
    ] == [False] * 3
