"""The door: signing in and out, sessions, the password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from captcha.views import captcha_image
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from waizhuan.identity import password_check, rate
from waizhuan.identity.models import Account
from waizhuan.identity.recovery import forms as recovery_forms
from waizhuan.identity.sign_in import actions, kept, links, not_me, sessions, speech
from waizhuan.identity.sign_in.captcha import add_captcha, is_key, spoken_digits
from waizhuan.identity.sign_in.entering import let_in, safe_next
from waizhuan.identity.sign_in.forms import CodeForm, NewPasswordForm, PasswordAgainForm, PhoneForm, SignInForm
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata.phones import read_phone


@screen("sign_in.captcha", access=anyone, methods=("GET",))
def captcha(request: HttpRequest, key: str) -> HttpResponse:
    if not is_key(key):
        raise Hidden
    picture: HttpResponse = captcha_image(request, key)
    return picture


@screen("sign_in.captcha_sound", access=anyone, methods=("GET",))
def captcha_sound(request: HttpRequest, key: str) -> HttpResponse:
    """The digits of a captcha, read aloud in the reader's language."""
    digits = spoken_digits(key)
    if not digits:
        raise Hidden
    response = HttpResponse(speech.read_aloud(digits, get_language() or "zh-hans"), content_type="audio/wav")
    response["Cache-Control"] = "no-store"
    return response


@screen("sign_in.common_passwords", access=anyone, methods=("GET",), expired=True)
def common_passwords(request: HttpRequest) -> HttpResponse:
    """The common passwords that are long enough to be typed: a public list, for the page that ticks off the rules."""
    shortest = password_check.sheet().shortest
    response = JsonResponse({"passwords": password_check.common_of_length(shortest)})
    response["Cache-Control"] = "public, max-age=86400"
    return response


@screen("sign_in.start", access=anyone)
def start(request: HttpRequest) -> HttpResponse:
    """Login name or mobile, and password."""
    if request.actor.signed_in and request.method == "GET":  # type: ignore[attr-defined]
        return redirect(safe_next(request) or "web.home")
    typed = request.POST.dict()
    typed["password"] = typed.get("password") or kept.unseal(typed.get("kept", ""))
    renewing = "renew" in request.POST
    form = SignInForm(typed if request.method == "POST" and not renewing else None, initial=typed if renewing else {})
    judged = False
    if request.method == "POST":
        if actions.needs_captcha(request, typed.get("login_name", "")):
            add_captcha(form)
        if not renewing and form.is_valid():
            judged = True
            given = form.cleaned_data
            meant, verdict = actions.authenticate(request, given["login_name"], given["password"])
            if meant.account:
                return let_in(request, meant.account, how="password", became=meant.became)
            form.take(verdict)
            if "captcha" not in form.fields and actions.needs_captcha(request, given["login_name"]):
                add_captcha(form)
    waiting = "" if judged else kept.seal(typed["password"])
    if waiting:
        form["password"].help_text = _("您填的密码还在，不用再填。")
        form.password_kept = True  # type: ignore[attr-defined]
    return render(
        request,
        "sign_in/start.html",
        {"form": form, "next": safe_next(request), "kept": waiting},
        status=422 if form.is_bound and form.errors else 200,
    )


@screen("sign_in.became", access=signed_in, methods=("GET",), unagreed=True)
def became(request: HttpRequest) -> HttpResponse:
    """The old login name worked; this is what it is called now (F8)."""
    account: Account = request.user  # type: ignore[assignment]
    return render(request, "sign_in/became.html", {"login_name": account.login_name, "next": safe_next(request) or "/"})


@screen("sign_in.out", access=anyone, methods=("POST",), expired=True)
def out(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    response = redirect("web.home")
    response["Clear-Site-Data"] = '"cache", "storage"'  # the next reader of a shared computer finds nothing
    return response


@screen("sign_in.code", access=anyone)
def code(request: HttpRequest) -> HttpResponse:
    """Sign in by a code to the verified mobile. Whether an account has this number is not told."""
    phone_text = request.POST.get("phone", "")
    renewing = "renew" in request.POST
    form = PhoneForm(None if renewing else request.POST or None, initial={"phone": phone_text})
    if "code" not in request.POST:
        add_captcha(form)
    context: dict[str, Any] = {"form": form, "next": safe_next(request)}
    if request.method == "POST" and not renewing and form.is_valid():
        phone = read_phone(form.cleaned_data["phone"], mobile=True)
        if not phone.verdict.ok:
            form.take(no(phone.verdict.reason, field="phone", code="D8"))
        elif "code" in request.POST:
            return _check_code(request, phone.e164, context)
        elif form.take(_within(request, phone.e164)):
            actions.send_code(request, phone.e164)
            return render(
                request, "sign_in/code.html", {"form": CodeForm(), "phone": phone_text, "next": safe_next(request)}
            )
    return render(request, "sign_in/phone.html", context, status=422 if form.is_bound and form.errors else 200)


def _within(request: HttpRequest, e164: str) -> Verdict:
    within = actions.may_send_code(request, e164)
    return within if within else no(within.reason, field="phone")


def _check_code(request: HttpRequest, e164: str, context: dict[str, Any]) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        account, verdict = actions.check_code(request, e164, form.cleaned_data["code"])
        if account is not None:
            return let_in(request, account, how="code")
        form.take(verdict)
    return render(
        request, "sign_in/code.html", {**context, "form": form, "phone": request.POST.get("phone", "")}, status=422
    )


@screen("sign_in.sessions", access=signed_in)
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in, with a button to end each; the password is asked for again (ASVS 7.5.2)."""
    account: Account = request.user  # type: ignore[assignment]
    here = request.session.session_key or ""
    if request.method == "POST":
        chosen = request.POST.get("device", "")[:20]
        form = PasswordAgainForm(request.POST if "password" in request.POST else None)
        if not _is_password_of(account, form):
            context = {"form": form, "device": chosen}
            return render(request, "sign_in/end_session.html", context, status=422 if form.errors else 200)
        if chosen == "others":
            sessions.end_others(account, but=here)
            request.session["began_at"] = account.sessions_from.isoformat()
        elif (device := whole(chosen)) is not None:
            sessions.end_device(account, device)
        return redirect("sign_in.sessions")
    devices = [
        {
            "id": d.pk,
            "browser": sessions.short_browser(d.browser),
            "network": d.network,
            "began": d.began_at,
            "here": d.session_key == here,
        }
        for d in Device.objects.filter(account=account).order_by("-began_at")[:50]
    ]
    return render(request, "sign_in/sessions.html", {"devices": devices})


def _is_password_of(account: Account, form: PasswordAgainForm) -> bool:
    """What was typed again; what is wrong with it stands beside its field."""
    if not form.is_bound or not form.is_valid():
        return False
    within = rate.limit(f"password:{account.pk}", times=10, seconds=900)
    if not within:
        return form.take(no(within.reason, field="password"))
    right = check_password(form.cleaned_data["password"], account.password)
    return right or form.take(no(say("密码不对"), field="password", code="E2"))


@screen("sign_in.password", access=signed_in, expired=True)
def password(request: HttpRequest) -> HttpResponse:
    """Change the password, for every kind of account in the same place (G4); other sessions end."""
    account: Account = request.user  # type: ignore[assignment]
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and not form.is_valid() and form.cleaned_data.get("password"):
        form.take(*actions.password_objections(account, form.cleaned_data["password"]))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        within = rate.limit(f"password:{account.pk}", times=10, seconds=900)
        if not within:
            form.take(no(within.reason, field="old"))
        elif not check_password(given["old"], account.password):
            form.take(no(say("现在的密码不对"), field="old"))
        else:
            try:
                actions.set_password(
                    account,
                    given["password"],
                    verb="sign_in.password_changed",
                    keep_session=request.session.session_key or "",
                )
            except Refused as refusal:
                form.take(*refusal.verdicts)
            else:
                sessions.go_on(request, account)
                following = safe_next(request)
                return redirect(
                    reverse("sign_in.changed") + ("?" + urlencode({"next": following}) if following else "")
                )
    return render(
        request,
        "sign_in/password.html",
        {
            "form": form,
            "expired": request.actor.password_expired,  # type: ignore[attr-defined]
            "next": safe_next(request),
            "rules": password_check.sheet([account.login_name]),
        },
        status=422 if form.errors else 200,
    )


@screen("sign_in.changed", access=signed_in, methods=("GET",), unagreed=True)
def changed(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/changed.html", {"next": safe_next(request)})


@screen("sign_in.link", access=anyone)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link to whom the account was handed: set the password and be signed in."""
    found = links.read(token)
    if found is None:
        return render(request, "sign_in/link_gone.html", status=410)
    account = found.account
    form: Form = recovery_forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and not form.is_valid() and form.cleaned_data.get("password"):
        form.take(*actions.password_objections(account, form.cleaned_data["password"]))
    if request.method == "POST" and form.is_valid():
        try:
            links.use(found, form.cleaned_data["password"])
        except Refused as refusal:
            form.take(*refusal.verdicts)
        else:
            account.refresh_from_db()
            return let_in(request, account, how=found.why, target=found.target)
    return render(
        request,
        "sign_in/link.html",
        {"form": form, "login_name": account.login_name, "rules": password_check.sheet([account.login_name])},
        status=422 if form.errors else 200,
    )


@screen("sign_in.not_me", access=anyone, expired=True)
def this_was_not_me(request: HttpRequest, token: str) -> HttpResponse:
    """From a security message: lock the account, then recover it. A look at the page locks nothing (mail scanners)."""
    found = not_me.read(token)
    if request.method == "POST" and found is not None and found.good:
        not_me.lock(found.account)
        return redirect(request.path + "?locked=1")
    return render(
        request,
        "sign_in/not_me.html",
        {"good": found is not None and found.good, "locked": found is not None and found.account.locked_at is not None},
    )
