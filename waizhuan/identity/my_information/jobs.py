"""The clock's work on closings."""

from __future__ import annotations

from waizhuan.identity.my_information import pending
from waizhuan.kernel.jobs import every


@every(seconds=60)
def close_what_waits() -> int:
    return pending.go_on()
