"""Requests to change what was approved about a unit, field by field, with before and after."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel.fields import EncryptedText
from waizhuan.shared.flow.models import Subject


class UnitChange(Subject):
    """更正申请. `department` has it now or had it first; `to_department` only where the department itself changes."""

    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    to_department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    ministry = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    why = models.CharField(max_length=500, default="", blank=True)
    asked_from = models.CharField(max_length=20, default="", blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    present: dict[str, str] | None = None  # see `effects.present`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(state="draft"), name="one_draft_change_per_unit"),
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False) | ~Q(state="applied") & Q(applied_at=None),
                name="applied_change_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-id"], name="changes_of_unit")]


class FieldChange(models.Model):
    """One field: what it was, what it shall be. Kept for good. `open` while the request waits for a decision."""

    change = models.ForeignKey(UnitChange, models.CASCADE, related_name="fields")
    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    before = EncryptedText(default="", blank=True)
    after = EncryptedText(default="", blank=True)
    open = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "name"], name="a_field_once_in_a_change"),
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(open=True), name="one_open_change_per_field"),
        ]


class ChangeDocument(models.Model):
    """A piece of evidence. `handed_in`: who decides has had it before them, so it stays."""

    change = models.ForeignKey(UnitChange, models.CASCADE, related_name="documents")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
    handed_in = models.BooleanField(default=False, db_default=False)
