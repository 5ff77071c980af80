"""Calls for applications (申报通知), and the budget standards that they refer to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock


class BudgetStandard(models.Model):
    """Limits per person-visit, in fen, versioned by document number: a call names the one that holds for it."""

    document = models.CharField(_("文号"), max_length=40, unique=True)  # 外专发〔2010〕87号
    title = models.CharField(_("标题"), max_length=200)
    travel_fen = models.BigIntegerField(_("国际旅费上限"))
    pocket_day_fen = models.BigIntegerField(_("零用费每天上限"))
    pocket_fen = models.BigIntegerField(_("零用费上限"))
    living_day_fen = models.BigIntegerField(_("生活费每天上限"))
    living_fen = models.BigIntegerField(_("生活费上限"))
    paid_days = models.PositiveSmallIntegerField(_("零用费和生活费至多计多少天"))
    intercity_fen = models.BigIntegerField(_("城市间旅费上限"))
    total_fen = models.BigIntegerField(_("每人每次合计上限"))

    def __str__(self) -> str:
        return self.document


class Tier(models.TextChoices):
    """Which departments may recommend to this call."""

    ANY = "any", _("任何一级归口单位")
    ROOT = "root", _("省级（部委、副省级城市、兵团）归口单位")


class Call(models.Model):
    """One category of one year: dates, limits, number pattern."""

    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")  # the ministry
    year = models.PositiveSmallIntegerField(_("年度"))
    label_zh = models.CharField(_("类别名称（中文）"), max_length=100)
    label_en = models.CharField(_("类别名称（英文）"), max_length=150)
    about_zh = models.TextField(_("说明（中文）"), default="", blank=True)
    about_en = models.TextField(_("说明（英文）"), default="", blank=True)
    opens_at = models.DateTimeField(_("开始受理"))
    closes_at = models.DateTimeField(_("截止时间"))
    published_at = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    announcement_zh = models.TextField(_("延期公告（中文）"), default="", blank=True)
    announcement_en = models.TextField(_("延期公告（英文）"), default="", blank=True)
    max_age = models.PositiveSmallIntegerField(_("专家年龄上限（周岁）"), null=True, blank=True)
    age_on = models.DateField(_("年龄计算到哪一天"), null=True, blank=True)
    min_days = models.PositiveSmallIntegerField(_("每位专家至少来华天数"), null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(_("每位专家至多来华天数"), null=True, blank=True)
    min_experts = models.PositiveSmallIntegerField(_("至少几位专家"), default=1)
    one_running_project = models.BooleanField(_("一位专家只能参加一个在执行的项目"), default=True)
    max_total_fen = models.BigIntegerField(_("每项至多申请"), null=True, blank=True)
    standard = models.ForeignKey(BudgetStandard, models.PROTECT, verbose_name=_("经费标准"), related_name="calls")
    number_pattern = models.CharField(_("项目编号格式"), max_length=60)
    #: codes of applications.kinds.ATTACHMENTS
    required_attachments = models.JSONField(_("必须上传的附件"), default=list, blank=True)
    recommended_by = models.CharField(_("由谁推荐"), max_length=10, choices=Tier.choices, default=Tier.ANY)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "label_zh"], name="one_call_per_category_and_year"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"),
        ]
        indexes = [
            models.Index(fields=["-closes_at", "id"], name="calls_by_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.label}"

    @property
    def label(self) -> str:
        """The category's name in the reader's language."""
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh

    @property
    def about(self) -> str:
        return self.about_en if (get_language() or "").startswith("en") else self.about_zh

    @property
    def announcement(self) -> str:
        return self.announcement_en if (get_language() or "").startswith("en") else self.announcement_zh
