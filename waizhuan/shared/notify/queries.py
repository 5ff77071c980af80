"""Reads of the inbox and of the development mailbox."""

from __future__ import annotations

from django.db.models import QuerySet

from waizhuan.kernel import crypto
from waizhuan.kernel.actor import Actor
from waizhuan.shared.notify.models import MailboxMessage, Message

INBOX_ORDER = ("-created_at", "-id")


def inbox_of(actor: Actor, *, unread_only: bool = False) -> QuerySet[Message]:
    """The messages of this account, whatever it acts for."""
    messages = Message.objects.filter(account_id=actor.account_id or 0)
    return messages.filter(read_at=None) if unread_only else messages


def mailbox(destination: str) -> QuerySet[MailboxMessage]:
    """What arrived in development, for a phone (with or without +86) or an address."""
    if not destination:
        return MailboxMessage.objects.all()
    forms = [destination] if destination.startswith("+") or "@" in destination else [destination, "+86" + destination]
    indexes = [crypto.blind_index("mailbox", form.lower()) for form in forms]
    return MailboxMessage.objects.filter(destination_index__in=indexes)
