"""The home page, health, language, and the pages for what goes wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from waizhuan.identity import api as identity
from waizhuan.kernel import clock, menu
from waizhuan.kernel.access import anyone, screen
from waizhuan.kernel.actor import ANONYMOUS
from waizhuan.kernel.errors import Conflict, Refused
from waizhuan.kernel.refusals import FORM, notice
from waizhuan.shared.flow import api as flow


@screen("web.home", access=anyone, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, what am I waiting for, what can I do. To strangers: what this is, and the two doors."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.signed_in:
        return render(request, "web/welcome.html", {"panels": menu.panels_for(actor)})
    mine = flow.waiting_for(actor)
    theirs = flow.awaited_by(actor)
    return render(
        request,
        "web/home.html",
        {
            "mine": mine,
            "theirs": theirs,
            "offers": menu.offers_for(actor),
            "panels": menu.panels_for(actor),
            "today": clock.today(),
        },
    )


@screen("web.healthz", access=anyone, methods=("GET",), expired=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return HttpResponse("ok", content_type="text/plain")


@screen("web.readyz", access=anyone, methods=("GET",), expired=True)
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its tables are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM identity_account LIMIT 1")
    return JsonResponse({"ready": True})


@screen("web.language", access=anyone, methods=("POST",), expired=True)
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and come back to the same page."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in dict(settings.LANGUAGES):
        actor = request.actor  # type: ignore[attr-defined]
        if actor.account_id is not None:
            identity.set_language(actor.account_id, chosen)  # messages follow the reader
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            httponly=True,
            secure=settings.PRODUCTION,
        )
    return response


# ---------------------------------------------------------------- what goes wrong


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/not_found.html", status=404)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return render(request, "web/refused.html", {"verdicts": error.verdicts}, status=422)


def not_understood(request: HttpRequest, exception: Exception | None = None, *, status: int = 400) -> HttpResponse:
    """A broken address or body (400), a form's address that was opened by itself (405)."""
    return render(request, "web/not_understood.html", {"error_code": f"S{status}"}, status=status)


def conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return render(request, "web/conflict.html", {"error": error}, status=409)


#: Signing in changes the token of the forms: a second press of such a button comes with the one of before.
SIGNING_IN = ("registration.step", "sign_in.start")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    match = request.resolver_match
    if match and match.url_name in SIGNING_IN and getattr(request, "actor", ANONYMOUS).signed_in:
        return redirect(request.path)  # which shows what the first press did (B5)
    notice(FORM)
    return render(request, "web/csrf.html", status=403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Needs no database and no session."""
    response = render(request, "web/unavailable.html", status=503)
    response["Retry-After"] = "30"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "web/broken.html", status=500)
