"""Signing in to another system: the pages that a person sees on the way (OpenID Connect Core 1.0, 3.1.2)."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt

from waizhuan.identity import consents, rate
from waizhuan.identity.models import Account
from waizhuan.identity.openid import claims, grants, queries, requests, rules
from waizhuan.identity.openid.forms import PasswordForm
from waizhuan.identity.openid.requests import Coming, coming, leads_to, marked, page
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel.access import anyone, screen, signed_in
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import no
from waizhuan.kernel.words import say


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


@screen("openid.authorize", access=anyone, expired=True)
@csrf_exempt
def authorize(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint. A POST of another system (Core, 3.1.2.1) changes nothing: it is asked again by GET."""
    if request.method == "POST":
        return redirect(page("openid.authorize", request.POST.urlencode()))
    found = coming(request)
    if not isinstance(found, Coming):
        return found
    step = found.step
    if step and found.asked.silent:
        return requests.refuse(request.GET, rules.SILENT_ERRORS[step], "the person would have to be asked")
    match step:
        case "":
            return _let_in(request, found)
        case "sign_in":
            return _to_sign_in(found)
        case "new_password":
            target = page("openid.authorize", request.GET.urlencode())
            return redirect(page("sign_in.password", urlencode({"next": target})))
        case "terms":
            return redirect(consents.page(page("openid.authorize", request.GET.urlencode())))
        case "account":
            return redirect(page("openid.account", found.query))
        case "password":
            return redirect(page("openid.again", found.query))
        case "factor":
            target = page("openid.resume", request.GET.urlencode())
            return redirect(page("second_factor.confirm", urlencode({"next": target})))
        case "missing":
            return redirect("services.enter", found.client.client_id)
    return _ask_consent(request, found)


def _to_sign_in(found: Coming) -> HttpResponseRedirect:
    """Who signs in now has typed the password and chosen the account."""
    target = page("openid.resume", marked(found.query, password=requests.now(), account=True))
    return redirect(page("sign_in.start", urlencode({"next": target})))


def _let_in(request: HttpRequest, found: Coming) -> HttpResponse:
    code = grants.begin(
        _actor(request),
        found.client,
        found.asked,
        device=queries.device(request),
        auth_time=found.reader.auth_time,
    )
    if not code:
        return redirect(page("openid.authorize", found.query))
    return requests.back(found.asked.redirect_uri, {"code": code, "state": found.asked.state})


def _ask_consent(request: HttpRequest, found: Coming) -> HttpResponse:
    shown = render(
        request,
        "openid/consent.html",
        {
            "client": found.client,
            "scopes": [claims.SCOPE_WORDS[s] for s in found.asked.scopes],
            "acting": "organisation" in found.asked.scopes,
            "query": request.GET.urlencode(),
        },
    )
    return leads_to(shown, found.asked.redirect_uri)


@screen("openid.consent", access=signed_in, methods=("POST",))
def consent(request: HttpRequest) -> HttpResponse:
    """The person's answer: in, or back with a refusal."""
    found = coming(request)
    if not isinstance(found, Coming):
        return found
    if found.step not in ("", "consent"):
        return redirect(page("openid.authorize", request.GET.urlencode()))
    if request.POST.get("answer") != "allow":
        return requests.refuse(request.GET, "access_denied", "the person refused")
    grants.allow(_actor(request), found.client, found.asked.scopes)
    return _let_in(request, found)


@screen("openid.resume", access=anyone, methods=("GET",))
def resume(request: HttpRequest) -> HttpResponse:
    """Between our sign-in form and the system: a form may only lead to our own pages (CSP), and redirects count as where
    it leads. So the way out begins on a page of its own."""
    return render(request, "openid/resume.html", {"target": page("openid.authorize", request.GET.urlencode())})


@screen("openid.account", access=signed_in)
def account(request: HttpRequest) -> HttpResponse:
    """Go on with this account, or with another one (prompt=select_account)."""
    found = coming(request)
    if not isinstance(found, Coming):
        return found
    if request.method == "POST":
        sessions.end(request)
        return _to_sign_in(found)
    user: Account = request.user  # type: ignore[assignment]
    context = {
        "client": found.client,
        "login_name": user.login_name,
        "target": page("openid.authorize", marked(found.query, account=True)),
    }
    return render(request, "openid/account.html", context)


@screen("openid.again", access=signed_in)
def again(request: HttpRequest) -> HttpResponse:
    """The system wants to be sure who sits there (prompt=login, max_age): the password once more."""
    found = coming(request)
    if not isinstance(found, Coming):
        return found
    user: Account = request.user  # type: ignore[assignment]
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = rate.limit(f"openid-password:{user.pk}", times=10, seconds=900)
        if not within:
            form.take(no(within.reason, field="password"))
        elif not check_password(form.cleaned_data["password"], user.password):
            form.take(no(say("密码不对"), field="password"))
        else:
            request.session[requests.TYPED_AT] = requests.now()
            chosen = found.reader.account_chosen
            query = marked(found.query, password=requests.now(), account=chosen)
            return redirect(page("openid.authorize", query))
    context = {"form": form, "client": found.client, "cancel": page("openid.authorize", found.query)}
    shown = render(request, "openid/again.html", context, status=422 if form.errors else 200)
    return leads_to(shown, found.asked.redirect_uri)
