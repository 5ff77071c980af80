"""Applications (申报书): the case itself, the sections as they are typed, and what they become when handed in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText
from waizhuan.shared.flow.models import Subject


class Application(Subject):
    """One application of a unit in one call; from approval on, the project."""

    #: of the form that made it: pressing twice makes one application
    token = models.CharField(max_length=32, null=True, unique=True, editable=False)
    call = models.ForeignKey("calls.Call", models.PROTECT, related_name="applications")
    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    lead = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    title = models.CharField(_("项目名称"), max_length=200)
    title_key = models.CharField(max_length=200, editable=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    expert_count = models.PositiveSmallIntegerField(default=0)
    total_fen = models.BigIntegerField(_("申请专项经费"), default=0)
    match_fen = models.BigIntegerField(_("单位配套"), default=0)
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    asked_for_more = models.BooleanField(default=False)
    rank = models.PositiveIntegerField(_("推荐名次"), null=True, blank=True)
    opinion = models.TextField(_("推荐意见"), default="", blank=True)
    project_number = models.CharField(_("项目编号"), max_length=40, null=True, blank=True, unique=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # a department ranks what it recommends: no two in one place
            models.UniqueConstraint(
                fields=["call", "department", "rank"], condition=Q(rank__isnull=False), name="one_application_per_rank"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(project_number__isnull=False), name="approved_has_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-updated_at", "-id"], name="applications_of_unit"),
            models.Index(fields=["lead", "-updated_at", "-id"], name="applications_of_lead"),
            models.Index(fields=["department", "state", "-updated_at", "-id"], name="applications_of_department"),
            models.Index(fields=["state", "-updated_at", "-id"], name="applications_by_state"),
            models.Index(fields=["-updated_at", "-id"], name="applications_by_change"),
            models.Index(fields=["call", "unit", "title_key"], name="applications_by_topic"),
        ]

    def __str__(self) -> str:
        return f"application {self.number}"


class Section(models.Model):
    """One section as it is typed (drafts.Draft), sealed: it holds passport numbers. `version` counts its saves."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    name = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    content = EncryptedText(default="", blank=True)
    saved_at = models.DateTimeField(default=clock.now)
    saved_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "name"], name="one_section_per_name"),
        ]


class Attachment(models.Model):
    """A file of the application; it is uploaded at once, not with the form."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=20)  # kinds.ATTACHMENTS
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
    added_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField(default=clock.now)


class ApplicationExpert(models.Model):
    """A foreigner to be engaged, as handed in."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="experts")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=9)
    name_latin = models.CharField(_("姓名（拉丁字母）"), max_length=100)
    name_zh = models.CharField(_("中文姓名"), max_length=50, default="", blank=True)
    nationality = models.CharField(_("国籍"), max_length=3)
    passport = EncryptedText(_("护照号码"))
    passport_key = EncryptedText(editable=False)
    passport_index = BlindIndex(source="passport_key", purpose="document")
    birth = models.DateField(_("出生日期"))
    degree = models.CharField(_("学位或学历"), max_length=20)
    title = models.CharField(_("职称"), max_length=20)
    employer = models.CharField(_("国外工作单位和职务"), max_length=200)
    speciality = models.CharField(_("专业方向"), max_length=100)
    days = models.PositiveSmallIntegerField(_("来华天数"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="experts_stand_in_order"),
            models.UniqueConstraint(fields=["application", "passport_index"], name="one_expert_once_an_application"),
        ]
        indexes = [models.Index(fields=["passport_index"], name="experts_by_passport")]


class Visit(models.Model):
    """A planned stay."""

    expert = models.ForeignKey(ApplicationExpert, models.CASCADE, related_name="visits")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=9)
    first = models.DateField(_("到达日期"))
    last = models.DateField(_("离开日期"))
    days = models.PositiveSmallIntegerField(_("天数"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "position"], name="visits_stand_in_order"),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="visit_ends_after_it_begins"),
        ]


class BudgetLine(models.Model):
    """What is asked for one kind of cost of one visit, in fen."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="lines")
    cost = models.CharField(max_length=12)  # kinds.COSTS
    fen = models.BigIntegerField()
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "cost"], name="one_line_per_cost"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="budget_line_is_positive"),
        ]
