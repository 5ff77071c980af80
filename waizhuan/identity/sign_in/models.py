"""Sessions as their owner sees them; links by which a new holder sets the password."""

from __future__ import annotations

from django.db import models

from waizhuan.kernel import clock


class Device(models.Model):
    """One session of an account: where and when it began. The row goes with the session."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=200)
    network = models.CharField(max_length=45)
    began_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["account", "-began_at"])]


class PasswordLink(models.Model):
    """A one-time link to whom an account was handed; the database holds its fingerprint only."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="password_links")
    fingerprint = models.CharField(max_length=64, unique=True)
    why = models.CharField(max_length=10)  # "appeal" | "agent"
    target = models.CharField(max_length=100, default="", blank=True)  # where to go on
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="password_links_of_account")]
