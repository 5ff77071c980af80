"""`python -m waizhuan demo`: fictitious data in every state, so that the product can be tried at once."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from waizhuan.identity.demo import PASSWORD
from waizhuan.identity.models import Account


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also in production: for a training installation")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["force"]:
            raise CommandError(
                "Demonstration accounts share one public password: not in production (--force if it is a training installation)."
            )
        if Account.objects.exists():
            self.stdout.write("There are accounts already: the demonstration data stays as it is.")
            return
        from waizhuan.web.demonstration import build

        build(tell=self.stdout.write if options["verbosity"] else lambda text: None)
        if options["verbosity"]:
            self.stdout.write(f"Demonstration data is ready. Every account's password is {PASSWORD}")
