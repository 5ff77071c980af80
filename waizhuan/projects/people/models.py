"""The register of foreign experts, made from approved applications."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText


class Expert(models.Model):
    """A foreign expert, known by the passport. Holds what the latest approved application says."""

    name_latin = models.CharField(_("姓名（拉丁字母）"), max_length=100)
    name_zh = models.CharField(_("中文姓名"), max_length=50, default="", blank=True)
    nationality = models.CharField(_("国籍"), max_length=3)
    passport = EncryptedText(_("护照号码"))
    passport_key = EncryptedText(editable=False)
    passport_index = BlindIndex(source="passport_key", purpose="document", unique=True)
    birth = models.DateField(_("出生日期"))
    degree = models.CharField(_("学位或学历"), max_length=20)
    title = models.CharField(_("职称"), max_length=20)
    employer = models.CharField(_("国外工作单位和职务"), max_length=200)
    speciality = models.CharField(_("专业方向"), max_length=100)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["name_latin", "id"], name="experts_by_name")]

    def __str__(self) -> str:
        return f"expert {self.pk}"


class Engagement(models.Model):
    """An expert takes part in an approved project, until it ends."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="engagements")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="engagements")
    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    #: the call allows an expert one running project
    exclusive = models.BooleanField(default=True)
    days = models.PositiveSmallIntegerField(_("来华天数"))
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "application"], name="one_engagement_per_project"),
            # the database's own guarantee behind "one expert, one running project"
            models.UniqueConstraint(
                fields=["expert"], condition=Q(ended_at=None, exclusive=True), name="one_running_project_per_expert"
            ),
        ]
        indexes = [models.Index(fields=["unit", "expert"], name="engagements_of_unit")]
