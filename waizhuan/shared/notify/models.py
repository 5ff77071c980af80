"""The inbox, what is on its way out of the house, and one-time codes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText


def language_of(text: str) -> str:
    """For `lang=` on a page in another language."""
    return "zh-CN" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


class Message(models.Model):
    """One message in one account's inbox, in the language that its reader had. Holds no unmasked personal data."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="messages")
    template = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="inbox"),
            models.Index(fields=["account"], condition=Q(read_at=None), name="inbox_unread"),
        ]

    @property
    def lang(self) -> str:
        return language_of(self.subject)


class Channel(models.TextChoices):
    SMS = "sms", "SMS"
    EMAIL = "email", "e-mail"
    WEBHOOK = "webhook", "webhook"


class Outbox(models.Model):
    """Something that leaves the system: written in the transaction that caused it, delivered at least once.

    Who carries it can tell a repetition by `key`. What it said is forgotten once it has arrived.
    """

    channel = models.CharField(max_length=10, choices=Channel.choices)
    destination = EncryptedText()
    subject = EncryptedText(default="", blank=True)
    body = EncryptedText(default="", blank=True)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=Q(delivered_at=None, dead_at=None), name="outbox_waiting"),
            models.Index(fields=["delivered_at"], condition=Q(delivered_at__isnull=False), name="outbox_delivered"),
        ]


class OneTimeCode(models.Model):
    """A six-digit code that was sent. The newest one of its purpose and destination counts; the database holds only
    fingerprints of the destination and of the code."""

    purpose = models.CharField(max_length=60)
    destination_index = models.CharField(max_length=64)
    code_mac = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["destination_index", "purpose", "-id"], name="codes_of_destination")]


class MailboxMessage(models.Model):
    """Where text messages and e-mails land in development. Always empty in production."""

    channel = models.CharField(max_length=10, choices=Channel.choices)
    destination = EncryptedText()
    destination_index = BlindIndex(source="destination", purpose="mailbox", normalise=str.lower)
    subject = EncryptedText(default="", blank=True)
    body = EncryptedText()
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["destination_index", "-id"], name="mailbox_of")]

    @property
    def lang(self) -> str:
        return language_of(self.body)
