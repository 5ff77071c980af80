"""账号合并 (附件2): projects move from an old account, or from somebody who left, to the unit or to another of its people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.shared.flow.models import Subject

OPEN = ("draft", "review")


class Merge(Subject):
    """One request of one unit. The source is an old account or a person of the unit; `target` is a person of it, or None:
    the unit itself."""

    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    old = models.ForeignKey("legacy.LegacyAccount", models.PROTECT, related_name="merges", null=True, blank=True)
    person = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    target = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)  # of the reviewing post
    reason = models.TextField(_("原因"))
    letter = models.OneToOneField("documents.Document", models.PROTECT, related_name="+", null=True, blank=True)
    scan = models.CharField(
        max_length=10, default="", blank=True
    )  # what the code on the letter said: match | other | ""
    confirmed_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    #: counts the changes of the list: what was sealed or confirmed was one of them
    listing = models.PositiveSmallIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old__isnull=False, person=None) | Q(old=None, person__isnull=False),
                name="a_merge_has_one_source",
            ),
            models.UniqueConstraint(
                fields=["unit", "old"], condition=Q(state__in=OPEN, old__isnull=False), name="one_open_merge_per_old"
            ),
            models.UniqueConstraint(
                fields=["unit", "person"],
                condition=Q(state__in=OPEN, person__isnull=False),
                name="one_open_merge_per_person",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="merges_of_unit"),
            models.Index(fields=["department", "state", "-id"], name="merges_of_department"),
        ]

    def __str__(self) -> str:
        return f"merge {self.number}"


class Line(models.Model):
    """One project of the list, and the trace of its move: who had it before, and its version right after. `open`: the merge
    is under way, so that no other one can list the project."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="lines")
    old_project = models.ForeignKey("legacy.LegacyProject", models.PROTECT, related_name="+", null=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+", null=True)
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    open = models.BooleanField(default=True)
    before_lead = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    before_moved = models.BooleanField(default=False)
    version_after = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old_project__isnull=False, application=None)
                | Q(old_project=None, application__isnull=False),
                name="a_line_is_one_project",
            ),
            models.UniqueConstraint(
                fields=["old_project"],
                condition=Q(open=True, old_project__isnull=False),
                name="one_open_merge_per_old_project",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(open=True, application__isnull=False),
                name="one_open_merge_per_application",
            ),
        ]
        indexes = [models.Index(fields=["merge", "id"], name="lines_of_merge")]


class FormerList(models.Model):
    """A list as it was handed in or sealed, before the unit got it back or changed it: from whom to whom, and by what the unit
    stood for it."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="former_lists")
    listing = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    target = models.CharField(max_length=300)
    reason = models.TextField()
    count = models.PositiveIntegerField()
    letter = models.ForeignKey("documents.Document", models.PROTECT, related_name="+", null=True)
    scan = models.CharField(max_length=10, default="", blank=True)
    confirmed_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(default=clock.now)


class FormerLine(models.Model):
    """One project of a former list, as it was called then."""

    former = models.ForeignKey(FormerList, models.CASCADE, related_name="lines")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["former", "id"], name="lines_of_former_list")]
