"""Numbers of units of other places, each with its own check; kept so that no credit code is ever mistaken for one."""

from __future__ import annotations

import pytest

from waizhuan.shared.refdata import unit_numbers as numbers
from waizhuan.shared.refdata.countries import countries


@pytest.mark.parametrize(
    ("place", "typed", "kept"),
    [
        ("HKG", "12345678", "HKG:12345678"),
        ("HKG", "12345678-000-05", ""),
        ("HKG", "１２３４５６７８-000", "HKG:12345678"),  # the branch is no part of who it is
        ("HKG", "1234567", ""),
        ("HKG", "1234567A", ""),
        ("MAC", "12345 so", "MAC:12345SO"),
        ("MAC", "12", ""),
        ("TWN", "00501503", "TWN:00501503"),
        ("TWN", "22099131", "TWN:22099131"),
        ("TWN", "00501502", ""),
        ("TWN", "0050150", ""),
        ("SWE", "556036-0793", "SWE:5560360793"),
        ("SWE", "a/1.2-b", "SWE:A/1.2B"),
        ("SWE", "ab", ""),
        ("SWE", "9" * 41, ""),
        ("SWE", "<b>x</b>", ""),
        ("SWE", "\x00\x00\x00", ""),
        ("SWE", "𠮷𠮷𠮷", ""),
    ],
)
def test_each_place_has_its_check(place: str, typed: str, kept: str) -> None:
    found = numbers.check(place, typed)
    if kept:
        assert (found.verdict.ok, found.number) == (True, kept)
        assert numbers.check_kept(kept).number == kept, "what is kept is right"
    else:
        assert not found.verdict.ok
        assert found.verdict.field == "uscc"
        assert found.key == ""


@pytest.mark.parametrize("digit", range(10))
def test_taiwan_s_check_digit_finds_a_wrong_digit(digit: int) -> None:
    """Of the ten last digits two at most are right (5 divides the sum)."""
    right = [d for d in range(10) if numbers.check("TWN", f"2209913{d}").verdict.ok]
    assert right == [1, 6]
    assert numbers.check("TWN", f"2209913{digit}").verdict.ok is (digit in right)


def test_taiwan_s_seven_in_the_seventh_place_counts_twice() -> None:
    assert numbers.check("TWN", "10458575").verdict.ok


def test_what_was_typed_without_its_place() -> None:
    assert "HKG:00501503" in numbers.may_mean("00501503")
    assert "TWN:00501503" in numbers.may_mean("00501503")
    assert numbers.is_meant("SWE:5560360793", "5560360793")
    assert not numbers.is_meant("SWE:5560360793", "5560360794")
    assert not numbers.is_meant("", "")


def test_places() -> None:
    assert numbers.place_of("91330100MA2CFRGJ2K") == "CHN"
    assert numbers.place_of("HKG:12345678") == "HKG"
    assert [numbers.unit_kind(p) for p in ("CHN", "HKG", "XXX")] == ["", "hkmt", "foreign"]


@pytest.mark.parametrize("typed", ["hrb-12 345/b", "00501503", "91310000MA1K35ND6U", "x", "", "O'Brien"])
def test_a_number_alone_is_tried_in_every_country(typed: str) -> None:
    tried = [numbers.check(place, typed) for place in [*(p for p, _ in countries()), numbers.ABROAD]]
    assert set(numbers.may_mean_anywhere(typed)) == {c.number for c in tried if c.verdict.ok}
