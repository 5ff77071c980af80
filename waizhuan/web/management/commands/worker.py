"""`python -m waizhuan worker`: run the jobs until the process is asked to end."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from waizhuan.web.worker import run_for_ever


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("worker: started")
        run_for_ever(stop)
        self.stdout.write("worker: ended")
