"""Personal data at rest."""

from __future__ import annotations

import pytest

from waizhuan.kernel import crypto


def test_what_is_sealed_opens_only_where_it_belongs() -> None:
    sealed = crypto.seal("买买提·吐尔逊 𠮷", "identity.person.doc_number")
    assert "买买提" not in sealed
    assert crypto.unseal(sealed, "identity.person.doc_number") == "买买提·吐尔逊 𠮷"
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(sealed, "identity.account.phone")


def test_an_altered_value_does_not_open() -> None:
    sealed = crypto.seal("x" * 40, "a.b")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(altered, "a.b")


def test_keys_rotate_and_an_unknown_key_is_named(settings) -> None:  # type: ignore[no-untyped-def]
    settings.FIELD_KEYS = ["old:" + "11" * 16]
    sealed = crypto.seal("value", "a.b")
    settings.FIELD_KEYS = ["new:" + "22" * 16, "old:" + "11" * 16]
    assert crypto.unseal(sealed, "a.b") == "value"
    assert crypto.seal("value", "a.b").startswith("new:")
    settings.FIELD_KEYS = ["new:" + "22" * 16]
    with pytest.raises(crypto.CannotOpen, match="old"):
        crypto.unseal(sealed, "a.b")


def test_blind_indexes_keep_purposes_apart() -> None:
    assert crypto.blind_index("phone", "1") == crypto.blind_index("phone", "1")
    assert crypto.blind_index("phone", "1") != crypto.blind_index("document", "1")
    assert crypto.blind_index("phone", "") == ""


def test_sm3_is_the_standards() -> None:
    """GB/T 32905-2016, example 1."""
    assert crypto.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
