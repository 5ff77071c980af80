"""What a call must look like. No database."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from waizhuan.projects.calls.rules import Terms, can_extend, check_pattern, check_terms, is_open, make_number

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=30)
GOOD = Terms(2026, NOW, LATER, 65, dt.date(2026, 1, 1), 7, 90, 1, 30_000_000, "G{year}-{serial:04d}")


def test_sound_terms_pass() -> None:
    assert check_terms(GOOD) == []
    assert make_number("G{year}-{serial:04d}", 2026, 7) == "G2026-0007"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("closes_at", {"closes_at": NOW}),
        ("year", {"year": 26}),
        ("max_age", {"max_age": 600}),
        ("age_on", {"age_on": None}),
        ("min_days", {"min_days": 0}),
        ("max_days", {"max_days": 3}),
        ("max_days", {"max_days": 10**6}),
        ("min_experts", {"min_experts": 0}),
        ("max_total_fen", {"max_total_fen": 0}),
        ("number_pattern", {"number_pattern": "G2026"}),
    ],
)
def test_each_slip_is_named(field: str, changes: dict[str, object]) -> None:
    assert [v.field for v in check_terms(dataclasses.replace(GOOD, **changes))] == [field]  # type: ignore[arg-type]


def test_all_slips_at_once() -> None:
    wrong = dataclasses.replace(GOOD, year=1, min_experts=0, number_pattern="x", max_total_fen=-1)
    assert len(check_terms(wrong)) == 4


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{serial}",
        "{year}",
        "{year}{serial}{serial}",
        "{year.__class__}{serial}",
        "{year}{serial!r}",
        "{year}{serial:999d}",
        "{",
        "{year}{serial:{year}d}",
        "x" * 60 + "{year}{serial}",
    ],
)
def test_patterns_that_do_harm_or_repeat_are_refused(pattern: str) -> None:
    assert not check_pattern(pattern)


def test_the_deadlines_own_moment_still_counts() -> None:
    assert is_open(NOW, LATER, LATER)
    assert not is_open(NOW, LATER, LATER + dt.timedelta(microseconds=1))
    assert not is_open(NOW, LATER, NOW - dt.timedelta(microseconds=1))


def test_a_deadline_moves_later_only() -> None:
    assert can_extend(LATER, LATER + dt.timedelta(days=1), NOW)
    assert not can_extend(LATER, LATER, NOW)
    assert not can_extend(NOW, NOW + dt.timedelta(days=1), LATER)
