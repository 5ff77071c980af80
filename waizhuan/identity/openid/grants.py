"""Letting a person into another system, and ending it. One transaction each; everything is audited."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from waizhuan.identity.actors import active_mandates
from waizhuan.identity.models import Account, Kind
from waizhuan.identity.openid import queries, rules, subjects
from waizhuan.identity.openid.models import Client, Code, Consent, Grant, LogoutNotice, Token
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import Actor, the_system
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.events import Happened, publish


def new_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    return crypto.blind_index("openid.token", token)


def after(seconds: int) -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=seconds)


# ---------------------------------------------------------------- consent


def _hold(account_id: int | None) -> None:
    """Lock the account before its consents and grants: so does whoever corrects, merges or closes it, and two that lock in
    different orders wait for each other."""
    Account.objects.select_for_update(no_key=True).filter(pk=account_id or 0).first()


def allow(actor: Actor, client: Client, scopes: Sequence[str]) -> Consent:
    """Remember that the person lets this system see these scopes. Twice is once."""
    with transaction.atomic():
        _hold(actor.account_id)
        row, made = Consent.objects.select_for_update().get_or_create(
            account_id=actor.account_id or 0, client=client, withdrawn_at=None, defaults={"scopes": list(scopes)}
        )
        if made or not set(scopes) <= set(row.scopes):
            row.scopes, row.given_at = [s for s in rules.SCOPES if s in {*row.scopes, *scopes}], clock.now()
            row.save()
            publish(
                Happened(actor, "openid.consent_given", f"openid.client:{client.pk}", {"scopes": " ".join(row.scopes)})
            )
    return row


def withdraw(actor: Actor, consent_id: int) -> None:
    """Take a consent back: whatever the system was given is void, and it is told. Twice is once."""
    with transaction.atomic():
        _hold(actor.account_id)
        row = (
            Consent.objects.select_for_update(of=("self",))
            .select_related("client")
            .filter(pk=consent_id, account_id=actor.account_id or 0)
            .first()
        )
        if row is None:
            raise Hidden(f"consent {consent_id}")
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        end(Grant.objects.filter(account_id=actor.account_id or 0, client=row.client), why="consent", actor=actor)
        publish(Happened(actor, "openid.consent_withdrawn", f"openid.client:{row.client_id}", {}))


# ---------------------------------------------------------------- in


def begin(actor: Actor, client: Client, asked: rules.Asked, *, device: Device | None, auth_time: int) -> str:
    """A new grant and its code, which is returned and kept nowhere; "" where the consent was taken back at this moment."""
    code = new_token()
    with transaction.atomic():
        _hold(actor.account_id)
        consents = Consent.objects.select_for_update().filter(account_id=actor.account_id or 0, client=client)
        allowed = consents.filter(withdrawn_at=None).first()
        if allowed is None or not set(asked.scopes) <= set(allowed.scopes):
            return ""
        grant = Grant.objects.create(
            account_id=actor.account_id or 0,
            client=client,
            organisation_id=actor.organisation_id,
            device=device,
            sid=session_id(client, device, subjects.numbers(actor.account_id or 0, client)[0]),
            scopes=list(asked.scopes),
            nonce=asked.nonce,
            auth_time=auth_time,
            second_factor=actor.second_factor,
            expires_at=after(rules.GRANT_SECONDS),
        )
        Code.objects.create(
            grant=grant,
            fingerprint=fingerprint(code),
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            expires_at=after(rules.CODE_SECONDS),
        )
        publish(
            Happened(
                actor,
                "openid.entered",
                f"openid.client:{client.pk}",
                {"scopes": " ".join(asked.scopes), "grant": grant.pk},
            )
        )
    return code


def session_id(client: Client, device: Device | None, subject: str) -> str:
    """The session's name for this system; systems cannot compare theirs. Another one for whom the system knows by another
    number (`subject`): the session does not tie the two together."""
    session = str(device.pk) if device else secrets.token_hex(16)
    return crypto.blind_index("openid.sid", f"{session}:{client.pk}:{subject}")[:32]


# ---------------------------------------------------------------- still good?


def over(grant: Grant) -> str:
    """Why the grant is over, "" while it is good. What happened to the account counts at once. Two queries at most."""
    account = grant.account
    if grant.ended_at is not None:
        return grant.ended_why
    if grant.expires_at <= clock.now():
        return "expired"
    if grant.client.disabled_at is not None:
        return "client"
    if account.closed_at or account.locked_at or not account.is_active:
        return "account"
    if account.sessions_from > grant.created_at if grant.device_id is None else not _lives(grant.device):
        return "sessions"
    return "" if acts_still(grant) else "mandate"


def _lives(device: Device | None) -> bool:
    """Is the session there still? One that was left idle ends, and what was entered from it ends at that moment."""
    return device is not None and Session.objects.filter(pk=device.session_key, expire_date__gt=timezone.now()).exists()


def acts_still(grant: Grant) -> bool:
    """Does the person still act for the organisation of the grant?"""
    if grant.organisation_id is None:
        return True
    if grant.account.kind == Kind.LEGAL:
        return grant.organisation is not None and grant.organisation.account_id == grant.account_id
    return active_mandates().filter(account_id=grant.account_id, organisation_id=grant.organisation_id).exists()


# ---------------------------------------------------------------- out


def end(grants: QuerySet[Grant], *, why: str, actor: Actor | None = None) -> int:
    """End these grants with all their tokens, and tell the systems. How many were open."""
    with transaction.atomic():
        open_ones = list(
            grants.filter(ended_at=None, expires_at__gt=clock.now())
            .select_related("client")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        ids = [g.pk for g in open_ones]
        now = clock.now()
        Grant.objects.filter(pk__in=ids).update(ended_at=now, ended_why=why)
        Token.objects.filter(grant_id__in=ids, revoked_at=None).update(revoked_at=now)
        told = {(g.client_id, g.sid): g for g in open_ones if g.client.logout_uri and g.client.disabled_at is None}
        numbers = subjects.subjects_of(told.values())
        LogoutNotice.objects.bulk_create(
            LogoutNotice(client_id=c, sid=sid, subject=numbers[g.pk]) for (c, sid), g in told.items()
        )
        for grant in open_ones:
            who = actor or the_system("openid")
            detail = {"why": why, "grant": grant.pk, "account": grant.account_id}
            publish(Happened(who, "openid.ended", f"openid.client:{grant.client_id}", detail))
    return len(ids)


def end_all(account_id: int, *, why: str) -> None:
    """The account passes into other hands, or closes: what was handed out is void, and what was agreed to is over."""
    with transaction.atomic():
        end(Grant.objects.filter(account_id=account_id), why=why)
        Consent.objects.filter(account_id=account_id, withdrawn_at=None).update(withdrawn_at=clock.now())


def end_with_session(sender: object, instance: Device, **_: object) -> None:
    """A session ends, by whatever hand: so does what began in it. (Signal before a Device is deleted.)"""
    end(Grant.objects.filter(device=instance), why="signed_out")


def end_with_mandate(event: Happened) -> None:
    """A mandate was withdrawn: who no longer acts for the organisation is out at once."""
    if event.verb != "delegation.withdraw":
        return
    account_id = int(event.subject.rpartition(":")[2])
    found = queries.open_grants().filter(account_id=account_id, organisation_id=event.detail["organisation"])
    gone = [g.pk for g in found.select_related("account", "organisation") if not acts_still(g)]
    if gone:
        end(Grant.objects.filter(pk__in=gone), why="mandate")
