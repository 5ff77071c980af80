"""Work that a clock starts: delivering messages, escalating, sealing the audit log.

A module declares `@every(seconds=…)` in its `jobs.py`; the worker (`python -m waizhuan worker`, or a thread of the web
process in the embedded default) runs what is due. A job takes what is there, in small transactions, and can be killed
at any moment: whatever it had not finished is still there for the next round.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("waizhuan.jobs")


@dataclass(slots=True)
class Job:
    name: str
    seconds: float
    run: Callable[[], object]
    next_at: float = field(default=0.0)


_jobs: dict[str, Job] = {}


def every(*, seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Run the function again and again, `seconds` apart, in the worker."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        name = f"{function.__module__.removeprefix('waizhuan.')}.{function.__name__}"
        _jobs[name] = Job(name, seconds, function)
        return function

    return register


def all_jobs() -> tuple[Job, ...]:
    return tuple(_jobs.values())


def run_due(at: float | None = None) -> int:
    """Run every job whose time has come; how many ran. A job that fails is logged and tried again in its turn."""
    moment = time.monotonic() if at is None else at
    ran = 0
    for job in _jobs.values():
        if moment >= job.next_at:
            job.next_at = moment + job.seconds
            ran += 1
            try:
                job.run()
            except Exception:
                log.exception("job failed", extra={"job": job.name})
    return ran
