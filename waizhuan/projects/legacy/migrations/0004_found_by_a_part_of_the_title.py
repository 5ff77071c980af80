from django.db import migrations

from waizhuan.kernel.search import Pairs


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("legacy", "0003_decided_by_the_ministry"),
    ]

    operations = [
        Pairs("legacyproject", "title"),
    ]
