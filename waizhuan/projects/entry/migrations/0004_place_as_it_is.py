from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def as_it_is_now(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now a verified unit's place could not change: it is what the department was chosen for."""
    units = apps.get_model("identity", "Organisation").objects.filter(pk=models.OuterRef("unit_id"))
    profiles = apps.get_model("entry", "UnitProfile").objects
    profiles.filter(place="").update(place=models.Subquery(units.values("division")[:1]))


class Migration(migrations.Migration):
    """Apart from the column: adding that locks the table until its migration ends, and this writes every row."""

    dependencies = [
        ("entry", "0003_place"),
    ]

    operations = [
        migrations.RunPython(as_it_is_now, migrations.RunPython.noop),
    ]
