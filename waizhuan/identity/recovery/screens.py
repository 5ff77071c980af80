"""登录不了: the quickest way back, by what one still has (E1, E3, E4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from waizhuan.identity import password_check, rate
from waizhuan.identity.models import Account, compare_key
from waizhuan.identity.recovery import actions, known
from waizhuan.identity.recovery.forms import CodeForm, LoginNameForm, NameForm, NewPasswordForm, StartForm
from waizhuan.identity.sign_in.actions import meant_by, password_objections, set_password
from waizhuan.identity.sign_in.captcha import add_captcha
from waizhuan.identity.sign_in.entering import let_in
from waizhuan.kernel import clock
from waizhuan.kernel.access import anyone, screen
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.forms import Form
from waizhuan.shared.refdata.masks import mask_number

SOUGHT = "recovery_sought"  # session: [account, what for, channel]; account 0 stands for nobody, who gets no code
PROVED = "recovery_proved"  # session: [account, until when (timestamp), what for]: the code was right
MINUTES = 10


@screen("recovery.start", access=anyone)
def start(request: HttpRequest) -> HttpResponse:
    """One entrance: what one still has decides the way (E1)."""
    form = StartForm(request.POST or None, initial={"have": request.GET.get("have", "")[:20]})
    if request.method == "POST" and form.is_valid():
        ways = {
            "login_name": reverse("recovery.reset"),
            "number": reverse("recovery.name") + "?kind=person",
            "unit": reverse("recovery.name") + "?kind=unit",
            "none": reverse("appeals.start"),
        }
        return redirect(ways[form.cleaned_data["have"]])
    return render(request, "recovery/start.html", {"form": form}, status=422 if form.errors else 200)


@screen("recovery.reset", access=anyone)
def reset(request: HttpRequest) -> HttpResponse:
    """Login name → a code to what is on file. The same page whether there is such an account or not (E4)."""
    return _seek(request, LoginNameForm, "reset", lambda given: meant_by(given["login_name"]).account)


@screen("recovery.name", access=anyone)
def name(request: HttpRequest) -> HttpResponse:
    """Name and number → a code → the login name (E3)."""
    return _seek(
        request, NameForm, "name", lambda given: actions.account_of(given["kind"], given["name"], given["number"])
    )


def _seek(
    request: HttpRequest, form_type: type[Form], what: str, find: Callable[[dict[str, Any]], Account | None]
) -> HttpResponse:
    renewing = "renew" in request.POST
    initial = {**known.recall(request), **({"kind": request.GET["kind"][:10]} if "kind" in request.GET else {})}
    form = form_type(None if renewing else request.POST or None, initial=request.POST.dict() if renewing else initial)
    add_captcha(form)
    if request.method == "POST" and not renewing and form.is_valid():
        given = form.cleaned_data
        typed = {n: given[n] for n in ("login_name", "kind", "name", "number") if n in given}
        account = find(given)
        if form.take(actions.may_send_code(request, account, compare_key("".join(typed.values())))):
            known.keep(request, **typed)
            actions.send_code(request, account, given["channel"])
            request.session[SOUGHT] = [account.pk if account else 0, what, given["channel"]]
            return redirect("recovery.code")
    return render(
        request, f"recovery/{what}.html", {"form": form}, status=422 if form.is_bound and form.errors else 200
    )


@screen("recovery.code", access=anyone)
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent, if it was."""
    sought = request.session.get(SOUGHT)
    if not sought:
        return redirect("recovery.start")
    pk, what, channel = sought
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"recovery-code:{rate.network_of(request)}", times=30, seconds=3600)
        account = Account.objects.filter(pk=pk).first()
        verdict = within and actions.check_code(request, account, channel, form.cleaned_data["code"])
        if form.take(verdict) and account is not None:
            del request.session[SOUGHT]
            request.session[PROVED] = [account.pk, int(clock.now().timestamp()) + MINUTES * 60, what]
            known.forget(request)
            return redirect("recovery.found" if what == "name" else "recovery.password")
    return render(
        request,
        "recovery/code.html",
        {"form": form, "what": what, "channel": channel, "known": _shown(request, what)},
        status=422 if form.errors else 200,
    )


def _shown(request: HttpRequest, what: str) -> str:
    """What was typed, so that one sees whose account it is about."""
    given = known.recall(request)
    if what == "reset":
        return given.get("login_name", "")
    return f"{given.get('name', '')}　{mask_number(given.get('number', ''))}"


def _proved(request: HttpRequest, *whats: str) -> Account | None:
    """The account whose code was right a few minutes ago, in this browser; nobody once its sessions were ended since ("this
    was not me", a contact put back, another new password)."""
    proved = request.session.get(PROVED) or [0, 0, ""]
    if proved[1] < clock.now().timestamp() or proved[2] not in whats:
        return None
    account = Account.objects.filter(pk=proved[0], closed_at=None, is_active=True).first()
    at = proved[1] - MINUTES * 60  # whole seconds
    return account if account and int(account.sessions_from.timestamp()) <= at else None


@screen("recovery.found", access=anyone, methods=("GET",))
def found(request: HttpRequest) -> HttpResponse:
    """The login name; and, the code having been right, the way to a new password. Never the password."""
    account = _proved(request, "name")
    if account is None:
        return redirect("recovery.start")
    return render(request, "recovery/found.html", {"login_name": actions.tell_login_name(account)})


@screen("recovery.password", access=anyone)
def password(request: HttpRequest) -> HttpResponse:
    """The new password: one transaction, all other sessions end, and one is signed in (E7, E8)."""
    account = _proved(request, "reset", "name")
    if account is None:
        return redirect("recovery.start")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and not form.is_valid() and form.cleaned_data.get("password"):
        form.take(*password_objections(account, form.cleaned_data["password"]))
    if request.method == "POST" and form.is_valid():
        try:
            set_password(account, form.cleaned_data["password"], verb="recovery.reset")
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            del request.session[PROVED]
            account.refresh_from_db()
            return let_in(request, account, how="recovery", target=reverse("sign_in.changed"))
    return render(
        request,
        "recovery/password.html",
        {"form": form, "rules": password_check.sheet([account.login_name]), "login_name": account.login_name},
        status=422 if form.errors else 200,
    )
