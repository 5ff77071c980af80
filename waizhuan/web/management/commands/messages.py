"""`python -m waizhuan messages [app …]`: bring the English catalogues up to date and compile them."""

from __future__ import annotations

import argparse
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from waizhuan.web import messages


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="labels of apps; none: all")
        parser.add_argument("--compile", action="store_true", help="only compile what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        wanting = 0
        if not options["compile"]:
            try:
                chosen = [apps.get_app_config(label) for label in options["apps"]] or messages.our_apps()
            except LookupError as error:
                raise CommandError(str(error)) from error
            for app in chosen:
                left = messages.update(app)
                wanting += left
                if left:
                    self.stdout.write(f"{app.label}: {left} sentences want an English translation")
                    for msgid in messages.missing(app):
                        self.stdout.write(f"    {msgid}")
        count = messages.compile_all()
        self.stdout.write(
            f"{count} catalogues compiled" + (f", {wanting} sentences want a translation" if wanting else "")
        )
