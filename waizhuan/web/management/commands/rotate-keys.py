"""`python -m waizhuan rotate-keys`: seal every encrypted value, document and letter again under the current key.

Runs beside the working product: rows are taken in batches, and only the sealed columns are written, each only if it
still holds what was read. Once it says that nothing is left, the old key can leave WAIZHUAN_FIELD_KEYS.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Model

from waizhuan.kernel import crypto
from waizhuan.kernel.fields import EncryptedText
from waizhuan.projects.review.models import Letter
from waizhuan.shared.documents import api as documents

BATCH = 500


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            fields = [f for f in model._meta.concrete_fields if isinstance(f, EncryptedText)]
            if fields:
                count = sum(rotate(model, field) for field in fields)
                self.stdout.write(f"{model._meta.label}: {count} values sealed again")
        self.stdout.write(f"{documents.reseal()} documents sealed again")
        self.stdout.write(f"{Letter.reseal()} letters sealed again")


def rotate(model: type[Model], field: EncryptedText) -> int:
    """Seal one column again; how many values were changed. Raw SQL, because the ORM shows only opened values."""
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(field.column))
    pk = quote(str(model._meta.pk.column))
    current = crypto.current_key_id() + ":"
    belongs_to = field.belongs_to()
    count = 0
    last: Any = None
    with connection.cursor() as cursor:
        while True:
            after = f"AND {pk} > %s" if last is not None else ""
            parameters: list[Any] = [current + "%", *([last] if last is not None else []), BATCH]
            cursor.execute(
                f"SELECT {pk}, {column} FROM {table} WHERE {column} <> '' AND {column} NOT LIKE %s {after} "  # noqa: S608
                f"ORDER BY {pk} LIMIT %s",
                parameters,
            )
            rows = cursor.fetchall()
            if not rows:
                return count
            for key, stored in rows:
                sealed = crypto.seal(crypto.unseal(stored, belongs_to), belongs_to)
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {pk} = %s AND {column} = %s",  # noqa: S608
                    [sealed, key, stored],
                )
                count += cursor.rowcount
            last = rows[-1][0]
