"""Invitations to people who cannot be found yet, and requests of people who want to be authorised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText
from waizhuan.shared.flow.models import Subject


class Invitation(models.Model):
    """Roles that wait for somebody to register and be verified (C4)."""

    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=100)
    doc_key = EncryptedText()
    doc_index = BlindIndex(source="doc_key", purpose="document", db_index=True)
    phone = EncryptedText()
    roles = models.JSONField()
    valid_until = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, default="", blank=True)
    invited_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True)
    #: taken back, lapsed, or no longer anybody's to give
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "doc_index"],
                condition=Q(completed_at=None, ended_at=None),
                name="one_invitation_per_person",
            )
        ]


class Request(Subject):
    """A person asks a unit to be authorised (A5)."""

    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    words = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker_account", "organisation", "role"], condition=Q(state="waiting"), name="one_open_request"
            )
        ]
