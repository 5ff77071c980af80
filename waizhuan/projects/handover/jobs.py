"""Hand-overs with a future date take effect by themselves."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.projects.handover import actions


@every(seconds=60)
def execute_due() -> int:
    return actions.execute_due()
