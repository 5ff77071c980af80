"""Two accounts of one person become one: the case, the accounts it touches, and the trace of every row that moved."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from waizhuan.shared.flow.models import Subject


class Proof(models.TextChoices):
    """How it is known that both accounts are one person's."""

    PASSWORD = "password", _("本人登录过两个账号")
    CODE = "code", _("本人用预留手机的验证码证明了另一个账号")
    DESK = "desk", _("平台发现，要核对材料")


class AccountMerge(Subject):
    """`closing` becomes part of `survivor` and is closed."""

    survivor = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    closing = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    proof = models.CharField(max_length=8, choices=Proof.choices)
    reason = models.TextField(blank=True, default="")
    first_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    merged_at = models.DateTimeField(null=True)
    #: the document that the closed account had, kept as a former one of the survivor's: an undo gives it back
    former_document = models.BigIntegerField(null=True)

    #: was the first look the reader's own; put there by `queries.case_for`, None: not asked yet
    decided: bool | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("closing")), name="a_merge_has_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"account merge {self.number}"


class Side(models.Model):
    """An account that a merge touches. While the merge is under way no other one may touch it: the database sees to it."""

    merge = models.ForeignKey(AccountMerge, models.CASCADE, related_name="sides")
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(open=True), name="one_open_merge_per_account"),
        ]


class How(models.TextChoices):
    MOVED = "moved", _("转到保留的账号")
    ENDED = "ended", _("保留的账号已有，这一条结束后转过去")
    STAYS = "stays", _("保留的账号已有，这一条留作记录")
    GAVE_WAY = "gave", _("保留的账号原有的一条先到期，由转来的接替")

    @classmethod
    def went(cls) -> tuple[How, ...]:
        """What went to the account that is kept."""
        return (cls.MOVED, cls.ENDED)

    @classmethod
    def over(cls) -> tuple[How, ...]:
        """What ended because both accounts held the same post."""
        return (cls.ENDED, cls.GAVE_WAY)


class Moved(models.Model):
    """One row of one table that the merge touched: `key` as in `identity.registry`, `row` its primary key."""

    merge = models.ForeignKey(AccountMerge, models.CASCADE, related_name="rows")
    key = models.CharField(max_length=80)
    row = models.BigIntegerField()
    how = models.CharField(max_length=6, choices=How.choices)
    #: the row's version right after the move, where it has one: whoever changes it later makes an undo impossible
    version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merge", "key"], name="rows_of_account_merge")]
