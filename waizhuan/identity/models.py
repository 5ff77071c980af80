"""Accounts, persons, organisations, mandates: what every other table may point to.

Foreign keys from elsewhere point only to `identity.Account` and `identity.Organisation`; each is listed in
`identity/registry.py` with what a merge, a hand-over and a deletion does to it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waizhuan.identity.roles import ADMINISTRATORS
from waizhuan.kernel import clock
from waizhuan.kernel.fields import BlindIndex, EncryptedText


def compare_key(value: str) -> str:
    """Login names are compared without regard to case (F6)."""
    return value.strip().lower()


class Kind(models.TextChoices):
    NATURAL = "natural", "自然人"
    LEGAL = "legal", "法人"


class RealName(models.TextChoices):
    """Status of a real-name verification (D1)."""

    NOT_STARTED = "not_started", "未认证"
    PASSED = "passed", "已通过"
    FAILED = "failed", "失败"
    REVIEW = "review", "审核中"


class AccountManager(BaseUserManager["Account"]):
    def of_mobile(self, phone_index: str, *, but: int | None = None) -> models.QuerySet[Account]:
        """The open account of a natural person whose verified mobile this is: one at most (`one_person_per_mobile`). `but`:
        another one than this."""
        found = self.filter(phone_index=phone_index, phone_verified_at__isnull=False, kind=Kind.NATURAL, closed_at=None)
        return found.exclude(phone_index="").exclude(pk=but or 0)

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login_key=compare_key(username or ""))


class Account(AbstractBaseUser):
    """Whoever signs in: a natural person, or a legal entity through its main agent."""

    login_name = models.CharField("登录名", max_length=40)
    login_key = models.CharField("登录名（比较用）", max_length=40, unique=True, editable=False)
    kind = models.CharField("账号类型", max_length=10, choices=Kind.choices)
    phone = EncryptedText("手机号", default="", blank=True)  # E.164
    phone_index = BlindIndex(source="phone", purpose="phone")
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    email = EncryptedText("电子邮箱", default="", blank=True)
    email_index = BlindIndex(source="email", purpose="email", normalise=str.lower)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField("语言", max_length=10, default="zh-hans")
    password_changed_at = models.DateTimeField(default=clock.now)
    #: sessions that began earlier are at an end
    sessions_from = models.DateTimeField(default=clock.now)
    #: security links that were sent, and browsers that signed in, before this moment count for nothing
    trust_from = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    locked_at = models.DateTimeField(null=True, blank=True)  # "this was not me"
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = AccountManager()
    USERNAME_FIELD = "login_key"

    class Meta:
        constraints = [
            # one mobile number signs in one natural person
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=Q(kind="natural", closed_at=None) & ~Q(phone_index="") & Q(phone_verified_at__isnull=False),
                name="one_person_per_mobile",
            ),
        ]
        indexes = [models.Index(fields=["phone_index"]), models.Index(fields=["email_index"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.login_key = compare_key(self.login_name)
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"account {self.pk}"


class LoginAlias(models.Model):
    """An old login name that still signs in (F8): `A` of the old system, which became `WGZJXM_A`."""

    key = models.CharField(max_length=60, unique=True)
    shown = models.CharField(max_length=60)
    account = models.ForeignKey(Account, models.CASCADE, related_name="aliases")
    created_at = models.DateTimeField(default=clock.now)


class Person(models.Model):
    """Who a natural person's account is: name and identity document. The number is unique among open accounts."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="person", primary_key=True)
    name = models.CharField("姓名", max_length=100)
    name_key = models.CharField(max_length=100, db_index=True, editable=False)
    doc_type = models.CharField("证件类型", max_length=20)  # refdata.identity_numbers.DocType
    doc_country = models.CharField("签发国家", max_length=3, default="CHN")
    doc_number = EncryptedText("证件号码")
    #: what identifies the person on this kind of document (refdata gives the form that is compared)
    doc_key = EncryptedText("证件号码（比较用）", default="", editable=False)
    doc_index = BlindIndex(source="doc_key", purpose="document")
    doc_expires = models.DateField("证件有效期至", null=True, blank=True)
    real_name = models.CharField("实名状态", max_length=12, choices=RealName.choices, default=RealName.NOT_STARTED)
    real_name_reason = models.CharField(max_length=300, default="", blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["doc_index"], condition=~Q(doc_index=""), name="one_account_per_document"),
        ]


class OrganisationKind(models.TextChoices):
    UNIT = "unit", "单位"
    DEPARTMENT = "department", "归口单位"
    MINISTRY = "ministry", "外国专家服务司"
    OPERATOR = "operator", "平台运营"


class Tier(models.TextChoices):
    """Where a department stands (domain §3): the kinds of roots, and the cities below provinces."""

    NONE = "", "—"
    PROVINCE = "province", _("省级")
    SUBPROVINCIAL = "subprovincial", _("副省级城市")
    CORPS = "corps", _("兵团")
    CENTRAL = "central", _("部委与中央单位")
    CITY = "city", _("市级")


class Organisation(models.Model):
    """A unit, a department, the ministry, the operator: all alike, with posts that people hold by mandates."""

    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    name = models.CharField("全称", max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    #: or, of another place, its number there (refdata.unit_numbers)
    uscc = models.CharField("统一社会信用代码", max_length=46, null=True, blank=True, unique=True)
    unit_kind = models.CharField("单位类型", max_length=20, default="", blank=True)  # enterprise | institution | …
    division = models.CharField("所在地区", max_length=6, default="", blank=True)  # GB/T 2260
    address = models.CharField("地址", max_length=300, default="", blank=True)
    account = models.OneToOneField(Account, models.PROTECT, related_name="organisation", null=True, blank=True)
    # departments
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True)
    tier = models.CharField(max_length=14, choices=Tier.choices, default=Tier.NONE, blank=True)
    public_phone = models.CharField("咨询电话", max_length=40, default="", blank=True)
    public_hours = models.CharField("办公时间", max_length=80, default="", blank=True)
    active_from = models.DateField(null=True, blank=True)
    active_until = models.DateField(null=True, blank=True)
    # units: main agent (主代办人) and legal representative (法定代表人)
    agent_name = models.CharField("主代办人姓名", max_length=100, default="", blank=True)
    agent_doc_type = models.CharField(max_length=20, default="", blank=True)
    agent_doc_country = models.CharField(max_length=3, default="CHN", blank=True)
    agent_doc_number = EncryptedText(default="", blank=True)
    agent_real_name = models.CharField(max_length=12, choices=RealName.choices, default=RealName.NOT_STARTED)
    agent_real_name_reason = models.CharField(max_length=300, default="", db_default="", blank=True)
    rep_name = models.CharField("法定代表人姓名", max_length=100, default="", blank=True)
    rep_doc_type = models.CharField("法定代表人证件类型", max_length=20, default="", blank=True)
    rep_doc_country = models.CharField(max_length=3, default="CHN", blank=True)
    rep_doc_number = EncryptedText(default="", blank=True)
    real_name = models.CharField(max_length=12, choices=RealName.choices, default=RealName.NOT_STARTED)
    real_name_reason = models.CharField(max_length=300, default="", blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name_key"], condition=Q(kind="unit"), name="one_unit_per_name"),
            models.UniqueConstraint(
                fields=["name_key"], condition=Q(kind="department", active_until=None), name="one_department_per_name"
            ),
        ]
        indexes = [models.Index(fields=["kind", "name_key"]), models.Index(fields=["kind", "tier", "division"])]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """A name that an organisation had before: stays searchable (E11)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    until = models.DateTimeField(default=clock.now)


class FormerCode(models.Model):
    """A credit code (or number of another place) that an organisation had before: stays searchable, as long as no other one
    has it now."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="former_codes")
    uscc = models.CharField(max_length=46, db_index=True)
    until = models.DateTimeField(default=clock.now)


class Mandate(models.Model):
    """A person holds a post (organisation + role) for a period. History stays: a withdrawn mandate is never deleted."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=60)
    valid_from = models.DateTimeField(default=clock.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    granted_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    granted_at = models.DateTimeField(default=clock.now)
    #: the shortest notice (days) that was given of its end; 0: none yet
    notice_given = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organisation", "role"], condition=Q(withdrawn_at=None), name="one_mandate_per_post"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")), name="mandate_has_a_period"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(withdrawn_at=None, role__in=ADMINISTRATORS),
                name="administrators_are_different_people",
            ),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(withdrawn_at=None), name="mandates_of_account"),
            models.Index(fields=["organisation", "role"], condition=Q(withdrawn_at=None), name="holders_of_post"),
            models.Index(fields=["organisation", "-granted_at", "id"], name="mandate_history"),
            models.Index(
                fields=["valid_until"],
                condition=Q(withdrawn_at=None, valid_until__isnull=False),
                name="mandates_that_end",
            ),
            # looking people up among millions of posts: all, those of one role, those that ended, those to come
            models.Index(fields=["-granted_at", "-id"], name="mandates_by_day"),
            models.Index(fields=["role", "-granted_at", "-id"], name="mandates_of_role"),
            models.Index(
                fields=["-granted_at", "-id"], condition=Q(withdrawn_at__isnull=False), name="mandates_withdrawn"
            ),
            models.Index(
                fields=["valid_from"], condition=Q(valid_from__gt=models.F("granted_at")), name="mandates_to_come"
            ),
        ]


class TryCount(models.Model):
    """How often something was tried in one window of time (`rate`); the name says nothing about what."""

    name = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(db_index=True)
