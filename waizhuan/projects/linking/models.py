"""Somebody says: that old account was mine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.shared.flow.models import Subject

OPEN = ("review", "asked")


class Claim(Subject):
    """A claim to an old account where the evidence is not sufficient by itself. `decider`, `role`: the post that decides."""

    old = models.ForeignKey("legacy.LegacyAccount", models.PROTECT, related_name="claims")
    decider = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    words = models.TextField(_("为什么是您的"))
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+", null=True, blank=True)
    asked_for_more = models.BooleanField(default=False)
    by_agent: bool | None = None  # see `process.own_claim`

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker_account", "old"], condition=Q(state__in=OPEN), name="one_open_claim_per_old_account"
            ),
        ]
        indexes = [models.Index(fields=["decider", "state", "-id"], name="claims_of_decider")]

    def __str__(self) -> str:
        return f"claim {self.number}"


class Unlinked(models.Model):
    """A link that was undone: this old account is not this person's. What no longer happens by itself; a claim or the unit's
    hand-over still may."""

    old = models.ForeignKey("legacy.LegacyAccount", models.PROTECT, related_name="unlinked")
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "account"], name="one_undone_link_a_person")]

    def __str__(self) -> str:
        return f"unlinked {self.pk}"
