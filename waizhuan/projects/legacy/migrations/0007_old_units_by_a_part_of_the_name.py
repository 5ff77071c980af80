from django.db import migrations

from waizhuan.kernel.search import Pairs


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("legacy", "0006_taken_back"),
    ]

    operations = [
        Pairs("legacyunit", "name"),
    ]
