"""Keyset pages, forwards and backwards, and cursors that are none."""

from __future__ import annotations

import base64
import json

import pytest

from waizhuan.identity import demo
from waizhuan.identity.models import Person
from waizhuan.kernel.paging import page
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


@pytest.mark.parametrize("key", ['"x"', '"' + "9" * 40 + '"', "9" * 40, "null", "[1]"])
def test_a_key_that_belongs_to_another_row_is_a_number(db: None, key: str) -> None:
    demo.person("hanxu", "韩叙", 3)
    cursor = base64.urlsafe_b64encode(f'[0, "", {key}]'.encode()).decode()
    assert len(page(Person.objects.all(), ("name_key", "pk"), cursor).rows) == 1
