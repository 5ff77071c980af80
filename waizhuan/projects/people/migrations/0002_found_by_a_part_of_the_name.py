from django.db import migrations

from waizhuan.kernel.search import Pairs


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        Pairs("expert", "name_latin"),
        Pairs("expert", "name_zh"),
        Pairs("expert", "employer"),
    ]
