"""The table: sound, and who may do what. No database."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from waizhuan.identity.realname.process import CASE, by_reviewer_where_clear, by_reviewer_where_contested, by_senior
from waizhuan.identity.realname.rules import OPEN
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.shared.flow.process import check

ASKER = Actor(account_id=1, name="陈知微", kind="natural")
REVIEWER = Actor(account_id=2, organisation_id=9, organisation_kind="operator", roles=frozenset({"operator.reviewer"}))
SENIOR = Actor(account_id=3, organisation_id=9, organisation_kind="operator", roles=frozenset({"operator.senior"}))
ELSEWHERE = Actor(account_id=4, organisation_id=8, organisation_kind="operator", roles=frozenset({"operator.reviewer"}))
AUDITOR = Actor(account_id=5, organisation_id=9, organisation_kind="operator", roles=frozenset({"operator.auditor"}))


def case(state: str, **given: object) -> SimpleNamespace:
    known = {
        "state": state,
        "operator_id": 9,
        "asker_account_id": 1,
        "conflict_with_id": None,
        "first_by_id": None,
        "decided": None,
    }
    return SimpleNamespace(**(known | {"asked_at": None, "pk": 7, "kind": "person", "name": "陈知微"} | given))


def test_the_table_is_sound() -> None:
    assert check(CASE) == []
    assert {s.name for s in CASE.states if not s.final} == set(OPEN)


def test_the_operator_has_one_working_day_d2() -> None:
    assert CASE.state("review").due == 1
    assert CASE.state("second").due == 1
    post = CASE.state("review").holder(case("review"))  # type: ignore[misc]
    assert (post.organisation_id, post.role) == (9, "operator.reviewer")  # type: ignore[union-attr]
    upper = CASE.state("review").upper(case("review"))  # type: ignore[misc]
    assert (upper.organisation_id, upper.role) == (9, "operator.senior")  # type: ignore[union-attr]
    above = CASE.state("second").upper(case("second"))  # type: ignore[misc]
    assert (above.organisation_id, above.role) == (9, "operator.system")  # type: ignore[union-attr]
    assert CASE.state("second").upper_page == "delegation.list"


@pytest.mark.parametrize(
    ("state", "actor", "expected"),
    [
        ("upload", ASKER, {"submit", "withdraw", "recheck"}),
        ("review", ASKER, {"withdraw"}),
        ("asked", ASKER, {"answer", "withdraw"}),
        ("review", REVIEWER, {"approve", "ask", "decline"}),
        ("review", SENIOR, {"approve", "ask", "decline"}),
        ("review", ELSEWHERE, set()),
        ("review", AUDITOR, set()),
        ("second", REVIEWER, set()),
        ("second", SENIOR, {"confirm", "ask", "decline"}),
        ("checking", the_system(), {"auto_pass", "auto_fail", "void"}),
        ("checking", ASKER, set()),
        ("passed", ASKER, set()),
        ("passed", SENIOR, set()),
        ("declined", SENIOR, set()),
    ],
)
def test_who_may_do_what(state: str, actor: Actor, expected: set[str]) -> None:
    assert {t.name for t in CASE.leaving(state) if t.by(actor, case(state)).ok} == expected


def test_a_contested_number_takes_two() -> None:
    contested = case("review", conflict_with_id=5)
    assert not by_reviewer_where_clear(REVIEWER, contested).ok
    assert by_reviewer_where_contested(REVIEWER, contested).ok
    assert not by_reviewer_where_contested(REVIEWER, case("review")).ok
    assert not by_senior(SENIOR, case("second", decided=True)).ok
    assert by_senior(SENIOR, case("second", decided=False)).ok


def test_asking_for_more_happens_once() -> None:
    ask = CASE.transition("ask")
    assert ask.when(case("review")).ok
    assert not ask.when(case("review", asked_at="2026-03-09")).ok


def test_where_the_links_of_work_lead() -> None:
    assert CASE.screen(case("review"), True) == ("realname.review", (7,))
    assert CASE.screen(case("review"), False) == ("realname.case", (7,))
    assert CASE.screen(case("upload"), True) == ("realname.upload", (7,))
    assert CASE.screen(case("passed"), False) == ("realname.case", (7,))
