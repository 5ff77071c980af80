"""Looking up people by the number of a document, which is kept sealed and found by its fingerprint."""

from __future__ import annotations

from waizhuan.kernel import crypto
from waizhuan.shared.refdata import identity_numbers


def indexes_of(typed: str) -> list[str]:
    """The fingerprints of every document that this number can be. Nobody who types it says what kind of document it is, nor
    which country issued it: ask for all in one query."""
    return [crypto.blind_index("document", key) for key in identity_numbers.may_mean(typed)]
