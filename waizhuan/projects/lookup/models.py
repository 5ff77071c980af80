"""Saved filters, and exports as tasks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel import clock
from waizhuan.kernel.fields import EncryptedText


class SavedFilter(models.Model):
    """Conditions that somebody looks things up by again and again; theirs alone, for one organisation acted for."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    conditions = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "organisation", "kind", "name"], name="one_filter_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A spreadsheet that is made in the background for one reader, and thrown away after a day."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    conditions = models.JSONField(default=dict)
    personal = models.BooleanField(default=False)  # personal data unmasked
    purpose = EncryptedText(default="", blank=True)
    second_factor = models.BooleanField(default=False)  # of the session that asked
    state = models.CharField(max_length=8, default="waiting")  # waiting · working · done · failed · gone
    tries = models.PositiveSmallIntegerField(default=0)  # how many workers have begun it
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=64, default="", blank=True)  # of the file in the store
    asked_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True, blank=True)  # the worker's last sign of life
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=["waiting", "working"]), name="one_export_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-asked_at", "-id"], name="exports_of_account"),
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "working"]), name="exports_at_work"),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="exports_that_expire"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def percent(self) -> int:
        return min(99, self.rows_done * 100 // self.rows_total) if self.rows_total else 0
