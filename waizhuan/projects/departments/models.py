"""The history of the departments: what was changed, from which day, why, by whom; and how one gave way to others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.kernel import clock
from waizhuan.kernel.ui import marks


class State(models.TextChoices):
    DRAFT = "draft", _("还没有确认")
    PLANNED = "planned", _("到日子生效")
    DONE = "done", _("已生效")
    FAILED = "failed", _("没有生效")
    DROPPED = "dropped", _("已取消")


OPEN = (State.DRAFT, State.PLANNED)


class Reorganisation(models.Model):
    """拆分、合并、撤销. Which departments end is said by their `DepartmentChange` rows, who takes over by `Successor`;
    `by_division` and `by_unit` hold the exceptions: division code, unit id → position of the successor; those about people
    are `StaffChoice` rows."""

    class Kind(models.TextChoices):
        SPLIT = "split", _("拆分")
        MERGE = "merge", _("合并")
        CLOSE = "close", _("撤销")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    effective_on = models.DateField(_("生效日期"))
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    by_division = models.JSONField(default=dict, blank=True)
    by_unit = models.JSONField(default=dict, blank=True)
    moved = models.JSONField(default=dict, blank=True)  # what followed, counted: "entry.UnitProfile.department" → n
    made_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_why = models.JSONField(default=list, blank=True)  # sentences (`kernel.words.as_json`)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
                name="a_done_reorganisation_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["effective_on"], condition=Q(state="planned"), name="reorganisations_to_come"),
        ]

    def __str__(self) -> str:
        return f"reorganisation {self.pk}"

    @property
    def name(self) -> str:
        """Whose it is: the departments that end."""
        closing = self.changes.filter(kind="close").order_by("id")
        return str(marks.listed(closing.values_list("department__name", flat=True)))


class Successor(models.Model):
    """Who takes over; the first one is the default. `values`: what it will be, where it is founded on the day."""

    reorganisation = models.ForeignKey(Reorganisation, models.CASCADE, related_name="successors")
    position = models.PositiveSmallIntegerField()
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    values = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "position"], name="successors_have_an_order"),
            models.CheckConstraint(
                condition=Q(department__isnull=False) | ~Q(values={}), name="a_successor_is_somebody"
            ),
        ]

    @property
    def name(self) -> str:
        return self.department.name if self.department else str(self.values.get("name", ""))


class StaffChoice(models.Model):
    """A person who does not follow the default. A row, so that it goes along when the account is merged into another
    (`identity/registry.py`); taken back it stays with position 0, so that such a merge can still be undone."""

    reorganisation = models.ForeignKey(Reorganisation, models.CASCADE, related_name="people")
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reorganisation", "account"], condition=Q(position__gt=0), name="a_person_goes_one_way"
            ),
        ]


class DepartmentChange(models.Model):
    """One change of one department: `values` is what is wanted, `before` and `after` what it did once it was done."""

    class Kind(models.TextChoices):
        ADD = "add", _("新设")
        EDIT = "edit", _("变更")
        CLOSE = "close", _("撤销")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    department = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="changes", null=True, blank=True)
    effective_on = models.DateField(_("生效日期"))
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    values = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_why = models.JSONField(default=list, blank=True)  # sentences (`kernel.words.as_json`)

    class Meta:
        constraints = [
            # two operators cannot end one department at once
            models.UniqueConstraint(
                fields=["department"], condition=Q(kind="close", state__in=OPEN), name="one_open_closing_per_department"
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=False) | Q(kind="add"), name="only_a_new_department_is_not_there_yet"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, department__isnull=False)
                | ~Q(state="done") & Q(done_at=None),
                name="a_done_change_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "-effective_on", "-id"], name="changes_of_department"),
            models.Index(
                fields=["effective_on", "id"], condition=Q(state="planned"), name="department_changes_to_come"
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"

    @property
    def name(self) -> str:
        return self.department.name if self.department else str(self.values.get("name", ""))


class UnitMove(models.Model):
    """The trace of a unit whose department gave way: nothing is lost, nothing counted twice."""

    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="units")
    unit = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    before = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    after = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "unit", "before"], name="a_unit_moves_once"),
        ]


class TreeImport(models.Model):
    """A file with the tree: checked first, then loaded."""

    file_name = models.CharField(max_length=200)
    file_key = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    total = models.PositiveIntegerField()
    fresh = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"tree import {self.pk}"
