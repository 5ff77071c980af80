"""CPU time and queries of one request, measured in the process that serves it."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

WARM_UP = 5
Ask = Callable[[], HttpResponse]


@dataclass(frozen=True, slots=True)
class Measured:
    """The median of server CPU milliseconds, of a page and of the floor beside it; the number of queries."""

    cpu_ms: float
    floor_ms: float
    queries: int
    status: int


def measure(ask: Ask, floor: Ask, times: int = 40) -> Measured:
    """Ask `times` times after a warm-up, the floor each time just before: a neighbour on the same core slows both down
    alike. The medians, because a garbage collection is nobody's fault."""
    for _ in range(WARM_UP):
        answer = ask()
        floor()
    with CaptureQueriesContext(connection):
        answer = ask()
        # now: the next request clears the log; the marks of a transaction are no queries
        count = sum(not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for q in connection.queries)
    page, bare = [], []
    gc.collect()
    for _ in range(times):
        bare.append(_spent(floor))
        page.append(_spent(ask))
    return Measured(statistics.median(page), statistics.median(bare), count, answer.status_code)


def _spent(ask: Ask) -> float:
    began = time.process_time()
    ask()
    return (time.process_time() - began) * 1000
