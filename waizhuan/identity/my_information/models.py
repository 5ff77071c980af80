"""Requests under the Personal Information Protection Law (Art. 44–50): explain, copy, correct, delete, restrict."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel.fields import EncryptedText
from waizhuan.shared.flow.models import Subject


class RequestKind(models.TextChoices):
    CORRECT = "correct", _("更正")
    DELETE = "delete", _("删除")
    EXPLAIN = "explain", _("说明处理规则")
    RESTRICT = "restrict", _("限制或拒绝处理")
    CLOSE_UNIT = "close_unit", _("注销单位账号")


class DataRequest(Subject):
    """One request; answered with what was done, or declined with the reason."""

    kind = models.CharField(max_length=12, choices=RequestKind.choices)
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    words = models.TextField()
    # a correction: which field (rules.FIELDS), and what it is to be
    field = models.CharField(max_length=20, default="", blank=True)
    value = EncryptedText(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["asker_account", "-id"], name="data_requests_of_account")]
