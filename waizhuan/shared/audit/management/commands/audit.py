"""`python -m waizhuan audit verify`: walk the whole chain; exit code 1 and the first fault if anything was changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.shared.audit.chain import seal, verify


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "seal"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "seal":
            self.stdout.write(f"{sum(iter(seal, 0))} entries sealed")
            return
        found = verify(progress=lambda n: self.stderr.write(f"  {n} entries checked"))
        if not found.ok:
            self.stderr.write(f"BROKEN: {found.fault}")
            sys.exit(1)
        self.stdout.write(f"{found.checked} entries verified, {found.unsealed} not yet sealed")
