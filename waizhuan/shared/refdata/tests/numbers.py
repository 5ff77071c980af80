"""Valid numbers for the tests, made as the standards say."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from waizhuan.shared.refdata.identity_numbers import subject_check_character, uscc_check_character

BIRTHS = st.dates(dt.date(1930, 1, 1), dt.date(2015, 12, 31))
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(body: str) -> str:
    """ISO 7064 MOD 11-2, written out from the standard."""
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(body))
    return body + "0123456789X"[(12 - total % 11) % 11]


@st.composite
def resident_ids(draw: DrawFn) -> str:
    division = draw(st.sampled_from(["110101", "330106", "330113", "330114", "653131", "440300", "500101", "659001"]))
    return with_check(f"{division}{draw(BIRTHS):%Y%m%d}{draw(st.integers(0, 999)):03d}")


@st.composite
def permanent_ids(draw: DrawFn) -> str:
    return with_check(f"932{'682'}{draw(BIRTHS):%Y%m%d}{draw(st.integers(0, 999)):03d}")


@st.composite
def usccs(draw: DrawFn) -> str:
    subject = draw(st.text(USCC, min_size=8, max_size=8))
    body = draw(st.sampled_from(["11", "12", "51", "52", "91", "92", "A1", "N2", "Y1"])) + "330100"
    body += subject + subject_check_character(subject)
    return body + uscc_check_character(body)
