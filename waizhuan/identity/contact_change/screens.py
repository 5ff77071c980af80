"""改手机号、电子邮箱: password → the new one → the code sent there → done; the old one can undo it."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity import rate
from waizhuan.identity.contact_change import actions
from waizhuan.identity.contact_change.forms import EmailForm, PhoneForm
from waizhuan.identity.models import Account
from waizhuan.identity.sign_in.forms import CodeForm
from waizhuan.kernel import crypto
from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.errors import Refused
from waizhuan.kernel.ui.forms import Form
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say
from waizhuan.shared.refdata import masks

SOUGHT = "contact_change"  # session: [channel, the new contact sealed, proved]
SEAL = "contact_change.session"


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]


@screen("contact_change.phone", access=signed_in)
def phone(request: HttpRequest) -> HttpResponse:
    return _ask(request, PhoneForm(request.POST or None), "sms")


@screen("contact_change.email", access=signed_in)
def email(request: HttpRequest) -> HttpResponse:
    return _ask(request, EmailForm(request.POST or None), "email")


def _ask(request: HttpRequest, form: Form, channel: str) -> HttpResponse:
    account = _account(request)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"contact-change:{account.pk}", times=10, seconds=900)
        if not within:
            form.take(within)
        elif not check_password(form.cleaned_data["password"], account.password):
            form.take(no(say("密码不对"), field="password"))
        else:
            verdict = actions.send_code(account, channel, form.cleaned_data["to"])
            if form.take(
                no(verdict.reason, field="phone" if channel == "sms" else "email") if not verdict.ok else verdict
            ):
                request.session[SOUGHT] = [channel, crypto.seal(form.cleaned_data["to"], SEAL), False]
                return redirect("contact_change.code")
    now = masks.mask_phone(account.phone) if channel == "sms" and account.phone else ""
    if channel == "email" and account.email:
        now = masks.mask_email(account.email)
    return render(
        request,
        "contact_change/ask.html",
        {"form": form, "channel": channel, "now": now},
        status=422 if form.errors else 200,
    )


def _sought(request: HttpRequest) -> tuple[str, str, bool] | None:
    found = request.session.get(SOUGHT)
    if not found:
        return None
    try:
        return found[0], crypto.unseal(found[1], SEAL), bool(found[2])
    except crypto.CannotOpen:
        return None


@screen("contact_change.code", access=signed_in)
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the new contact."""
    sought = _sought(request)
    if sought is None:
        return redirect("my_information.home")
    channel, to, _proved = sought
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"contact-code:{_account(request).pk}", times=20, seconds=900)
        if form.take(within and actions.check_code(_account(request), to, form.cleaned_data["code"])):
            request.session[SOUGHT] = [channel, request.session[SOUGHT][1], True]
            return _finish(request, channel, to, take=False)
    shown = masks.mask_email(to) if channel == "email" else masks.mask_phone(to)
    return render(
        request,
        "contact_change/code.html",
        {"form": form, "sent_to": shown, "channel": channel},
        status=422 if form.errors else 200,
    )


def _finish(request: HttpRequest, channel: str, to: str, *, take: bool) -> HttpResponse:
    try:
        actions.change(_account(request), channel, to, take=take)
    except Refused:
        return redirect("contact_change.taken")
    request.session.pop(SOUGHT, None)
    return redirect("contact_change.done")


@screen("contact_change.taken", access=signed_in)
def taken(request: HttpRequest) -> HttpResponse:
    """Another account has this number; the code has proved in whose hands it is. Only now is this told."""
    sought = _sought(request)
    if sought is None or not sought[2]:
        return redirect("my_information.home")
    channel, to, _proved = sought
    if request.method == "POST":
        return _finish(request, channel, to, take=True)
    return render(request, "contact_change/taken.html", {"phone": masks.mask_phone(to)})


@screen("contact_change.done", access=signed_in, methods=("GET",))
def done(request: HttpRequest) -> HttpResponse:
    return render(request, "contact_change/done.html")


@screen("contact_change.undo", access=anyone)
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """From the message to the old contact: put it back, and lock the account."""
    kept = actions.undoable(token)
    if request.method == "POST" and kept is not None:
        actions.undo(kept)
        kept.refresh_from_db()
    return render(
        request, "contact_change/undo.html", {"known": kept is not None, "undone": bool(kept and kept.undone_at)}
    )
