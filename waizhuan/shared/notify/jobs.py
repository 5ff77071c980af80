"""What the clock does for messages."""

from __future__ import annotations

from waizhuan.kernel.jobs import every
from waizhuan.shared.notify import codes, outbox


@every(seconds=1)
def deliver() -> None:
    """Carry what waits in the outbox."""
    outbox.deliver_due()


@every(seconds=3600)
def forget() -> None:
    """Delete what nobody needs any more: delivered rows, old codes."""
    outbox.forget_old()
    codes.forget_old()
