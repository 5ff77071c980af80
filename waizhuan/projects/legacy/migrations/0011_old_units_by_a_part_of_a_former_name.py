from typing import Any

from django.db import migrations, models

from waizhuan.kernel.migrating import AddIndexLive
from waizhuan.kernel.search import Pairs

AT_ONCE = 1000


def write_them_out(apps: Any, schema_editor: Any) -> None:
    """A thousand units at a time, each lot by itself; begun anew, it goes on where it was."""
    units = apps.get_model("legacy", "LegacyUnit").objects.using(schema_editor.connection.alias)
    last = 0
    while True:
        lot = list(units.filter(pk__gt=last, former="").exclude(other_names=[]).order_by("pk")[:AT_ONCE])
        if not lot:
            return
        for unit in lot:
            unit.former = "\n".join(str(name) for name in unit.other_names)[:2000]
        units.bulk_update(lot, ["former"])
        last = lot[-1].pk


class Migration(migrations.Migration):
    """Without a transaction: the indexes are built beside the running product. The second one was built by `0006` before,
    while the table was locked; where it stands already, it stays."""

    atomic = False

    dependencies = [
        ("legacy", "0010_former_names_as_text"),
    ]

    operations = [
        migrations.RunPython(write_them_out, migrations.RunPython.noop, elidable=True),
        Pairs("legacyunit", "former"),
        AddIndexLive(
            model_name="legacyunit",
            index=models.Index(
                condition=models.Q(("matched_by", None), ("organisation__isnull", False)),
                fields=["-matched_at", "-id"],
                name="legacy_units_by_rule",
            ),
        ),
    ]
