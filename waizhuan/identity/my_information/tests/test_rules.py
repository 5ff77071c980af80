"""What stands in the way of closing an account, all at once, each with what mends it."""

from __future__ import annotations

from waizhuan.identity.my_information import rules


def test_everything_is_said_at_once() -> None:
    found = rules.against_closing(
        unit=True, open_work=[(1, "实名认证 SM-1"), (2, "申诉")], last_giver_of=[("汐州市外国专家局", True)]
    )
    assert [v.code for v in found] == ["D10", "D10", "D10", "C3"]
    assert rules.against_closing(unit=False, open_work=[], last_giver_of=[]) == []


def test_each_comes_with_what_mends_it() -> None:
    found = rules.against_closing(
        unit=False,
        open_work=[(n, "实名认证") for n in range(8)],
        last_giver_of=[("青石大学", True), ("云溪大学", False)],
    )
    remedies = [v.remedy.screen for v in found if v.remedy]
    assert remedies == [*["flow.open"] * 5, "web.home", "delegation.list", "organisations.switch"]
    assert "另外还有 3 件" in str(found[5].reason)
