"""What was laid down for a day takes effect by itself."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.projects.departments import actions, executing


@every(seconds=60)
def apply_due() -> int:
    return actions.apply_due()


@every(seconds=60)
def reorganise_due() -> int:
    return executing.execute_due() + executing.follow_up()
