from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef, Q

from waizhuan.kernel import clock

AT_ONCE = 1000


def mark(apps: Any, schema_editor: Any) -> None:
    """Cases about somebody whose name and number are both other ones than the account's, now and formerly: since `0005` the
    correction that makes another person of it says so at once; this is for those made before. Whoever only mistyped one of
    the two, renewed a document, or claims a number that another account has, reads their case still. A thousand at a time,
    each lot by itself; begun anew, it goes on where it was."""
    alias = schema_editor.connection.alias
    case, person, former = (
        apps.get_model(*names).objects.using(alias)
        for names in (("realname", "Case"), ("identity", "Person"), ("realname", "FormerDocument"))
    )
    of_the_holder = person.filter(account_id=OuterRef("asker_account_id"))
    theirs = of_the_holder.filter(Q(name=OuterRef("name")) | Q(doc_index=OuterRef("doc_index")))
    formerly = former.filter(account_id=OuterRef("asker_account_id"), doc_index=OuterRef("doc_index"))
    rows = case.filter(
        Exists(of_the_holder), ~Exists(theirs), ~Exists(formerly),
        kind="person", left_at=None, conflict_with=None, asker_account__closed_at=None,
        state__in=("passed", "declined", "withdrawn"),
    ).exclude(doc_index="")  # fmt: skip
    last = 0
    while lot := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        case.filter(pk__in=lot).update(left_at=clock.now())
        last = lot[-1]


class Migration(migrations.Migration):
    """Without a transaction: nobody waits for more than one lot."""

    atomic = False

    dependencies = [
        ("identity", "0011_agent_real_name_reason"),
        ("realname", "0005_case_left_at"),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
