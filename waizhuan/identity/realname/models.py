"""Cases of real-name verification, the documents given with them, former documents, and the embedded register."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.models import Organisation, Person
from waizhuan.identity.realname.evidence import Slot, slots
from waizhuan.identity.realname.rules import OPEN
from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText
from waizhuan.shared.flow.models import Subject


class CaseKind(models.TextChoices):
    PERSON = "person", _("自然人")
    AGENT = "agent", _("主代办人")
    UNIT = "unit", _("单位")


class CasePurpose(models.TextChoices):
    FIRST = "first", _("实名认证")
    RENEWAL = "renewal", _("证件更新")
    CHANGE = "change", _("单位信息变更")


#: What is registered of a unit, as a case names it, and as the unit does.
REGISTERED = {
    "unit_name": "name",
    "uscc": "uscc",
    "name": "rep_name",
    "doc_type": "rep_doc_type",
    "doc_country": "rep_doc_country",
    "doc_number": "rep_doc_number",
    "unit_kind": "unit_kind",
    "division": "division",
    "address": "address",
}


def registered_of(unit: Organisation) -> dict[str, str]:
    """What is registered of a unit, by the names of a case's columns."""
    return {column: getattr(unit, field) or "" for column, field in REGISTERED.items()}


class Case(Subject):
    """One verification. It holds what was claimed at the time, so that it stays clear what was decided on.

    The asker is `asker_account`; `organisation` is the unit for kinds agent and unit.
    """

    kind = models.CharField(max_length=8, choices=CaseKind.choices)
    purpose = models.CharField(max_length=8, choices=CasePurpose.choices, default=CasePurpose.FIRST)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    operator = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    # the person or main agent; for a unit, its legal representative
    name = models.CharField(max_length=100)
    doc_type = models.CharField(max_length=20)
    doc_country = models.CharField(max_length=3, default="CHN")
    doc_number = EncryptedText()
    doc_key = EncryptedText(default="", editable=False)
    doc_index = BlindIndex(source="doc_key", purpose="document")  # compares with Person.doc_index
    doc_expires = models.DateField(null=True, blank=True)
    unit_name = models.CharField(max_length=200, default="", blank=True)
    uscc = models.CharField(max_length=46, default="", blank=True)
    # of a change only: a first verification leaves these with the unit
    unit_kind = models.CharField(max_length=20, default="", db_default="", blank=True)
    division = models.CharField(max_length=6, default="", db_default="", blank=True)
    address = models.CharField(max_length=300, default="", db_default="", blank=True)
    #: of a change: what was in force when it was asked for (`registered_of`, as JSON); what it does not name, it leaves alone
    before = EncryptedText(default="", db_default="", blank=True)
    # what the authority said
    auto_result = models.CharField(max_length=12, default="", blank=True)
    auto_code = models.CharField(max_length=20, default="", blank=True)
    auto_at = models.DateTimeField(null=True)
    #: until when one request has the automatic check to itself
    claimed_until = models.DateTimeField(null=True)
    #: the account that held the number when this was claimed (D3)
    conflict_with = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    first_by = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField(null=True)
    #: since when another person holds the account: what was uploaded for it is not theirs to see
    left_at = models.DateTimeField(null=True)

    #: put there by `queries.review_case`: was the first look, where this is the second, the reviewer's; None: not asked yet
    decided: bool | None = None

    @property
    def account_id(self) -> int:
        """Whose verification it is."""
        return self.asker_account_id or 0

    @property
    def unit_id(self) -> int:
        """The unit's id, for kinds agent and unit."""
        return self.organisation_id or 0

    @property
    def was(self) -> Mapping[str, str]:
        """What a change changes from, by column; empty for all others."""
        return json.loads(self.before) if self.before else {}

    @property
    def changed(self) -> tuple[str, ...]:
        """Which columns a change changes."""
        return tuple(column for column, value in self.was.items() if getattr(self, column) != value)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The documents that this case asks for."""
        return slots(self.kind, self.doc_type, purpose=self.purpose, changed=self.changed)

    def claims_other_than(self, person: Person) -> bool:
        """Has what the account says been corrected since this was claimed?"""
        said = (person.name, person.doc_type, person.doc_country, person.doc_number)
        return (self.name, self.doc_type, self.doc_country, self.doc_number) != said

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker_account", "kind"], condition=Q(state__in=OPEN), name="one_open_verification"
            ),
            models.CheckConstraint(
                condition=Q(kind="person") | Q(organisation__isnull=False), name="verification_of_a_unit_names_it"
            ),
        ]
        indexes = [
            models.Index(fields=["asker_account", "kind", "-id"], name="verifications_of_account"),
            models.Index(fields=["doc_index"], name="verifications_of_number"),
        ]


class Evidence(models.Model):
    """One document of a case. Nothing is taken away after submission: a later one replaces it and both are kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    slot = models.CharField(max_length=20)
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "slot"], condition=Q(replaced_at=None), name="one_document_a_slot"),
        ]


class FormerDocument(models.Model):
    """A document that a verified person had before the present one (D10)."""

    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="former_documents")
    doc_type = models.CharField(max_length=20)
    doc_country = models.CharField(max_length=3, default="CHN")
    doc_number = EncryptedText()
    doc_key = EncryptedText(default="", editable=False)
    doc_index = BlindIndex(source="doc_key", purpose="document", db_index=True)
    doc_expires = models.DateField(null=True, blank=True)
    until = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="former_documents_of_account")]

    @classmethod
    def keep(cls, person: Person, *, account_id: int | None = None) -> FormerDocument:
        """What the person's present document was, before it is replaced or given up; kept for `account_id` (theirs)."""
        return cls.objects.create(
            account_id=account_id or person.account_id,
            doc_type=person.doc_type,
            doc_country=person.doc_country,
            doc_number=person.doc_number,
            doc_key=person.doc_key,
            doc_expires=person.doc_expires,
        )


class RegisterPerson(models.Model):
    """The embedded authority's record of a person: fingerprints only."""

    person_index = BlindIndex(unique=True)
    name_index = BlindIndex()


class RegisterUnit(models.Model):
    """The embedded authority's record of a unit."""

    uscc = models.CharField(max_length=18, unique=True)
    name_key = models.CharField(max_length=200)
    rep_name_index = BlindIndex()
    rep_index = BlindIndex()
