"""The last steps of signing in, however it began: a second factor where the account has one, the session, and on to where
the reader was going."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from waizhuan.identity.actors import SECOND_FACTOR
from waizhuan.identity.models import Account
from waizhuan.identity.second_factor.factors import has_any, needed_by_roles
from waizhuan.identity.sign_in import actions, sessions
from waizhuan.kernel import clock

PENDING = "second_factor_pending"  # session: who has proved the first factor, how, where to, until when
MINUTES = 10


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who has proved the first factor and not yet the second."""

    account: Account
    how: str
    target: str


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards; only within the product."""
    target = request.POST.get("next") or request.GET.get("next", "")
    # an address, never the name of a screen, which `redirect` would look up
    fine = target.startswith("/") and url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if fine and not target.startswith("/sign-in") else ""


def let_in(
    request: HttpRequest,
    account: Account,
    *,
    how: str,
    became: str = "",
    target: str = "",
    second_factor: bool = False,
) -> HttpResponse:
    """The first factor is right. Ask for the second where there is one (`second_factor`: it was proved already), else
    begin the session. An expired password's form (E5), which opens after both factors, and the news of an old login name
    (`became`, F8) come first; then whoever has a role that needs a second factor and has none yet is led to set it up."""
    following = target or safe_next(request) or reverse("web.home")
    has_second = has_any(account)
    if not target and not has_second and needed_by_roles(account):
        following = to_second_factor(following)
    expired = _expired(account, how, has_second)
    if expired:
        following = reverse("sign_in.password") + "?" + urlencode({"next": following})
    elif became:
        following = reverse("sign_in.became") + "?" + urlencode({"next": following})
    if not second_factor and has_second:
        until = int(clock.now().timestamp()) + MINUTES * 60
        request.session[PENDING] = [account.pk, how, following, until]
        return redirect("second_factor.confirm")
    return _begin(request, account, how, following, second_factor, expired)


def _expired(account: Account, how: str, has_second: bool) -> bool:
    """Only who typed it is asked to change it: a code to the phone, a link and a passkey prove something else."""
    return how == "password" and actions.password_expired(account, has_second=has_second)


def to_second_factor(back: str) -> str:
    """The address where the second factor is asked for, or set up where there is none, and which then leads on to `back`."""
    return reverse("second_factor.confirm") + "?" + urlencode({"next": back})


def pending(request: HttpRequest) -> Pending | None:
    """Who waits for the second step in this browser, for ten minutes, or until the account's sessions are ended."""
    found = request.session.get(PENDING)
    if not found or found[3] < clock.now().timestamp():
        return None
    account = Account.objects.filter(pk=found[0], closed_at=None, locked_at=None, is_active=True).first()
    if account is None or int(account.sessions_from.timestamp()) > found[3] - MINUTES * 60:
        return None
    return Pending(account, found[1], found[2])


def confirmed(request: HttpRequest, account: Account) -> HttpResponse:
    """The second factor is right: finish signing in, or lift the session that is there."""
    waiting = pending(request)
    if waiting is not None and waiting.account.pk == account.pk:
        request.session.pop(PENDING, None)
        return _begin(request, account, waiting.how, waiting.target, True, _expired(account, waiting.how, True))
    request.session[SECOND_FACTOR] = clock.now().isoformat()
    follow_session(request, account)
    return redirect(safe_next(request) or "web.home")


def follow_session(request: HttpRequest, account: Account) -> None:
    """A session that may do more gets a new key; its row in the list of devices follows."""
    sessions.renew_key(request, account)


def _begin(
    request: HttpRequest, account: Account, how: str, following: str, second_factor: bool, expired: bool = False
) -> HttpResponse:
    sessions.begin(request, account, how=how, second_factor=second_factor, expired=expired)
    response = redirect(following)
    sessions.remember(request, response, account)
    return response
