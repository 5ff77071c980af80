"""What a reader does with messages."""

from __future__ import annotations

from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.queries import inbox_of


def read(*, actor: Actor, message_id: int) -> Message:
    """Mark one message as read; the first reading counts. Raises Hidden for anybody else's message."""
    message = inbox_of(actor).filter(pk=message_id).first()
    if message is None:
        raise Hidden(f"message {message_id}")
    if message.read_at is None:
        inbox_of(actor, unread_only=True).filter(pk=message_id).update(read_at=clock.now())
    return message


def read_all(*, actor: Actor, newest: int) -> int:
    """Mark everything up to the newest message that the reader saw; what arrived since stays unread."""
    return inbox_of(actor, unread_only=True).filter(pk__lte=newest).update(read_at=clock.now())
