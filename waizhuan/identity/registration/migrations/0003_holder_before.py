import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays for processes that still run the code of before; a later release drops it."""

    dependencies = [
        ("identity", "0011_agent_real_name_reason"),
        ("registration", "0002_corrected_since"),
    ]

    operations = [
        migrations.CreateModel(
            name="HolderBefore",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                ("number", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="consent", name="corrected")]
        ),
    ]
