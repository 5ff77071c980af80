"""What the old system held: units, accounts, projects, as the ministry's exports brought them over; and the imports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText
from waizhuan.kernel.words import Words, from_json


class Kind(models.TextChoices):
    """What a file holds. Units come first: the other two name them."""

    UNITS = "units", _("申报单位")
    ACCOUNTS = "accounts", _("账号")
    PROJECTS = "projects", _("项目")


class LegacyUnit(models.Model):
    """A unit of the old system. `organisation`: the verified unit of the platform that it is, once that is known."""

    key = models.CharField(max_length=210, unique=True)  # the old code, or the name where there was none
    code = models.CharField(_("单位代码"), max_length=40, default="", blank=True)
    name = models.CharField(_("单位名称"), max_length=200)
    name_key = models.CharField(max_length=200)
    other_names = models.JSONField(default=list, blank=True)
    #: `other_names` as text, a line each, where they are searched
    former = models.CharField(max_length=2000, default="", db_default="", blank=True, editable=False)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, default="", blank=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)
    #: who at the ministry decided it, where no rule could
    matched_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    #: and what that rests on, in their own words, where neither code nor name speaks for it
    matched_why = models.CharField(_("依据"), max_length=300, default="", db_default="", blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["name_key"], name="legacy_units_by_name"),
            models.Index(fields=["uscc"], condition=~Q(uscc=""), name="legacy_units_by_code"),
            models.Index(fields=["code"], condition=~Q(code=""), name="legacy_units_by_old_code"),
            models.Index(fields=["organisation"], name="legacy_units_matched"),
            models.Index(fields=["name_key", "id"], condition=Q(organisation=None), name="legacy_units_unmatched"),
            models.Index(
                fields=["-matched_at", "-id"], condition=Q(matched_by__isnull=False), name="legacy_units_decided"
            ),
            models.Index(
                fields=["-matched_at", "-id"],
                condition=Q(organisation__isnull=False, matched_by=None),
                name="legacy_units_by_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Parted(models.Model):
    """A match that was taken back: this old unit is not that unit. What no longer happens by itself; the ministry still may."""

    old = models.ForeignKey(LegacyUnit, models.PROTECT, related_name="parted")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "organisation"], name="one_undone_match_a_unit")]

    def __str__(self) -> str:
        return f"parted {self.pk}"


class LegacyAccount(models.Model):
    """An account of the old system. Having its login name gives nobody any right (F10): `account` is set by a link alone."""

    login_name = models.CharField(_("登录名"), max_length=60)  # as people know it, without the prefix WGZJXM_
    login_key = models.CharField(max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=100, default="", blank=True)
    phone = EncryptedText(_("手机号"), default="", blank=True)  # E.164
    phone_index = BlindIndex(source="phone", purpose="phone")
    email = EncryptedText(_("电子邮箱"), default="", blank=True)
    email_index = BlindIndex(source="email", purpose="email", normalise=str.lower)
    doc_type = models.CharField(max_length=20, default="", blank=True)
    doc_number = EncryptedText(_("证件号码"), default="", blank=True)
    doc_key = EncryptedText(default="", blank=True, editable=False)
    doc_index = BlindIndex(source="doc_key", purpose="document")
    unit = models.ForeignKey(LegacyUnit, models.PROTECT, related_name="accounts", null=True, blank=True)
    admin_from = models.DateField(_("管理员起"), null=True, blank=True)
    admin_until = models.DateField(_("管理员止"), null=True, blank=True)
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    linked_at = models.DateTimeField(null=True, blank=True)
    linked_how = models.CharField(max_length=20, default="", blank=True)  # linking.rules: what was sufficient
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account=None, linked_at=None, linked_how="")
                | (Q(account__isnull=False, linked_at__isnull=False) & ~Q(linked_how="")),
                name="a_link_says_when_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["doc_index"], condition=~Q(doc_index=""), name="legacy_accounts_by_document"),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="legacy_accounts_by_phone"),
            models.Index(fields=["unit", "id"], name="legacy_accounts_of_unit"),
            models.Index(fields=["account"], name="legacy_accounts_linked"),
        ]

    def __str__(self) -> str:
        return f"old account {self.pk}"


class LegacyProject(models.Model):
    """A project of the old system. It has one owner: nobody yet (its unit is not on the platform), the unit
    (`organisation`), or a person of that unit (`lead`). `account` tells for ever who held it in the old system."""

    number = models.CharField(_("项目编号"), max_length=40, unique=True)
    title = models.CharField(_("项目名称"), max_length=200)
    category = models.CharField(_("类别"), max_length=100, default="", blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    unit = models.ForeignKey(LegacyUnit, models.PROTECT, related_name="projects")
    account = models.ForeignKey(LegacyAccount, models.PROTECT, related_name="projects", null=True, blank=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    lead = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    #: given to its owner by a hand-over or a merge: a later link of the old account does not take it back
    moved = models.BooleanField(default=False)
    #: counts the changes of owner: what an undo compares
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lead=None) | Q(organisation__isnull=False), name="a_lead_leads_within_a_unit"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-year", "-id"], name="legacy_projects_of_unit"),
            models.Index(fields=["-year", "-id"], name="legacy_projects_by_year"),
            models.Index(fields=["lead", "-year", "-id"], name="legacy_projects_of_lead"),
            models.Index(fields=["account", "id"], name="legacy_projects_of_account"),
            models.Index(fields=["unit", "id"], name="legacy_projects_by_unit"),
        ]

    def __str__(self) -> str:
        return self.number


class State(models.TextChoices):
    CHECKING = "checking", _("正在检查")
    CHECKED = "checked", _("检查完了，还没有导入")
    LOADING = "loading", _("正在导入")
    DONE = "done", _("已导入")
    DROPPED = "dropped", _("没有导入")
    FAILED = "failed", _("没有做完")


class Import(models.Model):
    """One file on its way: checked first, then loaded, in batches. `cursor` tells how far it is, so that it goes on after
    a crash with the row where it stopped."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    file_name = models.CharField(max_length=200)
    file_key = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    started_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    total = models.PositiveIntegerField()
    cursor = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cursor__lte=models.F("total")), name="import_ends_with_its_file"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="imports_of_ministry"),
            models.Index(fields=["state", "id"], name="imports_at_work"),
        ]


class RowProblem(models.Model):
    """What is wrong with a cell: line as Excel counts it, column by its heading, the sentence in either language."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["batch", "line", "id"], name="problems_in_order")]

    @property
    def sentence(self) -> Words:
        return from_json({"msgid": self.reason, "params": self.params})
