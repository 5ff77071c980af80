import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was chosen for people stood in a column of the reorganisation."""
    choice = apps.get_model("departments", "StaffChoice")
    plans = apps.get_model("departments", "Reorganisation").objects.exclude(staff={})
    accounts = apps.get_model("identity", "Account").objects
    for plan in plans.only("staff").iterator():
        there = set(accounts.filter(pk__in=[int(k) for k in plan.staff]).values_list("pk", flat=True))
        choice.objects.bulk_create(
            choice(reorganisation_id=plan.pk, account_id=int(k), position=n)
            for k, n in plan.staff.items()
            if int(k) in there
        )


def backwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    chosen: dict[int, dict[str, int]] = {}
    rows = apps.get_model("departments", "StaffChoice").objects.filter(position__gt=0)
    for plan, account, position in rows.values_list("reorganisation_id", "account_id", "position"):
        chosen.setdefault(plan, {})[str(account)] = position
    for pk, staff in chosen.items():
        apps.get_model("departments", "Reorganisation").objects.filter(pk=pk).update(staff=staff)


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("departments", "0002_exceptions_and_reasons"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.account"
                    ),
                ),
                (
                    "reorganisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="departments.reorganisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("position__gt", 0)),
                        fields=("reorganisation", "account"),
                        name="a_person_goes_one_way",
                    )
                ],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
