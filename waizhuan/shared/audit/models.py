"""The audit log: append-only, each row authenticated, the rows chained."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import models

from waizhuan.kernel import clock, crypto, traces
from waizhuan.kernel.ui.marks import SEMICOLON, aside, listed
from waizhuan.kernel.words import Words, from_json, say


class NeverChanged(Exception):
    """An audit entry is written once."""


def new_nonce() -> str:
    return secrets.token_hex(16)


class AuditEntry(models.Model):
    """Who did what to what, when. `mac` authenticates the content from the moment of writing; `seq` and `chain` are put
    on by the sealer (docs/adr/0002-audit-chain.md)."""

    at = models.DateTimeField(default=clock.now)
    account = models.ForeignKey("identity.Account", models.PROTECT, related_name="+", null=True)
    account_name = models.CharField(max_length=120, default="", blank=True)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+", null=True)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce)
    mac = models.CharField(max_length=64)
    seq = models.BigIntegerField(null=True, unique=True)
    chain = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(seq=None), name="audit_to_seal"),
            models.Index(fields=["account", "-id"], name="audit_by_account"),
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["verb", "-id"], name="audit_by_verb"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]

    def content(self) -> bytes:
        """What is authenticated: every column that says what happened."""
        at = self.at.astimezone(clock.CHINA).isoformat(timespec="microseconds")
        parts = [at, self.account_id, self.account_name, self.organisation_id, self.verb, self.subject, self.detail]
        return json.dumps([*parts, self.nonce], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def authenticate(self) -> str:
        return crypto.mac(b"audit\x00" + self.content()).hex()

    @property
    def facts(self) -> list[tuple[Words, Words | str]]:
        """The detail as it is read: what each is called, and its value."""
        return [(traces.fact(key), self._shown(key, value)) for key, value in self.detail.items()]

    def _shown(self, key: str, value: Any) -> Words | str:
        if isinstance(value, bool):
            return say("是") if value else say("否")
        if isinstance(value, dict):
            if "msgid" in value:  # a sentence that was kept
                return from_json(value)
            return listed((aside(traces.fact(k), self._shown(k, v)) for k, v in value.items()), SEMICOLON)
        if isinstance(value, list):
            return listed(self._shown(key, one) for one in value)
        of_a_process = traces.state(self.subject, value) if key in ("from", "to") and isinstance(value, str) else None
        named = of_a_process or (traces.value(key, value) if isinstance(value, str) else None)
        return named or ("—" if value is None or value == "" else str(value))

    @property
    def said(self) -> Words:
        return traces.done(self.verb)

    @property
    def thing(self) -> Words:
        return traces.thing(self.subject)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged
        self.mac = self.authenticate()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise NeverChanged


class AuditHead(models.Model):
    """The end of the chain: one row, locked while the next entries are sealed."""

    seq = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64, default="0" * 64)
    sealed_at = models.DateTimeField(default=clock.now)
