from django.conf import settings
from django.db import migrations, models

from waizhuan.kernel.migrating import AddIndexLive


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("unit_claims", "0003_approved_by_another_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexLive(
            model_name="unitclaim",
            index=models.Index(
                condition=models.Q(("state__in", ("ministry", "decision", "asked"))),
                fields=["old_code"],
                name="unit_claims_open_by_code",
            ),
        ),
    ]
