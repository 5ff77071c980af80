"""What the operator does with other systems: register, change, renew the secret, switch off and on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import transaction

from waizhuan.identity.openid import grants, subjects
from waizhuan.identity.openid.models import Client, Grant
from waizhuan.identity.openid.provider import secret_mac
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden
from waizhuan.kernel.events import Happened, publish
from waizhuan.kernel.words import say

FIELDS = (
    *("name", "name_en", "purpose", "purpose_en", "owner", "entry_uri", "redirect_uris", "post_logout_uris"),
    *("logout_uri", "scopes", "services", "needs", "subject"),
)
#: letters and figures that nobody mixes up
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def register(*, actor: Actor, data: Mapping[str, Any]) -> tuple[Client, str]:
    """A new system, and its secret ("" for an app), which is known only now."""
    with transaction.atomic():
        made = Client(client_id="".join(secrets.choice(ALPHABET) for _ in range(20)))
        _take(made, data)
        secret = _new_secret(made)
        made.save()
        _note(actor, "client_registered", made, _facts(made))
    return made, secret


def change(*, actor: Actor, pk: int, version: int, data: Mapping[str, Any]) -> str:
    """What is registered from now on. The new secret where an app became a website, else "". Raises Conflict when somebody
    changed it meanwhile."""
    with transaction.atomic():
        row = _locked(pk)
        if row.version != version:
            raise Conflict(say("别人刚刚改过这个系统的登记，请看过最新的再改"))
        was = row.confidential
        if subjects.sector(row) != subjects.sector(_take(copy(row), data)):
            # a sign-in has one `sub` from its beginning to its end (Core, 12.2): the system hears of the one that it knows
            grants.end(Grant.objects.filter(client=row), why="client", actor=actor)
        _take(row, data)
        secret = _new_secret(row) if row.confidential != was else ""
        row.version += 1
        row.save()
        _note(actor, "client_changed", row, _facts(row))
    return secret


def renew_secret(*, actor: Actor, pk: int) -> str:
    """A new secret; the one before is good for nothing from now on."""
    with transaction.atomic():
        row = _locked(pk)
        if not row.confidential:
            raise Hidden(f"client {pk} has no secret")
        secret = _new_secret(row)
        row.version += 1
        row.save()
        _note(actor, "client_secret_renewed", row, {})
    return secret


def disable(*, actor: Actor, pk: int, reason: str) -> None:
    """Nobody signs in there any more, and whoever is in is out. Twice is once."""
    with transaction.atomic():
        row = _locked(pk)
        if row.disabled_at is not None:
            return
        grants.end(Grant.objects.filter(client=row), why="client", actor=actor)
        row.disabled_at, row.version = clock.now(), row.version + 1
        row.save()
        _note(actor, "client_disabled", row, {"reason": reason[:200]})


def enable(*, actor: Actor, pk: int, reason: str) -> None:
    with transaction.atomic():
        row = _locked(pk)
        if row.disabled_at is None:
            return
        row.disabled_at, row.version = None, row.version + 1
        row.save()
        _note(actor, "client_enabled", row, {"reason": reason[:200]})


def _take(row: Client, data: Mapping[str, Any]) -> Client:
    for field in FIELDS:
        setattr(row, field, data[field])
    row.confidential = data["kind"] == "web"
    return row


def _new_secret(row: Client) -> str:
    secret = grants.new_token() if row.confidential else ""
    row.secret_mac = secret_mac(row.client_id, secret) if secret else ""
    row.secret_changed_at = clock.now()
    return secret


def _locked(pk: int) -> Client:
    """Others may still write what refers to it: whoever ends a grant, which the caller may wait for, notes a logout."""
    row = Client.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise Hidden(f"client {pk}")
    return row


def _facts(row: Client) -> dict[str, object]:
    return {field: getattr(row, field) for field in ("name", "redirect_uris", "scopes", "services", "needs", "subject")}


def _note(actor: Actor, verb: str, row: Client, detail: Mapping[str, object]) -> None:
    publish(Happened(actor, f"openid.{verb}", f"openid.client:{row.pk}", detail))
