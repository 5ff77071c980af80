"""python -m waizhuan load-workdays FILE: load a year's holidays and make-up days into the working calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from waizhuan.kernel.actor import the_system
from waizhuan.shared.refdata import calendar_file
from waizhuan.shared.refdata.actions import load_calendar


class Command(BaseCommand):
    help = "Load a CSV of holidays and make-up days (date, 放假/上班, name). The years in it are replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            found = calendar_file.read(calendar_file.decode(path.read_bytes()))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        if not found.ok:
            raise CommandError("\n".join(f"{path}:{w.line}: {w.reason}" for w in found.wrong))
        years = ", ".join(map(str, found.years))
        if options["dry_run"]:
            self.stdout.write(f"{len(found.rows)} days of {years}: nothing is wrong, nothing was changed")
            return
        load_calendar(actor=the_system("load-workdays"), rows=found.rows)
        self.stdout.write(f"{len(found.rows)} days of {years} are loaded")
