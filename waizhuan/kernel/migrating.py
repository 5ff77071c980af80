"""Changes of full tables while people work."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState


class AddIndexLive(AddIndex):
    """An index that is built while others write to the table (PostgreSQL; elsewhere a plain one). Its migration has
    `atomic = False`, so it may be interrupted half way: what is left of it is dropped first, and what is whole already stays."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        live = schema_editor.connection.vendor == "postgresql"
        with schema_editor.connection.cursor() as cursor:
            there = self.index.name in schema_editor.connection.introspection.get_constraints(
                cursor, model._meta.db_table
            )
            if there and live:
                wanted = schema_editor.quote_name(self.index.name)
                cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [wanted])
                row = cursor.fetchone()
                whole = bool(row and row[0])
            else:
                whole = there
        if whole:
            return
        if not live:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        if there:
            schema_editor.remove_index(model, self.index, concurrently=True)  # type: ignore[call-arg]
        schema_editor.add_index(model, self.index, concurrently=True)  # type: ignore[call-arg]
