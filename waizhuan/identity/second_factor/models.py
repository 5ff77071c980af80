"""What a second factor is proved with: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from django.db import models

from waizhuan.kernel import clock
from waizhuan.kernel.fields import EncryptedText


class Authenticator(models.Model):
    """The account's authenticator app (TOTP, RFC 6238). `last_step`: the time step of the newest code that was taken, so
    that no code works twice. `successor`: the secret of a new phone, until its first code takes the old one's place."""

    account = models.OneToOneField("identity.Account", models.CASCADE, related_name="authenticator", primary_key=True)
    secret = EncryptedText()
    successor = EncryptedText(default="", db_default="")
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    @property
    def offered(self) -> str:
        """The secret that waits to be confirmed."""
        return str(self.successor if self.confirmed_at else self.secret)


class Passkey(models.Model):
    """A passkey of the account (WebAuthn level 2)."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="passkeys_of_account")]


class RecoveryCode(models.Model):
    """One of ten codes for the day when the phone is gone. Kept as a password is: the keyed fingerprint of its 50 bits, hashed
    slowly with the random salt of its set, so that trying a code takes one hash and not ten. Codes of before that are the
    fingerprint alone, until they are replaced."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="recovery_codes")
    fingerprint = models.CharField(max_length=160)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "fingerprint"], name="one_recovery_code_of_a_kind")]
