"""What a contact is good for. No database."""

from __future__ import annotations

import datetime as dt

import pytest

from waizhuan.identity.contact_change.rules import PROVES_AFTER, speaks_for_holder

NOW = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("ago", "speaks"),
    [(None, True), (dt.timedelta(0), False), (PROVES_AFTER - dt.timedelta(seconds=1), False), (PROVES_AFTER, True)],
)
def test_a_contact_speaks_for_the_holder_once_the_account_had_it_for_thirty_days(
    ago: dt.timedelta | None, speaks: bool
) -> None:
    assert speaks_for_holder(None if ago is None else NOW - ago, NOW) is speaks
