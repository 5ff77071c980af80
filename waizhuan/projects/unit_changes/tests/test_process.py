from __future__ import annotations

from waizhuan.projects.unit_changes import rules
from waizhuan.projects.unit_changes.process import CHANGE
from waizhuan.shared.flow.process import check


def test_the_table_is_sound() -> None:
    assert check(CHANGE) == []


def test_every_waiting_office_has_a_promise_and_somebody_above_it() -> None:
    for name in ("department", "receiving", "ministry"):
        state = CHANGE.state(name)
        assert state.due == rules.DAYS
        assert state.upper is not None


def test_only_agreement_reaches_applied() -> None:
    assert {t.name for t in CHANGE.transitions if t.target == "applied"} == {"note_down", "agree", "approve"}
    assert all(t.effect for t in CHANGE.transitions if t.target == "applied")


def test_the_unit_may_withdraw_as_long_as_nothing_is_decided() -> None:
    assert set(CHANGE.transition("withdraw").source) == {"draft", *rules.WAITING}
