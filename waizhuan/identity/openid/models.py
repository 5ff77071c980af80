"""Systems that sign people in with this platform, what each person allowed them, and what was handed out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from waizhuan.kernel import clock
from waizhuan.kernel.fields import EncryptedText


class Subject(models.TextChoices):
    PUBLIC = "public", "所有系统用同一个编号"
    PAIRWISE = "pairwise", "每个系统用不同的编号"


class Client(models.Model):
    """A registered system (OAuth 2.0 client). Of its secret only a keyed fingerprint is kept."""

    client_id = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    purpose = models.CharField(max_length=120)
    purpose_en = models.CharField(max_length=240)
    owner = models.CharField(max_length=100)  # who answers for the system
    confidential = models.BooleanField(default=True)  # has a server that can keep a secret
    secret_mac = models.CharField(max_length=64, default="", blank=True)
    secret_changed_at = models.DateTimeField(null=True)
    entry_uri = models.CharField(max_length=500)
    redirect_uris = models.JSONField(default=list)
    post_logout_uris = models.JSONField(default=list)
    logout_uri = models.CharField(max_length=500, default="", blank=True)  # back-channel
    scopes = models.JSONField(default=list)
    services = models.JSONField(default=list)  # whose roles it may see
    needs = models.JSONField(default=list)  # real_name · organisation · second_factor
    subject = models.CharField(max_length=10, choices=Subject.choices, default=Subject.PAIRWISE)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(confidential=True) | Q(secret_mac=""), name="public_has_no_secret"),
        ]

    def __str__(self) -> str:
        return self.name


class SigningKey(models.Model):
    """A key that signs ID tokens and logout tokens. One signs; retired ones stay published until what they signed has
    run out, and have lost their private half."""

    kid = models.CharField(max_length=64, unique=True)
    private = EncryptedText(default="", blank=True)  # JWK, JSON
    public = models.JSONField()
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    published_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_current_signing_key"),
            models.CheckConstraint(
                condition=Q(current=True, published_until=None)
                | Q(current=False, private="", published_until__isnull=False),
                name="retired_keys_sign_nothing",
            ),
        ]


class Consent(models.Model):
    """What a person allowed a system to see. Withdrawn ones stay as history."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="system_consents")
    client = models.ForeignKey(Client, models.PROTECT, related_name="consents")
    scopes = models.JSONField(default=list)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client"], condition=Q(withdrawn_at=None), name="one_consent_per_system"
            ),
        ]


class KnownAs(models.Model):
    """Which number an account is known by in one sector (`subjects`). There are rows only for accounts that a merge touched
    or that passed to another person; everybody else is known by the own number."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    origin = models.ForeignKey("identity.Account", models.CASCADE, related_name="+")
    sector = models.CharField(max_length=500, default="", blank=True)
    #: how many people held `origin` before whom this number names
    holder = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: since when the account is known by another one there
    former_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "sector"], name="a_number_is_one_accounts"),
            models.UniqueConstraint(
                fields=["account", "sector"], condition=Q(former_since=None), name="one_number_per_sector"
            ),
        ]


class Grant(models.Model):
    """One sign-in at one system: everything that was handed out because of it ends with it."""

    account = models.ForeignKey("identity.Account", models.CASCADE, related_name="system_grants")
    client = models.ForeignKey(Client, models.PROTECT, related_name="grants")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, null=True, related_name="+")
    #: the session in which it began; the grant ends with it
    device = models.ForeignKey("sign_in.Device", models.SET_NULL, null=True, related_name="+")
    sid = models.CharField(max_length=32)
    scopes = models.JSONField(default=list)
    nonce = models.TextField(default="", blank=True)
    auth_time = models.BigIntegerField()
    second_factor = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=30, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "client"], condition=Q(ended_at=None), name="open_grants"),
            models.Index(fields=["expires_at"], name="grants_by_expiry"),
        ]


class Code(models.Model):
    """An authorization code; works once. The database holds its fingerprint only."""

    grant = models.OneToOneField(Grant, models.CASCADE, related_name="code", primary_key=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=43)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class TokenKind(models.TextChoices):
    ACCESS = "access", "access"
    REFRESH = "refresh", "refresh"


class Token(models.Model):
    """An access or refresh token; the database holds its fingerprint only. A refresh token works once (`used_at`)."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8, choices=TokenKind.choices)
    fingerprint = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="tokens_by_expiry")]


class LogoutNotice(models.Model):
    """A system has to hear that a sign-in is over (OpenID Connect Back-Channel Logout 1.0). At least once.

    A row of its own and not of the outbox: what is sent is signed at the moment of sending, and a system that hangs must
    not hold up text messages.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="notices")
    subject = models.CharField(max_length=64)
    sid = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=Q(delivered_at=None, dead_at=None), name="notices_waiting")
        ]
