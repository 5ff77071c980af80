"""Rows by the hundred thousand: COPY on PostgreSQL, `executemany` on SQLite, the same call for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection, models

from waizhuan.kernel.fields import BlindIndex

BATCH = 10_000
Row = Mapping[str, Any]


def insert(model: type[models.Model], rows: Iterable[Row], *, progress: Callable[[int], None] | None = None) -> int:
    """Insert `rows` (attribute name → value; what is not named gets its default); how many there were.

    Runs no `save()`: blind indexes are computed here, everything else must be given. Every row has the same names.
    """
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        return 0
    columns, convert = _converter(model, first)
    count = 0
    prepared = (convert(row) for row in _chain(first, iterator))
    while batch := list(islice(prepared, BATCH)):
        _write(model._meta.db_table, columns, batch)
        count += len(batch)
        if progress:
            progress(count)
    _advance_sequence(model)
    return count


def next_id(model: type[models.Model]) -> int:
    """The first free id of the table."""
    return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def _chain(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _converter(model: type[models.Model], first: Row) -> tuple[list[str], Callable[[Row], tuple[Any, ...]]]:
    """The columns that are written, and how a row becomes their values. Defaults are computed once."""
    given = [f for f in model._meta.concrete_fields if f.attname in first]
    indexes = [f for f in model._meta.concrete_fields if isinstance(f, BlindIndex) and f.source in first]
    rest = [
        f
        for f in model._meta.concrete_fields
        if f not in given and f not in indexes and not (f.primary_key and f.get_internal_type().endswith("AutoField"))
    ]
    fixed = tuple(f.get_db_prep_save(f.get_default(), connection) for f in rest)

    def convert(row: Row) -> tuple[Any, ...]:
        values = [f.get_db_prep_save(row[f.attname], connection) for f in given]
        values += [f.index_of(row[f.source]) for f in indexes]
        return (*values, *fixed)

    return [str(f.column) for f in (*given, *indexes, *rest)], convert


def _write(table: str, columns: list[str], batch: list[tuple[Any, ...]]) -> None:
    names = ", ".join(connection.ops.quote_name(c) for c in columns)
    target = f"{connection.ops.quote_name(table)} ({names})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", batch)  # noqa: S608


def _advance_sequence(model: type[models.Model]) -> None:
    """PostgreSQL's sequence goes on after the ids that were given."""
    if connection.vendor == "postgresql" and model._meta.pk.get_internal_type().endswith("AutoField"):
        with connection.cursor() as cursor:
            table, column = model._meta.db_table, str(model._meta.pk.column)
            cursor.execute(
                f'SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT MAX("{column}") FROM "{table}"))',  # noqa: S608
                [f'"{table}"', column],
            )
