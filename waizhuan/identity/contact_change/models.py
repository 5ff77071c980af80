"""Changes of a phone or an e-mail address, kept so that the previous one can be restored."""

from __future__ import annotations

from django.db import models

from waizhuan.kernel import clock
from waizhuan.kernel.fields import EncryptedText


class ContactChange(models.Model):
    """One change: what it was before and after. `channel`: sms | email."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="contact_changes")
    channel = models.CharField(max_length=6)
    before = EncryptedText(default="", blank=True)
    after = EncryptedText(default="", blank=True)
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)
    #: the account passed into other hands since: nobody puts the earlier contacts back any more
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="contact_changes_of_account")]
