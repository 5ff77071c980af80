"""Beginning and ending sessions."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from waizhuan.identity import consents, rate
from waizhuan.identity.actors import ACTING_FOR, BEGAN, EXPIRED, SECOND_FACTOR, UNAGREED, actor_of
from waizhuan.identity.models import Account
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.events import Happened, Tell, publish

BACKEND = "waizhuan.identity.backend.AccountBackend"
KEPT = dt.timedelta(days=2)  # the row of a session that is over


def begin(
    request: HttpRequest, account: Account, *, how: str, second_factor: bool = False, expired: bool = False
) -> None:
    """Sign this browser in. The session's key is new (fixation), and its owner can see and end it. `expired`: by a password
    that has expired, so that it is good for nothing but changing it (`kernel.access.screen`)."""
    known = is_known(request, account)
    before = request.session.session_key
    login(request, account, backend=BACKEND)
    if request.session.session_key in (None, before):  # as after somebody else, or after the same person
        request.session.cycle_key()
    request.session[BEGAN] = clock.now().isoformat()
    request.session["seen"] = int(clock.now().timestamp())
    request.session.pop(ACTING_FOR, None)
    request.session.pop(EXPIRED, None)
    request.session.pop(UNAGREED, None)
    if consents.due(account):
        request.session[UNAGREED] = True
    if expired:
        request.session[EXPIRED] = True
    if second_factor:
        request.session[SECOND_FACTOR] = clock.now().isoformat()
    browser = request.headers.get("User-Agent", "")[:200]
    actor = actor_of(account, second_factor=second_factor)
    try:
        _write(request, account, actor, how, browser, known)
    except Exception:
        logout(request)  # the session holds what was undone: nobody is signed in by it
        raise
    request.actor = actor  # type: ignore[attr-defined]


def _write(request: HttpRequest, account: Account, actor: Actor, how: str, browser: str, known: bool) -> None:
    """In one transaction: a session that nobody can see and end, or that left no trace, never is. The account keeps when it
    was last signed in: the rows of its sessions go when they end."""
    from waizhuan.identity.sign_in import not_me  # which ends sessions, by the functions below

    before, account.last_login = account.last_login, clock.now()
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(last_login=account.last_login)
        request.session.save()
        Device.objects.create(
            account=account,
            session_key=request.session.session_key or "",
            browser=browser,
            network=rate.address_of(request),
        )
        publish(Happened(actor, "sign_in.begin", f"identity.account:{account.pk}", {"how": how}))
        if not known and before is not None:
            publish(
                Tell(
                    "sign_in.new_device",
                    accounts=(account.pk,),
                    context={"browser": short_browser(browser), "undo": not_me.address(account)},
                    link=not_me.path(account),
                    sms=True,
                )
            )


def note_beginning(sender: object, request: HttpRequest, **_: object) -> None:
    """Whatever signs somebody in: a session that does not say when it began is nobody's (`actors`)."""
    request.session[BEGAN] = clock.now().isoformat()


def go_on(request: HttpRequest, account: Account) -> None:
    """The password was changed in this session: it goes on under a new key, with its second factor and with the systems that
    were entered from it, which end when it ends."""
    before = request.session.session_key or ""
    update_session_auth_hash(request, account)
    request.session.pop(EXPIRED, None)
    request.session[BEGAN] = clock.now().isoformat()
    request.session.save()
    Device.objects.filter(account=account, session_key=before).update(session_key=request.session.session_key or "")


def renew_key(request: HttpRequest, account: Account) -> None:
    """A new key for the session that is there, because it may do more from now on."""
    before = request.session.session_key or ""
    with transaction.atomic():
        request.session.cycle_key()
        request.session.save()
        Device.objects.filter(account=account, session_key=before).update(session_key=request.session.session_key or "")


def short_browser(agent: str) -> str:
    """What people call their browser."""
    for mark, name in (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")):
        if mark in agent:
            phone = "Mobile" in agent or "Android" in agent or "iPhone" in agent
            return name + (" · phone" if phone else "")
    return agent[:40] or "—"


def is_known(request: HttpRequest, account: Account) -> bool:
    """Has this browser signed this account in before?"""
    from waizhuan.identity.sign_in import not_me  # which ends sessions, by the functions below

    since = _remembered(request).get(account.pk)
    return since is not None and not_me.trusted(account, since)


def _remembered(request: HttpRequest) -> dict[int, int]:
    """The accounts that this browser's cookie names, each with when it was remembered (milliseconds), newest first."""
    value = request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, default="", salt="device") or ""
    pairs = (entry.partition("-") for entry in value.split("."))
    return {int(pk): int(at) for pk, _, at in pairs if pk.isdecimal() and at.isdecimal()}


def remember(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """Mark this browser as one of the account's; a stranger's failures do not use up its tries."""
    others = [(pk, at) for pk, at in _remembered(request).items() if pk != account.pk]
    entries = [(account.pk, int(clock.now().timestamp() * 1000)), *others][:8]
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        ".".join(f"{pk}-{at}" for pk, at in entries),
        salt="device",
        max_age=180 * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION or request.is_secure(),
    )


def end(request: HttpRequest) -> None:
    """Sign this browser out."""
    Device.objects.filter(session_key=request.session.session_key or "").delete()
    logout(request)


def end_device(account: Account, device_id: int) -> bool:
    """End one session of the account; false where it is not the account's."""
    device = Device.objects.filter(account=account, pk=device_id).first()
    if device is None:
        return False
    Session.objects.filter(session_key=device.session_key).delete()
    device.delete()
    return True


def end_others(account: Account, but: str = "") -> int:
    """End every session of the account except the one with this key; also those that no row tells of. The account is written
    first, and so locked before what ends with the sessions: `openid.grants` locks in this order, too."""
    account.sessions_from = clock.now()
    account.save(update_fields=["sessions_from"])
    others = Device.objects.filter(account=account).exclude(session_key=but)
    Session.objects.filter(session_key__in=others.values("session_key")).delete()
    count, _ = others.delete()
    return count


def keep_alive(request: HttpRequest) -> None:
    """An idle session ends, one that is used goes on: at most one write in five minutes."""
    now = int(clock.now().timestamp())
    if now - int(request.session.get("seen", now)) > 300:
        request.session["seen"] = now


def remove_ended() -> int:
    """Forget the rows of sessions that are over."""
    old = Device.objects.filter(began_at__lt=clock.now() - KEPT)
    count, _ = old.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count
