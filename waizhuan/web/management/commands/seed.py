"""`python -m waizhuan seed --units N --people N --projects N`: bulk data, to see how the product behaves at scale."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from waizhuan.web.seed import Seeder


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        for name in ("units", "people", "projects"):
            parser.add_argument(f"--{name}", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Seeded accounts share one public password: not in production.")
        if options["projects"] and not (options["units"] and options["people"]):
            raise CommandError("Projects need units and people: give --units and --people too.")
        began = time.monotonic()
        Seeder(self.stdout.write).run(options["units"], options["people"], options["projects"])
        self.stdout.write(f"done in {time.monotonic() - began:.0f} s")
