from django.db import migrations, models
from django.db.models import JSONField, Value


class Migration(migrations.Migration):
    """The column stays for processes that still run the code of before, and fills itself for those of now; a later release
    drops it."""

    dependencies = [
        ("departments", "0003_staff_choices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reorganisation",
            name="staff",
            field=models.JSONField(default=dict, db_default=Value({}, JSONField())),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="reorganisation", name="staff")]
        ),
    ]
