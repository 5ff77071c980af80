"""两步验证: set it up, use it, take it away. Signing in is not finished before it (see sign_in.entering)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import rate
from waizhuan.identity.actors import SECOND_FACTOR
from waizhuan.identity.models import Account
from waizhuan.identity.second_factor import factors, passkeys
from waizhuan.identity.second_factor.forms import (
    AppCodeForm,
    NewPasskeyForm,
    PasskeyForm,
    PasswordForm,
    RecoveryCodeForm,
)
from waizhuan.identity.second_factor.models import Passkey
from waizhuan.identity.sign_in import entering
from waizhuan.kernel import clock
from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say

AGAIN = "second_factor_password_at"  # session: when the password was typed again
MINUTES = 10
WAYS = ("app", "passkey", "code")


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]


def _asked_again(request: HttpRequest) -> bool:
    """Was the password (or a factor) proved within the last minutes?"""
    return clock.now().timestamp() - float(request.session.get(AGAIN, 0)) < MINUTES * 60


def _onward(request: HttpRequest) -> str:
    """What the addresses on the way carry, so that whoever was on the way somewhere comes there in the end."""
    target = entering.safe_next(request)
    return "?" + urlencode({"next": target}) if target else ""


@screen("second_factor.home", access=signed_in, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """What is set up, and what each is for."""
    account = _account(request)
    return render(
        request,
        "second_factor/home.html",
        {
            "held": factors.held_by(account),
            "passkeys": list(Passkey.objects.filter(account=account).order_by("id")),
            "needed": factors.needed_by_roles(account),
            "confirmed": bool(request.session.get(SECOND_FACTOR)),
            "next": entering.safe_next(request),
            "onward": _onward(request),
        },
    )


def _password_first(request: HttpRequest) -> HttpResponse | None:
    """Ask for the password before anything changes, and for the factor that is there in a session that began before it was
    set up; None once that is done."""
    account = _account(request)
    if not request.session.get(SECOND_FACTOR) and factors.has_any(account):
        return redirect(f"{reverse('second_factor.confirm')}?{urlencode({'next': request.get_full_path()})}")
    if _asked_again(request):
        return None
    form = PasswordForm(request.POST if "password" in request.POST else None)
    if form.is_bound and form.is_valid():
        within = rate.limit(f"second-factor-password:{account.pk}", times=10, seconds=900)
        if not within:
            form.take(replace(within, field="password"))
        elif check_password(form.cleaned_data["password"], account.password):
            request.session[AGAIN] = int(clock.now().timestamp())
            return redirect(request.get_full_path())
        else:
            form.take(no(say("密码不对"), field="password", code="E2"))
    return render(
        request,
        "second_factor/password.html",
        {"form": form, "onward": _onward(request)},
        status=422 if form.errors else 200,
    )


@screen("second_factor.app", access=signed_in)
def app(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator app: scan, type the first code."""
    if (asked := _password_first(request)) is not None:
        return asked
    account = _account(request)
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"second-factor:{account.pk}", times=20, seconds=900)
        verdict = factors.confirm_authenticator(account, form.cleaned_data["code"]) if within else within
        if form.take(verdict if verdict.ok else replace(verdict, field="code")):
            return _set_up(request, account)
    row = factors.begin_authenticator(account)
    address = factors.address_of(row)
    return render(
        request,
        "second_factor/app.html",
        {
            "form": form,
            "picture": factors.picture_of(address),
            "secret": row.offered,
            "replaces": row.confirmed_at is not None,
            "onward": _onward(request),
        },
        status=422 if form.errors else 200,
    )


def _set_up(request: HttpRequest, account: Account) -> HttpResponse:
    """This session is confirmed from now on; whoever has no recovery codes yet gets them at once."""
    request.session[SECOND_FACTOR] = clock.now().isoformat()
    entering.follow_session(request, account)
    if factors.held_by(account).codes_left == 0:
        return redirect(reverse("second_factor.codes") + _onward(request))
    return redirect(entering.safe_next(request) or "second_factor.home")


@screen("second_factor.passkey", access=signed_in)
def passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey."""
    if (asked := _password_first(request)) is not None:
        return asked
    account = _account(request)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        verdict = passkeys.add(request, account, given["passkey"], given["name"])
        if form.take(verdict if verdict.ok else replace(verdict, field="name")):
            return _set_up(request, account)
    return render(
        request,
        "second_factor/passkey.html",
        {"form": form, "options": passkeys.creation_options(request, account), "onward": _onward(request)},
        status=422 if form.errors else 200,
    )


@screen("second_factor.codes", access=signed_in)
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    if (asked := _password_first(request)) is not None:
        return asked
    account = _account(request)
    if not factors.has_any(account):
        return redirect("second_factor.home")
    made = factors.new_codes(account) if request.method == "POST" else []
    return render(
        request,
        "second_factor/codes.html",
        {"codes": made, "left": factors.held_by(account).codes_left, "next": entering.safe_next(request)},
    )


@screen("second_factor.remove", access=signed_in)
def remove(request: HttpRequest, what: str) -> HttpResponse:
    """Take the app (`app`) or one passkey (its number) away."""
    if (asked := _password_first(request)) is not None:
        return asked
    account = _account(request)
    form = Form(request.POST or None)
    if request.method == "POST":
        try:
            if what == "app":
                factors.remove_authenticator(account)
            elif (key := whole(what)) is not None:
                factors.remove_passkey(account, key)
            return redirect("second_factor.home")
        except Refused as refusal:
            form.take(*refusal.verdicts)
    return render(
        request,
        "second_factor/remove.html",
        {"form": form, "what": what},
        status=422 if form.errors else 200,
    )


# ---------------------------------------------------------------- using it


@screen("second_factor.confirm", access=anyone)
def confirm(request: HttpRequest) -> HttpResponse:
    """The second step of signing in; or of a session that began without one."""
    pending = entering.pending(request)
    account = pending.account if pending else (_account(request) if request.actor.signed_in else None)  # type: ignore[attr-defined]
    if account is None:
        return redirect("sign_in.start")
    held = factors.held_by(account)
    if not held.any:
        return redirect(reverse("second_factor.home") + _onward(request))
    way = request.GET.get("way", "")
    if way not in WAYS:
        way = "app" if held.authenticator else "passkey"
    form: Form = RecoveryCodeForm(request.POST or None) if way == "code" else AppCodeForm(request.POST or None)
    if way == "passkey":
        form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict = _proved(request, account, way, form)
        if form.take(verdict):
            return entering.confirmed(request, account)
        factors.failed(account, way, after=pending.how if pending else "session")
    return render(
        request,
        "second_factor/confirm.html",
        {
            "form": form,
            "way": way,
            "held": held,
            "options": passkeys.request_options(request, account) if way == "passkey" else "",
            "signing_in": pending is not None,
            "next": entering.safe_next(request),
        },
        status=422 if form.errors else 200,
    )


def _proved(request: HttpRequest, account: Account, way: str, form: Form) -> Verdict:
    """Is it the account's factor?"""
    within = factors.within(account, rate.network_of(request))
    if not within:
        return within
    if way == "passkey":
        return passkeys.check(request, form.cleaned_data["passkey"], account)[1]
    code = form.cleaned_data["code"]
    return factors.use_code(account, code) if way == "code" else factors.check_authenticator(account, code)


@screen("second_factor.sign_in", access=anyone)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: it is two factors at once (the device, and the finger or PIN that unlocks it)."""
    if request.actor.signed_in and request.method == "GET":  # type: ignore[attr-defined]
        return redirect("web.home")
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"passkey:{rate.network_of(request)}", times=30, seconds=900)
        owner, verdict = passkeys.check(request, form.cleaned_data["passkey"], None) if within else (None, within)
        if owner is not None:
            return entering.let_in(request, owner, how="passkey", second_factor=True)
        form.take(verdict)
    return render(
        request,
        "second_factor/sign_in.html",
        {"form": form, "options": passkeys.request_options(request, None), "next": entering.safe_next(request)},
        status=422 if form.errors else 200,
    )
