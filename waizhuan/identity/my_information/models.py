"""Requests under the Personal Information Protection Law (Art. 44–50): explain, copy, correct, delete, restrict; and closings
that wait for others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
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


class Closing(Subject):
    """The holder asked to close their account; it closes by itself once nothing stands in the way any more (Art. 47)."""

    #: when the clock last asked whether it can close now
    looked_at = models.DateTimeField(default=clock.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asker_account"], condition=Q(state="asked"), name="one_closing_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["asker_account", "-id"], name="closings_of_account"),
            models.Index(fields=["looked_at", "id"], condition=Q(state="asked"), name="closings_that_wait"),
        ]


class Relief(Subject):
    """A post is asked to take what stands in a closing's way: `asker_account` leaves, and cannot hand it over alone."""

    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    #: who sees to it where the post does nothing
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker_account", "organisation", "role"],
                condition=Q(state="waiting"),
                name="one_open_relief_a_post",
            ),
        ]
        indexes = [models.Index(fields=["asker_account", "-id"], name="reliefs_of_account")]
