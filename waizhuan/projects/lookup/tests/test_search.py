"""A part of a name is found whatever it is made of, on SQLite and by the index of pairs on PostgreSQL."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from waizhuan.identity import demo
from waizhuan.identity.api import Person
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


def test_names_that_begin_like_this_are_read_from_the_index() -> None:
    """Also on SQLite, where a LIKE reads every person."""
    people = Person.objects.filter(name_key__begins="王").values("pk")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, params = people.query.sql_with_params()
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert re.search(r"Index Cond|SEARCH", plan), plan
    assert "name_key" in plan


@pytest.mark.parametrize(
    ("text", "names"), [("王", {"王一", "王𠮷"}), ("王𠮷", {"王𠮷"}), ("o'b", {"o'brien"}), ("%", set())]
)
def test_begins_takes_every_character_as_it_is(text: str, names: set[str]) -> None:
    for n, name in enumerate(("王一", "王𠮷", "汪一", "o'brien")):
        Person.objects.filter(pk=demo.person(f"p{n}", name, 800 + n).pk).update(name_key=name)
    assert set(Person.objects.filter(name_key__begins=text).values_list("name_key", flat=True)) == names
