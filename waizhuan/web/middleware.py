"""What surrounds every request. Nothing here costs a query that grows with the data."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from waizhuan.identity import api as identity
from waizhuan.identity.sign_in.sessions import keep_alive
from waizhuan.kernel.access import by_way_of, wanted
from waizhuan.kernel.actor import ANONYMOUS, Actor
from waizhuan.kernel.errors import Conflict, Hidden, Refused, Unavailable
from waizhuan.kernel.refusals import PAGE, RULE, notice, watched
from waizhuan.web import refusals, views
from waizhuan.web.logs import request_id

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("waizhuan.web")
requests = logging.getLogger("waizhuan.request")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; frame-src 'self'; form-action 'self'{forms}; base-uri 'none'; frame-ancestors {frames}; "
    "manifest-src 'self'"
)


class RequestId:
    """Give every request an id: in the log, in the response, on the error page."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        began = time.monotonic()
        try:
            response = self.following(request)
            _note(request, response, began)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


def _note(request: HttpRequest, response: HttpResponse, began: float) -> None:
    """One line a request: which screen, how it ended, how long it took. No address, no path, no name: a path may hold a
    token, and who it was stands in the audit log."""
    match = request.resolver_match
    if match is None:  # a static file, or nothing at all
        return
    took = round((time.monotonic() - began) * 1000)
    fields = {"method": request.method, "screen": match.url_name, "status": response.status_code, "ms": took}
    requests.info("request", extra=fields)


class OnlyTls:
    """In production a page that a browser asks for without TLS is asked for again with it. Everything else that comes so (a form,
    another system with its secret) is refused: who sends secrets in the clear is to notice. Probes ask from inside."""

    PROBES = ("/healthz", "/readyz")

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PRODUCTION or request.is_secure() or request.path in self.PROBES:
            return self.following(request)
        log.warning("a request without TLS", extra={"method": request.method})
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
            # not for good: browsers would remember it beyond a proxy that forgot X-Forwarded-Proto, as a loop; HSTS is for good
            return HttpResponseRedirect(settings.BASE_URL.rstrip("/") + request.get_full_path())
        return HttpResponse("This service is reached by https alone.", content_type="text/plain", status=403)


class Compression(GZipMiddleware):
    """Pages leave compressed (docs/adr/0004-compressed-pages.md); pictures and PDFs are compressed by themselves."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)


class ContentSecurityPolicy:
    """A strict policy. A response may name other origins for forms (`response.form_origins`), one screen at a time,
    and may be shown in a frame of our own pages (`response.frame_self`: document previews)."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.following(request)
        if "Content-Security-Policy" not in response:
            origins = "".join(" " + o for o in getattr(response, "form_origins", ()))
            framed = getattr(response, "frame_self", False)
            response["Content-Security-Policy"] = POLICY.format(forms=origins, frames="'self'" if framed else "'none'")
            if framed:
                response["X-Frame-Options"] = "SAMEORIGIN"
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        if "Cache-Control" not in response and not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response


class WhoActs:
    """Put the actor on the request: the account of the session, the organisation acted for, the roles there."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor = identity.actor_for(request)
            request.actor = actor  # type: ignore[attr-defined]
            if actor.signed_in:
                keep_alive(request)
        except (OperationalError, InterfaceError):
            # here and not in `Errors`: Django turns what a middleware throws into a 500 before the next one sees it
            log.exception("the database does not answer")
            return views.unavailable(request)
        return self.following(request)


class OnlyScreens:
    """403 for a view that slipped past the system check without `@screen`."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.following(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not hasattr(view, "screen"):
            log.error("a view without @screen was asked for", extra={"view": getattr(view, "__name__", "?")})
            return HttpResponse(status=403)
        return None


def _once_confirmed(request: HttpRequest) -> HttpResponse:
    """Perhaps there is a page here for a role that waits: to the second factor first, then here again, or to the page that
    fetched this part of itself."""
    return by_way_of("second_factor.confirm", request, wanted(request))


class Errors:
    """Turn what an action throws into a page. Anything unforeseen becomes an honest page with the request's id."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with watched() as noticed:
            response = self.following(request)
        if noticed:
            refusals.write_down(request, noticed)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = views.not_understood(request, status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case Hidden() | Http404():  # the second from a view alone: an address that is none never comes here
                actor: Actor = getattr(request, "actor", ANONYMOUS)
                if actor.waiting_roles and request.method == "GET":
                    return _once_confirmed(request)
                notice(PAGE)
                return views.not_found(request)
            case Refused():
                notice(RULE)  # few pages offer what their rule refuses: somebody else was faster, nothing was ticked
                return views.refused(request, error)
            case Conflict():
                return views.conflict(request, error)
            case Unavailable() | OperationalError() | InterfaceError():
                log.exception("something outside does not answer")
                return views.unavailable(request)
            case SuspiciousOperation() | DatabaseError():
                log.exception("a request was refused")
                return views.broken(request)
        return None
