"""The same step for thousands of subjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Value

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.shared.flow.models import Step
from waizhuan.shared.flow.process import Process


def note_step(
    of: Process, subjects: QuerySet[Any], transition: str, actor: Actor, *, note: str = "", data: Mapping[str, Any]
) -> None:
    """Put `transition` into the history of each of these subjects, which stay in their state; inside the caller's transaction,
    which has locked them and counted up their `version`. One statement (INSERT … SELECT, which querysets lack): a row each
    would go twice through the application."""
    told: dict[str, Any] = {
        "process": of.name,
        "subject_id": F("pk"),
        "seq": F("version"),
        "transition": transition,
        "source": F("state"),
        "target": F("state"),
        "at": clock.now(),
        "account": actor.account_id,
        "account_name": actor.name,
        "organisation": actor.organisation_id,
        "organisation_name": actor.organisation_name,
        "note": note,
        "data": dict(data),
    }
    fields = {field.name: field for field in Step._meta.concrete_fields if field.name in told}
    values = {
        f"step_{name}": value if isinstance(value, F) else Value(value, output_field=fields[name])
        for name, value in told.items()
    }
    try:
        selected, params = subjects.order_by().annotate(**values).values_list(*values).query.sql_with_params()
    except EmptyResultSet:  # Django knows that there are none
        return
    columns = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in told)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {connection.ops.quote_name(Step._meta.db_table)} ({columns}) {selected}", params)
