"""What full tables go through while people work."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from waizhuan.kernel.migrating import AddIndexLive
from waizhuan.projects.legacy import pairing
from waizhuan.projects.legacy.models import LegacyUnit

NAME = "legacy_units_by_rule"


def _there() -> bool:
    with connection.cursor() as cursor:
        return NAME in connection.introspection.get_constraints(cursor, LegacyUnit._meta.db_table)


def _built() -> int:
    """PostgreSQL's number of the index: another one once it was built anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid", [NAME])
        return int((cursor.fetchone() or [0])[0])


@pytest.mark.django_db(transaction=True)
def test_an_index_is_built_once_whoever_built_it() -> None:
    """Installations that have it from before keep it; what an interrupted run left is built anew."""
    index = next(i for i in LegacyUnit._meta.indexes if i.name == NAME)
    operation, state = AddIndexLive("legacyunit", index), ProjectState.from_apps(apps)

    def run() -> None:
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("legacy", editor, state, state)

    live = connection.vendor == "postgresql"
    before = _built() if live else 0
    run()
    assert _there()
    if live:
        assert _built() == before != 0
        with connection.cursor() as cursor:
            cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [NAME])
        run()
        assert _built() not in (0, before)
    with connection.schema_editor(atomic=False) as editor:
        editor.remove_index(LegacyUnit, index)
    assert not _there()
    run()
    assert _there()


@pytest.mark.django_db
def test_former_names_that_were_there_before_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    names = import_module("waizhuan.projects.legacy.migrations.0011_old_units_by_a_part_of_a_former_name")
    monkeypatch.setattr(names, "AT_ONCE", 2)
    for n in range(5):
        LegacyUnit.objects.create(
            key=f"#{n}",
            name=f"厂{n}",
            name_key=f"厂{n}",
            other_names=[f"𠮷仪表{n}", "钟表"] if n != 2 else [],
            digest="x",
        )
    for _ in range(2):  # interrupted, and begun anew
        names.write_them_out(apps, type("Editor", (), {"connection": connection}))
    assert LegacyUnit.objects.filter(pairing.called_so("𠮷仪表")).count() == 4
    assert LegacyUnit.objects.get(pairing.called_so("𠮷仪表4")).former == "𠮷仪表4\n钟表"
