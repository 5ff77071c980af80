"""What the clock does for reference data."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.shared.refdata.workdays import CALENDAR


@every(seconds=60)
def refresh_calendar() -> None:
    """See what another process loaded."""
    CALENDAR.refresh()
