"""A circuit breaker: while the other side is down, nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after `threshold` failures in a row, for `pause` seconds; then lets one trial through (half-open), whose
    outcome closes it or opens it again. Each process has its own: no store may be needed to learn that another is down."""

    def __init__(self, threshold: int = 5, pause: float = 30.0, time: Callable[[], float] = time.monotonic) -> None:
        self.threshold, self.pause, self.time = threshold, pause, time
        self._failures = 0
        self._opened: float | None = None
        self._trying = False
        self._lock = threading.Lock()

    @property
    def state(self) -> str:
        if self._opened is None:
            return "closed"
        return "half-open" if self._trying or self.time() - self._opened >= self.pause else "open"

    def let_through(self) -> bool:
        """May this call be made? Every call let through must be followed by `succeeded` or `failed`."""
        with self._lock:
            if self._opened is None:
                return True
            if self._trying or self.time() - self._opened < self.pause:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._trying or self._failures >= self.threshold:
                self._opened = self.time()
            self._trying = False
