"""A unit says: in the old system we were that unit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.projects.unit_claims.rules import FOUND, WAITING
from waizhuan.shared.flow.models import Subject


class UnitClaim(Subject):
    """认领旧单位. `old_name`, `old_code`: as the unit typed them, whether there is such an old unit or not (the code without
    spaces and hyphens, as the imports keep it); `old`: which one it is, once the ministry has found it out."""

    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    ministry = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    old_name = models.CharField(_("旧系统里的单位名称"), max_length=200, default="", blank=True)
    name_key = models.CharField(max_length=200, default="", blank=True)
    old_code = models.CharField(_("旧系统里的单位代码"), max_length=40, default="", blank=True)
    why = models.CharField(_("为什么是本单位"), max_length=1000, default="", blank=True)
    asked_for_more = models.BooleanField(default=False)
    #: who at the ministry found out which one it is, for somebody else to approve
    checked_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    old = models.ForeignKey("legacy.LegacyUnit", models.PROTECT, related_name="claims", null=True, blank=True)

    looked: bool | None = None  # see `effects.checked_it`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(state="draft"), name="one_draft_claim_per_unit"),
            models.UniqueConstraint(
                fields=["unit", "name_key"], condition=Q(state__in=WAITING), name="one_open_claim_per_old_name"
            ),
            models.CheckConstraint(
                condition=Q(state__in=FOUND, old__isnull=False) | ~Q(state__in=FOUND) & Q(old=None),
                name="accepted_claim_has_its_old_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="unit_claims_of_unit"),
            models.Index(fields=["name_key"], condition=Q(state__in=WAITING), name="unit_claims_open"),
            models.Index(fields=["old_code"], condition=Q(state__in=WAITING), name="unit_claims_open_by_code"),
        ]

    def __str__(self) -> str:
        return f"unit claim {self.number}"


class ClaimDocument(models.Model):
    """A piece of evidence. `handed_in`: the ministry has had it before it, so it stays."""

    claim = models.ForeignKey(UnitClaim, models.CASCADE, related_name="documents")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
    handed_in = models.BooleanField(default=False, db_default=False)
