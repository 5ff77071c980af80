"""The table of an appeal, without a database."""

from __future__ import annotations

import pytest

from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.kernel.actor import Actor

STRANGER, SYSTEM = Actor(), Actor(kind="system")


@pytest.mark.parametrize("state", ["review", "second", "objected"])
def test_every_state_that_waits_for_the_operator_has_one_working_day(state: str) -> None:
    """E10: the promise is a due time."""
    found = APPEAL.state(state)
    assert found.holder is not None
    assert found.due == 1


@pytest.mark.parametrize("name", [t.name for t in APPEAL.transitions])
def test_no_transition_is_open_to_strangers(name: str) -> None:
    transition = APPEAL.transition(name)
    subject = Appeal(state=transition.source[0], operator_id=1, kind="unit")
    assert not transition.by(STRANGER, subject).ok


@pytest.mark.parametrize("name", ["ask", "decline", "object", "uphold"])
def test_what_somebody_will_be_hurt_by_needs_its_reason(name: str) -> None:
    assert [need.name for need in APPEAL.transition(name).needs] == ["note"]


def test_nothing_is_approved_without_an_account() -> None:
    for name in ("approve", "recommend", "confirm", "uphold"):
        transition = APPEAL.transition(name)
        assert transition.when is not None
        assert not transition.when(type("Appeal", (), {"account_id": None})()).ok


def test_who_was_found_and_warned_may_object_only_while_it_is_cooling() -> None:
    assert APPEAL.transition("object").source == ("cooling",)
    assert APPEAL.transition("finish").by(SYSTEM, None).ok
