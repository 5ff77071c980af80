"""Appeals: what somebody who cannot sign in claims, with the papers that prove it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.appeals.rules import FILED
from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText
from waizhuan.shared.flow.models import Subject


def new_token() -> str:
    return secrets.token_urlsafe(32)


class AppealKind(models.TextChoices):
    PERSON = "person", _("个人申诉")
    UNIT = "unit", _("单位申诉")
    RENAME = "rename", _("单位改名找回")
    PHONE = "phone", _("老账号补登手机号")


class Appeal(Subject):
    """One appeal. It holds what was claimed; `account` is whom the product found by it, never told to the appellant."""

    kind = models.CharField(max_length=8, choices=AppealKind.choices)
    #: opens the case in the appellant's browser session
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="appeals", null=True)
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    login_name = models.CharField(max_length=60, default="", blank=True)
    # the appellant: the person, or whoever is to be the unit's main agent (E9: anyone of the unit)
    name = models.CharField(max_length=100)
    doc_type = models.CharField(max_length=20)
    doc_country = models.CharField(max_length=3, default="CHN")
    doc_number = EncryptedText()
    doc_key = EncryptedText(default="", editable=False)
    doc_index = BlindIndex(source="doc_key", purpose="document")
    unit_name = models.CharField(max_length=200, default="", blank=True)
    old_name = models.CharField(max_length=200, default="", db_default="", blank=True)  # of a unit that was renamed
    uscc = models.CharField(max_length=46, default="", blank=True)
    phone = EncryptedText()  # E.164, new
    phone_index = BlindIndex(source="phone", purpose="phone")
    phone_verified_at = models.DateTimeField(null=True)
    email = EncryptedText(default="", blank=True)
    words = models.TextField(default="", blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    #: to which words about the papers the appellant agreed (`rules.CONSENT`), and when
    consent_version = models.CharField(max_length=20, default="", db_default="", blank=True)
    consent_at = models.DateTimeField(null=True)
    first_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(null=True)
    cooling_until = models.DateTimeField(null=True)
    objected_at = models.DateTimeField(null=True)
    objection = models.TextField(default="", blank=True)
    link = models.ForeignKey("sign_in.PasswordLink", models.SET_NULL, related_name="+", null=True)

    #: is the document the reviewer's own, or the account? Put there by `queries.review_appeal`
    concerned = False
    #: likewise: has the reviewer decided on it before; None: not asked yet
    decided: bool | None = None
    #: likewise: does somebody else claim the account; None: not asked yet
    contested: bool | None = None

    class Meta:
        constraints = [
            # the same appeal is filed once, however often it is sent
            models.UniqueConstraint(
                fields=["account", "phone_index"],
                condition=Q(state__in=FILED) & Q(account__isnull=False),
                name="one_open_appeal",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"], name="appeals_of_account"),
            models.Index(fields=["phone_index"], name="appeals_of_phone"),
            models.Index(fields=["cooling_until"], condition=Q(state="cooling"), name="appeals_cooling"),
            models.Index(fields=["created_at"], condition=Q(state="draft"), name="appeals_drafts"),
        ]


class Evidence(models.Model):
    """One paper of an appeal. Nothing is taken away after submission: a later one replaces it and both are kept."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="evidence")
    slot = models.CharField(max_length=20)
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+")
    #: what the square code on the scan says: "match" this appeal, "other" another one, "" none was read (G5)
    scan = models.CharField(max_length=6, default="", blank=True)
    added_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "slot"], condition=Q(replaced_at=None), name="one_paper_a_slot_of_appeal"
            ),
        ]
