"""Leaving: logout that another system starts (RP-Initiated Logout 1.0), and what a person allowed which system."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from waizhuan.identity.openid import claims, grants, keys, queries, rules, subjects
from waizhuan.identity.openid.models import Client
from waizhuan.identity.openid.requests import leads_to, page
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Hidden
from waizhuan.kernel.paging import page as paged


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who asks, and where to go afterwards ("" for our own page). `proved`: an ID token of this very session came along."""

    client: Client | None
    target: str
    proved: bool


def _leaving(request: HttpRequest) -> Leaving:
    """A wrong or unknown hint, client or address is as good as none: nobody is sent anywhere by it."""
    params, actor = request.GET, request.actor  # type: ignore[attr-defined]
    told = keys.read_own(params.get("id_token_hint", "")) or {}
    audience = str(told.get("aud", ""))
    client_id = params.get("client_id", "") or audience
    client = queries.client(client_id)
    if client is None or client.disabled_at is not None or (audience and audience != client.client_id):
        return Leaving(None, "", False)
    uri = params.get("post_logout_redirect_uri", "")
    target = _with_state(uri, params.get("state", "")) if uri in client.post_logout_uris else ""
    known_as = subjects.numbers(actor.account_id, client) if actor.account_id is not None else ()
    device = queries.device(request)
    here = (
        told.get("sub") in known_as
        and device is not None  # a merge may have changed the number since: the session is called by one of them
        and told.get("sid") in {grants.session_id(client, device, number) for number in known_as}
    )
    return Leaving(client, target, here)


def _with_state(uri: str, state: str) -> str:
    if not state or len(state) > rules.LONGEST:
        return uri
    parts = urlsplit(uri)
    added = urlencode({"state": state})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


@screen("openid.end_session", access=anyone, expired=True)
@csrf_exempt
def end_session(request: HttpRequest) -> HttpResponse:
    """The system's ID token of this session is enough; without it the person is asked. A POST of another system changes
    nothing: it is asked again by GET."""
    if request.method == "POST":
        return redirect(page("openid.end_session", request.POST.urlencode()))
    leaving = _leaving(request)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.signed_in and not leaving.proved:
        shown = render(request, "openid/leave.html", {"client": leaving.client, "query": request.GET.urlencode()})
        return leads_to(shown, leaving.target) if leaving.target else shown
    return _leave(request, leaving)


@screen("openid.leave", access=anyone, methods=("POST",), expired=True)
def leave(request: HttpRequest) -> HttpResponse:
    """The person said yes."""
    return _leave(request, _leaving(request))


def _leave(request: HttpRequest, leaving: Leaving) -> HttpResponse:
    if request.actor.signed_in:  # type: ignore[attr-defined]
        sessions.end(request)
    if leaving.target:
        return HttpResponseRedirect(leaving.target)
    return redirect("openid.left")


@screen("openid.left", access=anyone, methods=("GET",), expired=True)
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "openid/left.html")


# ---------------------------------------------------------------- what a person allowed


def _account_id(request: HttpRequest) -> int:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.account_id or 0


@screen("openid.systems", access=signed_in, methods=("GET",))
def systems(request: HttpRequest) -> HttpResponse:
    """Which systems this person lets see what."""
    found = paged(queries.consents_of(_account_id(request)), ("-given_at", "id"), request.GET.get("page", ""))
    rows = [{"c": c, "scopes": [claims.SCOPE_WORDS[s][0] for s in c.scopes if s != "openid"]} for c in found.rows]
    return render(request, "openid/systems.html", {"rows": rows, "page": found})


@screen("openid.withdraw", access=signed_in)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a consent back, after saying what comes of it."""
    row = queries.consents_of(_account_id(request)).filter(pk=pk).first()
    if request.method == "POST":
        grants.withdraw(request.actor, pk)  # type: ignore[attr-defined]
        return redirect("openid.systems")
    if row is None:
        raise Hidden(f"consent {pk}")
    return render(request, "openid/withdraw.html", {"client": row.client})
