from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def what_was_handed_in(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    documents = apps.get_model("unit_changes", "ChangeDocument").objects
    documents.exclude(change__state="draft").update(handed_in=True)


class Migration(migrations.Migration):
    dependencies = [
        ("unit_changes", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="changedocument",
            name="handed_in",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(what_was_handed_in, migrations.RunPython.noop),
    ]
