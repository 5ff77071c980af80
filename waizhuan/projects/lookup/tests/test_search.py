"""A part of a name is found whatever it is made of, on SQLite and by the index of pairs on PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection

from waizhuan.projects.people.models import Expert

pytestmark = pytest.mark.django_db
NAMES = ["高强轻质合金增材制造", "轻合金", "John O'Brien", "买买提·吐尔逊", "𠮷田 COVID-19", "100% {SQL}_\\"]


@pytest.fixture
def named() -> None:
    for n, name in enumerate(NAMES):
        Expert.objects.create(
            name_latin=name, nationality="SWE", passport=f"X{n}", passport_key=f"SWE:X{n}", birth="1970-01-01",
            degree="11", title="011", employer="", speciality="",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("轻质", 1), ("合金", 2), ("轻合", 1), ("质轻", 0), ("轻", 2), ("o'brien", 1), ("O'B", 1), ("·吐", 1), ("𠮷田", 1),
        ("covid-1", 1), ("0%", 1), ("%", 1), ("_\\", 1), ("{SQL}", 1), ("金合", 0), ("制造厂", 0),
    ],
)  # fmt: skip
def test_found_by_any_part(named: None, text: str, count: int) -> None:
    assert Expert.objects.filter(name_latin__has=text).count() == count


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such index")
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("applications_application", "title"),
        ("identity_organisation", "name"),
        ("legacy_legacyproject", "title"),
        ("people_expert", "name_latin"),
        ("people_expert", "name_zh"),
        ("people_expert", "employer"),
    ],
)
def test_the_index_is_used(table: str, column: str) -> None:
    """Where the planner may not read the whole table, it goes through the pairs."""
    sql = f"EXPLAIN SELECT 1 FROM {table} WHERE waizhuan_pairs({column}) @> waizhuan_pairs('轻质')"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"{table}_{column}_pairs" in plan
