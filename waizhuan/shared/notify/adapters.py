"""How a message leaves: SMS gateway, mail server, webhook, or the mailbox page of a try-out. Each with a time-out."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from waizhuan.shared.notify.models import Channel, MailboxMessage

#: Seconds. A row stays claimed for longer than all of them together (`outbox.LEASE`).
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
SMTP_TIMEOUT = 10
SENDER = "no-reply@{host}"


class NotDelivered(Exception):
    """It did not arrive; it is tried again later. `for_good`: trying again would change nothing."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Parcel:
    """What an adapter carries."""

    channel: str
    destination: str
    subject: str
    body: str
    key: str


Adapter = Callable[[Parcel], None]


def adapter_for(channel: str) -> Adapter:
    """The adapter that the configuration names for the channel."""
    if channel == Channel.SMS:
        return by_gateway if settings.ENV["SMS"] == "http" else to_mailbox
    if channel == Channel.EMAIL:
        return to_mailbox if settings.ENV["EMAIL_URL"].startswith("mailbox:") else by_smtp
    return by_webhook


def to_mailbox(parcel: Parcel) -> None:
    """The development mailbox. A repetition lands there once."""
    MailboxMessage.objects.get_or_create(
        key=parcel.key,
        defaults={
            "channel": parcel.channel,
            "destination": parcel.destination,
            "subject": parcel.subject,
            "body": parcel.body,
        },
    )


def by_gateway(parcel: Parcel) -> None:
    """An SMS gateway that takes JSON over HTTP."""
    token = settings.ENV["SMS_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    _post(settings.ENV["SMS_URL"], {"to": parcel.destination, "text": parcel.body}, parcel.key, headers)


def by_webhook(parcel: Parcel) -> None:
    """Another system's address, as its registration names it."""
    _post(parcel.destination, {"subject": parcel.subject, "body": parcel.body}, parcel.key, {})


def _post(url: str, json: dict[str, str], key: str, headers: dict[str, str]) -> None:
    try:
        answer = httpx.post(
            url, json=json, headers={"Idempotency-Key": key, **headers}, timeout=TIMEOUT, follow_redirects=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    if answer.is_success:
        return
    refused = answer.status_code in (400, 404, 410, 413, 422)
    raise NotDelivered(f"HTTP {answer.status_code}", for_good=refused)


def by_smtp(parcel: Parcel) -> None:
    """A mail server: `smtp://user:password@host:port`; `smtps://` with TLS from the first byte."""
    url = urlsplit(settings.ENV["EMAIL_URL"])
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    connection = EmailBackend(
        host=url.hostname,
        port=url.port or (465 if url.scheme == "smtps" else 25),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_ssl=url.scheme == "smtps",
        use_tls=url.scheme == "smtp" and bool(url.username),
        timeout=SMTP_TIMEOUT,
    )
    letter = EmailMessage(
        " ".join(parcel.subject.split()),
        parcel.body,
        SENDER.format(host=host),
        [parcel.destination],
        headers={"Message-ID": f"<{parcel.key.replace(':', '.')}@{host}>"},
        connection=connection,
    )
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        for_good = all(code >= 500 for code, _ in error.recipients.values())
        raise NotDelivered("the recipient was refused", for_good=for_good) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(type(error).__name__) from error
