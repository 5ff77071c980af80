"""The database itself refuses to change or delete what happened."""

from django.db import migrations

CONTENT = ["at", "account_id", "account_name", "organisation_id", "verb", "subject", "detail", "nonce", "mac"]


def forwards(apps, schema_editor):
    run = schema_editor.execute
    if schema_editor.connection.vendor == "sqlite":
        run(
            f"CREATE TRIGGER audit_no_edit BEFORE UPDATE OF {', '.join(CONTENT)} ON audit_auditentry "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        run(
            "CREATE TRIGGER audit_no_reseal BEFORE UPDATE OF seq, chain ON audit_auditentry WHEN OLD.seq IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        run(
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditentry "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
    elif schema_editor.connection.vendor == "postgresql":
        run(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
            params=None,
        )
        run(
            f"CREATE TRIGGER audit_no_edit BEFORE UPDATE OF {', '.join(CONTENT)} ON audit_auditentry "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        run(
            "CREATE TRIGGER audit_no_reseal BEFORE UPDATE OF seq, chain ON audit_auditentry FOR EACH ROW "
            "WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION audit_refuse()"
        )
        run(
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditentry "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )


def backwards(apps, schema_editor):
    on = " ON audit_auditentry" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("audit_no_edit", "audit_no_reseal", "audit_no_delete"):
        schema_editor.execute(f"DROP TRIGGER {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION audit_refuse()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
