"""`python -m waizhuan generate-docs`: the process tables and diagrams in docs/generated/."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from waizhuan.web.generated import processes_page


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ROOT / "docs" / "generated" / "processes.md"
        path.write_text(processes_page(), encoding="utf-8")
        self.stdout.write(str(path.relative_to(settings.ROOT)))
