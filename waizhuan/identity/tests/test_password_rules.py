"""What a password must be (B4), under both profiles. No database."""

from __future__ import annotations

import pytest

from waizhuan.identity import password_check
from waizhuan.identity.password_rules import SPECIALS, objections, rules

GOOD = "Shanhai-2026!"


def open_rules(
    password: str, profile: str = "dengbao3", *, common: bool = False, words: tuple[str, ...] = ()
) -> set[str]:
    return {r.code for r in rules(password, profile=profile, common=common, words=words) if not r.met}


def test_a_good_password_meets_every_rule() -> None:
    assert open_rules(GOOD) == set()
    assert objections(GOOD, profile="dengbao3", common=False, words=()) == []


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("", {"length", "common", "similar", "kinds"}),
        ("Ab1!", {"length"}),
        ("Aa1!" * 33, {"length"}),  # 132 characters
        ("shanhai2026", {"kinds"}),
        ("Shanhai2026", set()),  # three of four kinds are enough
        ("Shanhai-2026 空", {"allowed"}),
        ("Shanhai-2026\x00", {"allowed"}),
    ],
)
def test_dengbao_asks_for_ten_characters_of_three_kinds(password: str, wrong: set[str]) -> None:
    assert open_rules(password) == wrong


@pytest.mark.parametrize("special", SPECIALS)
def test_every_special_character_that_is_shown_is_allowed(special: str) -> None:
    assert open_rules(f"Shanhai2026{special}") == set()


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("correct horse battery", set()),  # blanks, no capitals, no digits: length is what counts
        ("山海之间有一条很长很长的路通向远方", set()),
        (GOOD, {"length"}),
    ],
)
def test_nist_asks_for_length_alone(password: str, wrong: set[str]) -> None:
    assert open_rules(password, "nist") == wrong


@pytest.mark.parametrize(
    ("password", "profile"),
    [
        ("Waizhuan-3026!", "dengbao3"),
        ("wgzjxm_ABC-26", "dengbao3"),
        ("ForeignExpert99!", "dengbao3"),
        ("我在外专系统里的那个密码就是这一个", "nist"),
        ("云溪理工大学的门口有两棵很大的树", "nist"),
        ("韩叙每天早上都要去河边走一走再回来", "nist"),
    ],
)
def test_names_of_the_service_the_unit_and_the_person_are_too_close(password: str, profile: str) -> None:
    assert open_rules(password, profile, words=("云溪理工大学", "韩叙")) == {"similar"}


@pytest.mark.parametrize("password", ["MaiMaiTi_1-26", "xMAIMAITI99!", "maimaiti_2"])
def test_names_of_the_account_are_too_close(password: str) -> None:
    assert "similar" in open_rules(password, words=("maimaiti",))


def test_a_short_name_forbids_nothing() -> None:
    """Two characters stand in half of all passwords."""
    assert "similar" not in open_rules("Shanhai-Li-26", words=("Li", "李"))


def test_every_rule_that_is_not_met_is_said_at_once() -> None:
    said = objections("maimaiti", profile="dengbao3", common=True, words=("maimaiti",))
    assert len(said) == 4
    assert {(v.field, v.code) for v in said} == {("password", "B4")}


@pytest.mark.parametrize("password", ["password123", "PASSWORD123", " password123 ", "1234567890"])
def test_the_common_ones_are_known_offline(password: str) -> None:
    assert password_check.is_common(password)


def test_the_profile_is_a_setting(settings) -> None:  # type: ignore[no-untyped-def]
    assert password_check.sheet().shortest == 10
    settings.ENV = {**settings.ENV, "PASSWORD_PROFILE": "nist"}
    assert password_check.sheet().shortest == 15
    assert [r.code for r in password_check.sheet().rules] == ["length", "common", "similar"]
    assert all(len(p) >= 15 for p in password_check.common_of_length(15))
