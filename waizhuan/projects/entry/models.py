"""The unit's profile in the experts system."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.fields import EncryptedText
from waizhuan.shared.flow.models import Subject


class UnitProfile(Subject):
    """单位信息. Names and codes come from the platform and are never typed twice; one profile a unit."""

    unit = models.OneToOneField("identity.Organisation", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    #: the unit's place (GB/T 2260) for which the department was chosen or confirmed; "": not known
    place = models.CharField(max_length=6, default="", db_default="", blank=True)
    address = models.CharField(_("通信地址"), max_length=300, default="", blank=True)
    postcode = models.CharField(_("邮政编码"), max_length=10, default="", blank=True)
    contact_name = models.CharField(_("联系人"), max_length=100, default="", blank=True)
    contact_phone = EncryptedText(_("联系电话"), default="", blank=True)
    contact_email = EncryptedText(_("联系邮箱"), default="", blank=True)
    field = models.CharField(_("主要领域"), max_length=200, default="", blank=True)
    introduction = models.TextField(_("单位简介"), default="", blank=True)
    asked_for_more = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(department__isnull=False),
                name="submitted_has_department",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "state", "-updated_at", "-id"], name="profiles_of_department"),
            models.Index(fields=["-updated_at", "-id"], name="profiles_by_change"),
        ]

    def __str__(self) -> str:
        return f"profile {self.number}"


class ProfileDocument(models.Model):
    """A document that goes with the profile."""

    profile = models.ForeignKey(UnitProfile, models.CASCADE, related_name="documents")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
