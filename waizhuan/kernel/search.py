"""Finding a part of a name among a million: `title__has="轻质"`.

Chinese is searched by two characters, which PostgreSQL's trigrams cannot index. So an index holds every pair of neighbouring
characters of the name (`Pairs` in a migration); the lookup asks it for the rows that have all pairs of the text, and looks
at those alone. On SQLite, and for a single character, it is a plain `icontains`: pages that search a million rows ask for
`SHORTEST` characters, because a rare one is looked for in all of them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.lookups import IContains, StartsWith

SHORTEST = 2  # characters, where the list may be long
LAST = "\U0010ffff"  # no character comes after it

FUNCTION = """
CREATE OR REPLACE FUNCTION waizhuan_pairs(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(upper(given), place, 2)), '{}')
    FROM generate_series(1, length(upper(given)) - 1) AS place
$$
"""


@models.CharField.register_lookup
class Has(models.Lookup):
    """Contains the text, in whatever case. Fast on columns that have a `Pairs` index."""

    lookup_name = "has"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = IContains(self.lhs, self.rhs).as_sql(compiler, connection)
        return sql, list(params)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        plain, plain_params = self.as_sql(compiler, connection)
        if len(str(self.rhs)) < 2:
            return plain, plain_params
        column, params = compiler.compile(self.lhs)
        pairs = f"waizhuan_pairs({column}) @> waizhuan_pairs(%s)"
        return f"({pairs} AND {plain})", [*params, str(self.rhs), *plain_params]


@models.CharField.register_lookup
class Begins(models.Lookup):
    """Begins with the text, read from the column's own index: for keys that are written in one case. SQLite uses no index for a
    LIKE with an escape character, but for the range between the text and the text with the last character behind it."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)
        return sql, list(params)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.lhs)
        text = str(self.rhs)
        return f"({column} >= %s AND {column} < %s)", [*params, text, *params, text + LAST]


class Pairs(Operation):
    """Index the neighbouring characters of a column, without locking its table. Its migration has `atomic = False`."""

    reversible = True

    def __init__(self, model: str, field: str) -> None:
        self.model, self.field = model, field

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model)
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        schema_editor.execute(FUNCTION)
        schema_editor.execute(self._drop(table))  # what an interrupted run left
        schema_editor.execute(
            f'CREATE INDEX CONCURRENTLY "{table}_{self.field}_pairs" ON "{table}" USING gin (waizhuan_pairs("{column}"))'
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(self._drop(from_state.apps.get_model(app_label, self.model)._meta.db_table))

    def _drop(self, table: str) -> str:
        return f'DROP INDEX CONCURRENTLY IF EXISTS "{table}_{self.field}_pairs"'

    def describe(self) -> str:
        return f"Index the neighbouring characters of {self.model}.{self.field}"
