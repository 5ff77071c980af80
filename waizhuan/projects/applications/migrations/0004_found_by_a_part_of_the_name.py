from django.db import migrations

from waizhuan.kernel.search import Pairs


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("applications", "0003_by_change"),
    ]

    operations = [
        Pairs("application", "title"),
    ]
