"""Uploaded files: what is known of each. The content lies sealed in the store."""

from __future__ import annotations

import secrets

from django.db import models

from waizhuan.kernel import clock


def new_key() -> str:
    """Where the content lies in the store; says nothing about it."""
    return secrets.token_hex(20)


class Document(models.Model):
    """One uploaded file. It is never changed: a better picture is another document."""

    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    #: nobody: handed in by somebody who cannot sign in (an appeal)
    owner = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, default="", blank=True)  # "<process>:<id>" once it is attached
    name = models.CharField(max_length=200)  # as uploaded, cleaned for display
    media_type = models.CharField(max_length=40)  # by content, never by name
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # SM3 of the original
    pages = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["subject"]),
            models.Index(fields=["owner", "purpose", "-id"]),
            models.Index(fields=["created_at"], condition=models.Q(subject=""), name="documents_without_case"),
        ]

    @property
    def kind(self) -> str:
        """How people call the format: JPEG, PDF."""
        return {"application/pdf": "PDF", "image/svg+xml": ""}.get(
            self.media_type, self.media_type.removeprefix("image/").removeprefix("x-").upper()
        )
