"""`python -m waizhuan serve`: prepare (tables, static files) and serve the product with granian."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from waizhuan.web import config


def _must_be_free(host: str, port: int) -> None:
    """Say what is wrong and what to do, instead of the server's own complaint about an address. Raises CommandError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server: one that just stopped is free
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot listen at {host}, port {port}: {error.strerror}. Another program, or an earlier start of this one, "
            "may be there; stop it or choose another port, for example WAIZHUAN_PORT=8001."
        ) from error


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=1, help="web processes (one, if the worker is a thread)")
        parser.add_argument("--threads", type=int, default=4, help="threads of each web process")
        parser.add_argument("--demo", action="store_true", help="load the demonstration data into an empty database")
        parser.add_argument("--application", default="waizhuan.web.wsgi:application", help="a test's own, around it")
        parser.add_argument("--collected", action="store_true", help="the static files lie there from an earlier start")

    def handle(self, *args: Any, **options: Any) -> None:
        port = settings.ENV["PORT"]
        _must_be_free(options["host"], port)
        os.environ["WAIZHUAN_STATIC"] = "collected"
        for warning in config.warnings(settings.ENV):
            self.stderr.write(self.style.WARNING(warning))
        call_command("messages", compile=True, verbosity=0)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        if options["demo"]:
            call_command("demo")
        workers = options["workers"] if settings.ENV["WORKER"] == "process" else 1
        self.stdout.write(f"\n  外专 is at {settings.BASE_URL}\n", ending="\n")
        self.stdout.flush()
        # Static files are collected in the fresh process, whose settings know that they are.
        collect = "" if options["collected"] else "call_command('collectstatic', verbosity=0, interactive=False); "
        command = [
            sys.executable,
            "-c",
            f"import sys, django; django.setup(); from django.core.management import call_command; {collect}"
            "from granian.cli import entrypoint; sys.argv[0] = 'granian'; entrypoint()",
            "--interface",
            "wsgi",
            "--host",
            options["host"],
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--blocking-threads",
            str(options["threads"]),
            "--backlog",
            "1024",
            "--log-level",
            "warning",
            "--respawn-failed-workers",
            options["application"],
        ]
        os.environ["DJANGO_SETTINGS_MODULE"] = "waizhuan.web.settings"
        os.execv(sys.executable, command)  # noqa: S606
