"""Work items, history, and the columns that every subject of a process has."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from waizhuan.kernel import clock
from waizhuan.kernel.actor import SYSTEM
from waizhuan.kernel.words import say


class Subject(models.Model):
    """Abstract: something that goes through a process. `version` counts the transitions (optimistic locking)."""

    number = models.CharField("编号", max_length=40, unique=True, null=True, editable=False)
    state = models.CharField("状态", max_length=40)
    version = models.PositiveIntegerField("版本", default=0)
    asker_account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    asker_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField("创建时间", default=clock.now)
    updated_at = models.DateTimeField("更新时间", default=clock.now)

    class Meta:
        abstract = True


class WorkItem(models.Model):
    """One piece of work: a subject waits in a state for a post (organisation + role) or for one account.

    All queues, clocks, reminders, escalations and hand-overs are queries on this table.
    """

    process = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=40)
    number = models.CharField(max_length=40, default="", blank=True)
    title = models.CharField(max_length=300)
    #: in Chinese, by which it is searched
    line = models.CharField(max_length=300, default="", blank=True)
    #: the line as a sentence (`kernel.words.as_json`), where each reader reads it in another language
    line_words = models.JSONField(null=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="work", null=True)
    role = models.CharField(max_length=60, default="", blank=True)
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="work", null=True)
    assignee = models.ForeignKey("identity.Account", models.SET_NULL, related_name="assigned_work", null=True)
    asker_account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    asker_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    asker_turn = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=clock.now)
    #: never NULL, so that lists can be paged by it: far in the future where nothing is promised
    due_at = models.DateTimeField()
    promised = models.BooleanField(default=True)
    provisional = models.BooleanField(default=False)
    paused_days = models.IntegerField("暂停时剩余工作日", null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("identity.Account", models.SET_NULL, related_name="+", null=True)

    #: the organisation whose post has it, its public phone and hours; put there by `queries.current_item`
    office: str | None = None
    office_phone: str | None = None
    office_hours: str | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process", "subject_id"], condition=Q(closed_at=None), name="one_open_item_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False) | (Q(organisation__isnull=False) & ~Q(role="")),
                name="work_has_a_holder",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "role", "due_at", "id"], condition=Q(closed_at=None), name="work_queue"
            ),
            models.Index(fields=["account", "due_at", "id"], condition=Q(closed_at=None), name="work_of_account"),
            models.Index(
                fields=["asker_organisation", "due_at", "id"], condition=Q(closed_at=None), name="work_awaited_by_org"
            ),
            models.Index(
                fields=["asker_account", "due_at", "id"], condition=Q(closed_at=None), name="work_awaited_by_account"
            ),
            models.Index(fields=["organisation", "closed_at", "id"], name="work_done"),
            models.Index(fields=["process", "subject_id"], name="work_of_subject"),
            # the clock's own; a queue must not be tempted to read everybody's work in order of time
            models.Index(
                fields=["due_at"],
                condition=Q(closed_at=None, promised=True, asker_turn=False, escalated_at=None),
                name="work_overdue",
            ),
        ]


class AppendOnly(Exception):
    """History is never changed."""


class Step(models.Model):
    """What happened to a subject: one row a transition, never changed (database triggers see to it)."""

    process = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField("第几步")
    transition = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    account_name = models.CharField(max_length=120, default="", blank=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    organisation_name = models.CharField(max_length=200, default="", blank=True)
    note = models.TextField(default="", blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            # the database's own guarantee that nothing is decided twice
            models.UniqueConstraint(fields=["process", "subject_id", "seq"], name="steps_follow_one_another"),
        ]

    @property
    def by(self) -> tuple[str, ...]:
        """Who did it, in the reader's language: the organisation and the person, as far as each is known."""
        itself = self.account_id is None and self.account_name == SYSTEM
        return tuple(filter(None, (self.organisation_name, str(say("系统")) if itself else self.account_name)))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("a step of history is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise AppendOnly("a step of history is never deleted")


class Counter(models.Model):
    """Serial numbers by name ("DW-2026")."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)


class SavedView(models.Model):
    """A filter of the queue that somebody named: it stands there as a tab; theirs alone, for one organisation acted for."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=30)
    conditions = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "organisation", "name"], name="one_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
