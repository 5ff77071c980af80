from django.conf import settings
from django.db import migrations, models

from waizhuan.kernel.migrating import AddIndexLive


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("identity", "0008_try_counts"),
        ("legacy", "0008_may_fail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexLive(
            model_name="legacyunit",
            index=models.Index(
                condition=models.Q(("code", ""), _negated=True), fields=["code"], name="legacy_units_by_old_code"
            ),
        ),
    ]
