"""The operator's pages: which systems may sign people in with this platform, and the keys that sign."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from waizhuan.identity.openid import actions, keys, queries
from waizhuan.identity.openid.claims import SCOPE_WORDS
from waizhuan.identity.openid.entering import NEEDS
from waizhuan.identity.openid.forms import SERVICES, ClientForm, ReasonForm, initial_of
from waizhuan.identity.openid.models import Client, LogoutNotice
from waizhuan.kernel import crypto
from waizhuan.kernel.access import any_of, screen
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.errors import Conflict, Hidden
from waizhuan.kernel.paging import page
from waizhuan.kernel.ui.text import whole
from waizhuan.kernel.verdict import no

SYSTEM = any_of("operator.system")
TO_SHOW = "openid_to_show"  # session: a secret that is to be shown once, sealed: [client, secret]
BELONGS_TO = "openid.secret_shown_once"


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _client(pk: int) -> Client:
    found = Client.objects.filter(pk=pk).first()
    if found is None:
        raise Hidden(f"client {pk}")
    return found


@screen("openid.clients", access=SYSTEM, methods=("GET",))
def clients(request: HttpRequest) -> HttpResponse:
    """The registered systems, newest first, and the keys."""
    found = page(Client.objects.all(), ("-created_at", "id"), request.GET.get("page", ""))
    return render(request, "openid/clients.html", {"page": found, "keys": keys.published()})


@screen("openid.client_new", access=SYSTEM)
def new(request: HttpRequest) -> HttpResponse:
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made, secret = actions.register(actor=_actor(request), data=form.cleaned_data)
        return _show_once(request, made.pk, secret)
    return render(request, "openid/client_form.html", {"form": form}, status=422 if form.errors else 200)


def _show_once(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    if not secret:
        return redirect("openid.client", pk)
    request.session[TO_SHOW] = [pk, crypto.seal(secret, BELONGS_TO)]
    return redirect("openid.client_secret", pk)


@screen("openid.client_secret", access=SYSTEM, methods=("GET",))
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """The secret, this once."""
    client = _client(pk)
    kept = request.session.pop(TO_SHOW, None)
    if not kept or kept[0] != pk:
        return redirect("openid.client", pk)
    shown = crypto.unseal(kept[1], BELONGS_TO)
    return render(request, "openid/client_secret.html", {"client": client, "secret": shown, "issuer": keys.issuer()})


@screen("openid.client", access=SYSTEM, methods=("GET",))
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """One system: what is registered, how it is used, what can be done."""
    return _page(request, _client(pk), ReasonForm())


def _page(request: HttpRequest, row: Client, form: ReasonForm) -> HttpResponse:
    waiting = LogoutNotice.objects.filter(client=row, delivered_at=None)
    context: dict[str, Any] = {
        "client": row,
        "form": form,
        "scopes": [SCOPE_WORDS[s][0] for s in row.scopes],
        "services": [SERVICES[s] for s in row.services],
        "needs": [label for code, label in NEEDS if code in row.needs],
        "inside": queries.open_grants().filter(client=row).count(),
        "waiting": waiting.filter(dead_at=None).count(),
        "lost": waiting.filter(dead_at__isnull=False).count(),
    }
    return render(request, "openid/client.html", context, status=422 if form.errors else 200)


@screen("openid.client_change", access=SYSTEM)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _client(pk)
    form = ClientForm(request.POST or None, initial=initial_of(row))
    version = request.POST.get("version", "")
    if request.method == "POST" and form.is_valid():
        number = whole(version) or 0
        try:
            new_secret = actions.change(actor=_actor(request), pk=pk, version=number, data=form.cleaned_data)
        except Conflict as conflict:
            form.take(no(conflict.reason))
            version = str(_client(pk).version)
        else:
            return _show_once(request, pk, new_secret)
    context = {"form": form, "client": row, "version": version or row.version}
    return render(request, "openid/client_form.html", context, status=422 if form.errors else 200)


@screen("openid.client_act", access=SYSTEM, methods=("POST",))
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch off or on, each with its reason."""
    does = {"disable": actions.disable, "enable": actions.enable}
    chosen = does.get(request.POST.get("act", ""))
    row, form = _client(pk), ReasonForm(request.POST)
    if chosen is None:
        raise Hidden("openid: no such act")
    if not form.is_valid():
        return _page(request, row, form)
    chosen(actor=_actor(request), pk=pk, reason=form.cleaned_data["reason"])
    return redirect("openid.client", pk)


@screen("openid.client_renew", access=SYSTEM)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, after saying what comes of it."""
    row = _client(pk)
    if not row.confidential:
        raise Hidden(f"client {pk} has no secret")
    if request.method == "POST":
        return _show_once(request, pk, actions.renew_secret(actor=_actor(request), pk=pk))
    return render(request, "openid/client_renew.html", {"client": row})


@screen("openid.client_keys", access=SYSTEM)
def rotate(request: HttpRequest) -> HttpResponse:
    """A new signing key, after saying what comes of it."""
    if request.method == "POST":
        keys.rotate(_actor(request))
        return redirect("openid.clients")
    return render(request, "openid/rotate.html")
