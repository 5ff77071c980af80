"""What links an old account, rule by rule."""

from __future__ import annotations

import itertools

import pytest

from waizhuan.projects.linking import rules
from waizhuan.projects.linking.rules import Evidence


def evidence(**known: object) -> Evidence:
    nothing = {
        "verified": True,
        "number": "",
        "phone": False,
        "unit_known": False,
        "authorised": False,
        "same_login": False,
    }
    return Evidence(**{**nothing, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "how"),
    [
        ({"number": "same"}, "number"),
        ({"phone": True, "authorised": True}, "phone"),
        ({"phone": True}, ""),
        ({"authorised": True}, ""),
        ({"number": "different", "phone": True, "authorised": True}, ""),
        ({"number": "same", "verified": False}, ""),
        ({"number": "same", "linked": "other"}, ""),
        ({"same_login": True}, ""),
    ],
)
def test_what_is_sufficient(known: dict[str, object], how: str) -> None:
    assert rules.sufficient(evidence(**known)) == how


def test_the_same_login_name_never_changes_anything() -> None:
    """F10, for everything else that may be known."""
    for verified, number, phone, unit, authorised in itertools.product(
        (True, False), ("", "same", "different"), (True, False), (True, False), (True, False)
    ):
        with_name, without = (
            Evidence(verified, number, phone, unit, authorised, same_login=name) for name in (True, False)
        )
        assert rules.sufficient(with_name) == rules.sufficient(without)


def test_every_finding_says_something_and_the_name_is_said_not_to_count() -> None:
    found = rules.findings(evidence(same_login=True, number="different"))
    assert [f.tone for f in found] == ["ok", "bad", "warn", "warn", "none"]
    assert all(str(f.text) for f in found)
    assert "不算依据" in str(found[-1].text)


def test_claims_and_hand_overs() -> None:
    assert rules.may_claim(evidence(), claimed=False).ok
    assert rules.may_claim(evidence(verified=False), claimed=False).code == "D1"
    assert rules.may_claim(evidence(linked="other"), claimed=False).code == "F11"
    assert not rules.may_claim(evidence(linked="me"), claimed=False).ok
    assert not rules.may_claim(evidence(), claimed=True).ok
    assert not rules.may_decide(own=True).ok
    assert rules.may_hand_over(linked=False, same_unit=True, known=True).ok
    assert not rules.may_hand_over(linked=True, same_unit=True, known=True).ok
    assert not rules.may_hand_over(linked=False, same_unit=False, known=True).ok
    assert rules.may_hand_over(linked=False, same_unit=True, known=False).field == "person"
