from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entry", "0002_by_change"),
    ]

    operations = [
        migrations.AddField(
            model_name="unitprofile",
            name="place",
            field=models.CharField(blank=True, db_default="", default="", max_length=6),
        ),
    ]
