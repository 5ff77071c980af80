"""The rules of appeals, without a database."""

from __future__ import annotations

import pytest

from waizhuan.identity.appeals import papers, rules


@pytest.mark.parametrize("kind", ["person", "phone", "unit", "rename"])
@pytest.mark.parametrize("contested", [True, False])
@pytest.mark.parametrize("locked", [True, False])
def test_units_and_whatever_is_contested_or_locked_take_two_people(kind: str, contested: bool, locked: bool) -> None:
    two = contested or locked or kind in ("unit", "rename")
    assert rules.needs_two(kind, contested=contested, locked=locked) is two


@pytest.mark.parametrize(
    ("reachable", "lately", "days"), [(False, False, 0), (False, True, 3), (True, False, 1), (True, True, 3)]
)
def test_the_cooling_off_time_follows_the_risk(reachable: bool, lately: bool, days: int) -> None:
    """E10."""
    assert rules.cooling_days(reachable=reachable, signed_in_lately=lately) == days


@pytest.mark.parametrize(
    ("reviewer", "account", "decided", "concerned", "ok"),
    [
        (1, 2, False, False, True),
        (1, None, False, False, True),
        (1, 1, False, False, False),  # one's own account
        (1, 2, True, False, False),  # the second look after one's own first
        (1, 2, False, True, False),  # one's own document
    ],
)
def test_nobody_decides_on_their_own_case(
    reviewer: int, account: int | None, decided: bool, concerned: bool, ok: bool
) -> None:
    assert rules.may_review(reviewer, account, decided=decided, concerned=concerned).ok is ok


def test_an_objection_is_another_persons_and_the_refusal_says_whose() -> None:
    assert "请另一位复核员决定" in str(rules.may_review(1, 2, decided=True, objected=True).reason)
    assert rules.may_review(1, 2, objected=True).ok


@pytest.mark.parametrize("state", ["review", "second", "objected", "cooling", "approved", "declined", "withdrawn"])
def test_papers_are_fixed_once_they_are_handed_in(state: str) -> None:
    assert not rules.may_add(state).ok
    assert rules.may_add("draft").ok
    assert rules.may_add("asked").ok


def test_one_asks_for_more_once() -> None:
    assert rules.may_ask(False).ok
    assert not rules.may_ask(True).ok


@pytest.mark.parametrize(
    ("kind", "doc_type", "codes"),
    [
        ("person", "resident_id", ["form", "id_front", "id_back"]),
        ("person", "passport", ["form", "passport_page"]),
        ("phone", "resident_id", ["form", "id_front", "id_back"]),
        ("unit", "resident_id", ["form", "id_front", "id_back", "certificate"]),
        ("rename", "hkm_permit", ["form", "permit_front", "permit_back", "certificate", "statement"]),
    ],
)
def test_the_papers_of_each_kind(kind: str, doc_type: str, codes: list[str]) -> None:
    """E1, E11, F7: both sides of the card; seal and certificate for units; the statement for a change of name."""
    slots = papers.slots(kind, doc_type)
    assert [s.code for s in slots if s.required] == codes
    if kind in rules.UNITS:
        assert all(s.hint == papers.COPY for s in slots if s.code.endswith(("front", "back")))
