"""What stands in the way of closing an account, all at once."""

from __future__ import annotations

from waizhuan.identity.my_information import rules


def test_everything_is_said_at_once() -> None:
    found = rules.against_closing(unit=True, open_work=2, last_giver_of=["汐州市外国专家局"])
    assert [v.code for v in found] == ["D10", "D10", "C3"]
    assert rules.against_closing(unit=False, open_work=0, last_giver_of=[]) == []
