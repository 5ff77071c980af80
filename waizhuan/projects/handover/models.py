"""A post that passes from one person to another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from waizhuan.projects.handover.rules import OPEN
from waizhuan.shared.flow.models import Subject


class HandOver(Subject):
    """换人交接. `leaver` is NULL where nobody holds the post any more."""

    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    ministry = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True, blank=True)
    post = models.CharField(max_length=60)
    leaver = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True, blank=True)
    successor = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    why = models.CharField(max_length=300, default="", blank=True)
    effective_on = models.DateField()
    asked_for_more = models.BooleanField(default=False)
    executed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(leaver=None) | ~Q(leaver=F("successor")), name="nobody_hands_over_to_themselves"
            ),
            models.UniqueConstraint(
                fields=["organisation", "post", "leaver"],
                condition=Q(state__in=OPEN),
                name="one_open_hand_over_a_person",
            ),
            # two NULLs differ for a database: a post that nobody holds has one open hand-over, too
            models.UniqueConstraint(
                fields=["organisation", "post"],
                condition=Q(state__in=OPEN, leaver=None),
                name="one_open_hand_over_of_an_empty_post",
            ),
            models.UniqueConstraint(
                fields=["organisation", "post", "successor"],
                condition=Q(state__in=OPEN),
                name="one_open_hand_over_to_one",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="hand_overs_here"),
            models.Index(fields=["effective_on"], condition=Q(state="confirmed"), name="hand_overs_to_come"),
        ]


class HandOverDocument(models.Model):
    """The letter, and the successor's document from both sides. One file a slot: a new one replaces the old."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=10)
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hand_over", "slot"], name="one_paper_a_slot")]
