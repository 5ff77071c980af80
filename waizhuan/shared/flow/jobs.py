"""The clock's work on processes."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.shared.flow import actions


@every(seconds=60)
def escalate() -> int:
    return actions.escalate_overdue()


@every(seconds=300)
def warn() -> int:
    return actions.warn_before_due()


@every(seconds=300)
def release_lapsed() -> int:
    return actions.release_lapsed()
