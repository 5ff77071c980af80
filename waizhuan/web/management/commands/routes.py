"""`python -m waizhuan routes --json`: every route with its screen, access rule and methods."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.kernel.access import routes, screen_of


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        table = [
            {
                "path": "/" + path,
                "screen": screen.id,
                "access": getattr(screen.access, "__name__", "rule"),
                "methods": list(screen.methods),
            }
            for path, screen in ((path, screen_of(pattern)) for path, pattern in routes())
        ]
        if options["json"]:
            self.stdout.write(json.dumps(table, ensure_ascii=False, indent=1))
            return
        for row in table:
            self.stdout.write(f"{row['path']:50} {row['screen']:30} {row['access']}  {' '.join(row['methods'])}")
