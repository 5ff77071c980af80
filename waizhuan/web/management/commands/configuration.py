"""`python -m waizhuan configuration`: the table of environment variables (docs/generated/configuration.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.web.config import table


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table(), ending="")
