"""Runs the jobs (`kernel.jobs`): as a process of its own, or as a thread of the web process."""

from __future__ import annotations

import importlib
import importlib.util
import threading
import time

from django.apps import apps
from django.db import close_old_connections, connection

from waizhuan.kernel import jobs

PAUSE = 0.5  # seconds between looks at the clock


def load_jobs() -> None:
    """Import every app's `jobs.py`, where it declares its jobs."""
    for app in apps.get_app_configs():
        if app.name.startswith("waizhuan") and importlib.util.find_spec(f"{app.name}.jobs"):
            importlib.import_module(f"{app.name}.jobs")


def run_for_ever(stop: threading.Event) -> None:
    """Until `stop` is set. The connection is given back between rounds, so a database that went away comes back."""
    load_jobs()
    while not stop.is_set():
        close_old_connections()
        jobs.run_due()
        stop.wait(PAUSE)
    connection.close()


def start_thread() -> threading.Event:
    """Start the worker beside the web server, once the server has begun to answer."""
    stop = threading.Event()

    def run() -> None:
        time.sleep(1)
        run_for_ever(stop)

    threading.Thread(target=run, name="worker", daemon=True).start()
    return stop
