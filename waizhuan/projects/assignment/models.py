"""Who waits for a project."""

from __future__ import annotations

from django.db import models

from waizhuan.kernel import clock


class Wish(models.Model):
    """A project lead has asked the unit for a project (F4). Gone as soon as the lead is given one."""

    unit = models.ForeignKey("identity.Organisation", models.CASCADE, related_name="+")
    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "account"], name="one_wish_a_lead_and_unit")]
        indexes = [models.Index(fields=["unit", "asked_at", "id"], name="wishes_of_unit")]

    def __str__(self) -> str:
        return f"wish {self.pk}"
