"""Changes of full tables while people work."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState


class AddIndexLive(AddIndex):
    """An index that is built while others write to the table (PostgreSQL; elsewhere a plain one). Its migration has
    `atomic = False`, so it may be interrupted half way: what is left of it is dropped first."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        with schema_editor.connection.cursor() as cursor:
            left = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        if self.index.name in left:
            schema_editor.remove_index(model, self.index, concurrently=True)  # type: ignore[call-arg]
        schema_editor.add_index(model, self.index, concurrently=True)  # type: ignore[call-arg]
