"""History is never changed: the database itself refuses to."""

from django.db import migrations


def forwards(apps, schema_editor):
    run = schema_editor.execute
    if schema_editor.connection.vendor == "sqlite":
        run(
            "CREATE TRIGGER flow_no_edit BEFORE UPDATE ON flow_step "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
        run(
            "CREATE TRIGGER flow_no_delete BEFORE DELETE ON flow_step "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
    elif schema_editor.connection.vendor == "postgresql":
        run(
            "CREATE FUNCTION flow_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'history is append-only'; END $$",
            params=None,
        )
        run("CREATE TRIGGER flow_no_edit BEFORE UPDATE ON flow_step FOR EACH ROW EXECUTE FUNCTION flow_refuse()")
        run("CREATE TRIGGER flow_no_delete BEFORE DELETE ON flow_step FOR EACH ROW EXECUTE FUNCTION flow_refuse()")


def backwards(apps, schema_editor):
    on = " ON flow_step" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("flow_no_edit", "flow_no_delete"):
        schema_editor.execute(f"DROP TRIGGER {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION flow_refuse()")


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
