"""What `make bench-check` calls beyond a bound."""

from __future__ import annotations

from tests.benchmarks.__main__ import KNOWN, _note


def test_what_is_beyond_is_told_and_what_is_known_is_excused_so_far_and_no_further() -> None:
    beyond: list[str] = []
    assert _note("home", "ratio", 4.0, 4.0, beyond) == ""
    assert "known" in _note("submit", "queries", 17, 12, beyond)
    assert beyond == []
    assert _note("submit", "queries", 18, 12, beyond) == "beyond: queries"
    assert _note("home", "growth", 1.3, 1.2, beyond) == "beyond: growth"
    assert beyond == ["submit: queries 18.00, bound 17", "home: growth 1.30, bound 1.2"]
    assert all(why for _most, why in KNOWN.values())
