from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("legacy", "0009_by_old_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="legacyunit",
            name="former",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=2000),
        ),
    ]
