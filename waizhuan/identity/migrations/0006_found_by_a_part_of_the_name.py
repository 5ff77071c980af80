from django.db import migrations

from waizhuan.kernel.search import Pairs


class Migration(migrations.Migration):
    """Without a transaction: the index is built beside the running product."""

    atomic = False

    dependencies = [
        ("identity", "0005_one_department_per_name"),
    ]

    operations = [
        Pairs("organisation", "name"),
    ]
