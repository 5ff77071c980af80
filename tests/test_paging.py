"""Keyset pages, forwards and backwards, and cursors that are none."""

from __future__ import annotations

import base64
import json

import pytest

from waizhuan.kernel.paging import page
from waizhuan.projects.conftest import HOSTILE
from waizhuan.shared.flow.models import Counter

pytestmark = pytest.mark.django_db
ORDER = ("-value", "name")


@pytest.fixture
def fifty() -> None:
    Counter.objects.bulk_create(Counter(name=f"{n:03d}", value=n // 2) for n in range(50))


def names(cursor: str) -> tuple[list[str], str, str]:
    found = page(Counter.objects.all(), ORDER, cursor, 20)
    return [c.name for c in found.rows], found.next, found.previous


def test_every_row_once_and_back_again(fifty: None) -> None:
    first, after, before = names("")
    assert before == ""
    second, after2, before2 = names(after)
    third, end, _ = names(after2)
    assert (len(first), len(second), len(third), end) == (20, 20, 10, "")
    assert len({*first, *second, *third}) == 50
    assert names(before2)[0] == first


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        "MQ",
        "9" * 500,
        base64.urlsafe_b64encode(json.dumps([0, "a", {"b": 1}]).encode()).decode(),
        base64.urlsafe_b64encode(b'[0, "1; DROP TABLE", "x"]').decode(),
        "\x00",
        base64.urlsafe_b64encode(b'[0, Infinity, "x"]').decode(),
        base64.urlsafe_b64encode(b'[0, 1, "\\u0000"]').decode(),
        base64.urlsafe_b64encode(b"[" * 200_000).decode(),
        base64.urlsafe_b64encode(b'[0, 1, "\\ud800"]').decode(),
        base64.urlsafe_b64encode(b"[0, 1" + b"0" * 30 + b', "x"]').decode(),
    ],
)
def test_what_is_no_cursor_shows_the_first_page(fifty: None, cursor: str) -> None:
    assert names(cursor)[0] == names("")[0]


def test_a_cursor_that_was_changed_or_is_of_another_list_shows_the_first_page(fifty: None) -> None:
    first, after, _ = names("")
    assert names(after)[0] != first
    payload, _, signature = after.partition(":")
    for changed in (payload, f"{payload}A:{signature}", f":{signature}", after[:-1], after + "A"):
        assert names(changed)[0] == first
    other = page(Counter.objects.all(), ("name",), "", 20).next
    assert names(other)[0] == first


@pytest.mark.parametrize("value", [*HOSTILE, "\x00", "x:", ":", "MQ:MQ", "." * 9000])
def test_whatever_stands_in_the_address_is_no_fault(fifty: None, value: str) -> None:
    assert names(value)[0] == names("")[0]
