"""A registration that is under way."""

from __future__ import annotations

import secrets

from django.db import models

from waizhuan.kernel import clock
from waizhuan.kernel.fields import EncryptedText


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Draft(models.Model):
    """What somebody has typed so far, sealed; the browser's session knows the token. Pressing the last button twice finds
    the account that the first press made (B5)."""

    token = models.CharField(max_length=40, unique=True, default=new_token)
    kind = models.CharField(max_length=10)  # person | unit
    data = EncryptedText(default="{}")
    password = models.CharField(max_length=128, default="", blank=True)  # hashed from the first moment
    phone_verified = models.CharField(
        max_length=64, default="", blank=True
    )  # blind index of the number that was verified
    account = models.ForeignKey("identity.Account", models.SET_NULL, related_name="+", null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["updated_at"])]


class Consent(models.Model):
    """Somebody agreed to a version of the terms (Personal Information Protection Law)."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="consents")
    text = models.CharField(max_length=40)  # "privacy"
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "text", "version"], name="one_consent_per_version")]


class HolderBefore(models.Model):
    """By which name and number (fingerprints) an account's holder was known before what has been corrected since and nobody
    has verified yet: `consents.corrected` tells a typing error from another person by it."""

    account = models.OneToOneField("identity.Account", models.CASCADE, related_name="+", primary_key=True)
    name = models.CharField(max_length=64)
    number = models.CharField(max_length=64, default="", blank=True)
