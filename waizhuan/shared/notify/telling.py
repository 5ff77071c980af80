"""From an event (`kernel.events.Tell`) to messages: inbox for everybody, SMS or e-mail where it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from waizhuan.kernel.events import Tell
from waizhuan.shared.notify import outbox
from waizhuan.shared.notify.models import Channel, Message
from waizhuan.shared.notify.templates_registry import MessageTemplate, fill, template_of


@dataclass(frozen=True, slots=True)
class Contact:
    """How an account is reached: its language, its verified phone (E.164) and e-mail address, "" where there is none."""

    language: str = "zh-hans"
    phone: str = ""
    email: str = ""


Resolver = Callable[[Iterable[tuple[int, str]]], Sequence[int]]
Reach = Callable[[Iterable[int]], Mapping[int, Contact]]


def _nobody(posts: Iterable[tuple[int, str]]) -> Sequence[int]:
    return ()


def _nowhere(accounts: Iterable[int]) -> Mapping[int, Contact]:
    return {}


_resolve: Resolver = _nobody
_reach: Reach = _nowhere


def resolve_posts_with(function: Resolver) -> None:
    """`function(posts)` gives the ids of the accounts that hold these posts now."""
    global _resolve
    _resolve = function


def reach_with(function: Reach) -> None:
    """`function(account ids)` gives the contact of each account that may still be told anything."""
    global _reach
    _reach = function


def tell(event: Tell) -> None:
    """Write the messages of an event, in the transaction that it happened in."""
    accounts = set(event.accounts)
    if event.posts:
        accounts |= set(_resolve(event.posts))
    contacts = _reach(accounts) if accounts else {}
    if not contacts:
        return
    template = template_of(event.template)
    order = sorted(contacts)
    rows = Message.objects.bulk_create([_message(template, a, contacts[a], event) for a in order])
    if event.sms:
        for row in rows:
            _send(template, row, contacts[row.account_id], event.context)


def _message(template: MessageTemplate, account: int, contact: Contact, event: Tell) -> Message:
    with translation.override(contact.language):
        return Message(
            account_id=account,
            template=event.template,
            subject=fill(template.subject, event.context)[:200],
            body=fill(template.body, event.context),
            link=event.link,
        )


def _send(template: MessageTemplate, row: Message, contact: Contact, context: Mapping[str, Any]) -> None:
    """By SMS to whom has a phone, else by e-mail, with the way back to the page."""
    if contact.phone:
        with translation.override(contact.language):
            text = fill(template.sms or template.body, context)
        outbox.put(Channel.SMS, contact.phone, text, key=f"message:{row.pk}:sms")
    elif contact.email:
        address = f"\n\n{settings.BASE_URL}{row.link}" if row.link else ""
        outbox.put(Channel.EMAIL, contact.email, row.body + address, subject=row.subject, key=f"message:{row.pk}:email")


def send_to(
    template_key: str,
    context: Mapping[str, Any],
    *,
    key: str,
    phone: str = "",
    email: str = "",
    language: str = "zh-hans",
) -> None:
    """Tell somebody who has no account, or a contact that an account had before. `key` makes it happen once."""
    template = template_of(template_key)
    with translation.override(language):
        subject, body = fill(template.subject, context), fill(template.body, context)
        text = fill(template.sms or template.body, context)
    if phone:
        outbox.put(Channel.SMS, phone, text, key=f"{key}:sms")
    if email:
        outbox.put(Channel.EMAIL, email, body, subject=subject, key=f"{key}:email")
