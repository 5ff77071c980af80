"""`python -m waizhuan load-register FILE`: load the embedded authority's register; without FILE the fictitious one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from waizhuan.identity.realname.authority import register


class Command(BaseCommand):
    help = "Load the local register of people and units from a CSV file (UTF-8). Loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=register.DEMONSTRATION)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                count, wrong = register.load(lines)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read as UTF-8 CSV: {error}") from error
        for row in wrong:
            self.stderr.write(f"line {row.line}: {row.why}")
        self.stdout.write(f"{count} rows loaded, {len(wrong)} not taken")
