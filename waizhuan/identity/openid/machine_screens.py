"""What other systems' servers ask for, without a person: discovery, keys, tokens, userinfo, revocation.

These take no cookies and answer no other origin's scripts (no CORS); a token or a client secret is what lets in. Only
where the protocol posts from another server is CSRF protection off.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from waizhuan.identity import rate
from waizhuan.identity.openid import claims, grants, keys, rules
from waizhuan.identity.openid.models import Token, TokenKind
from waizhuan.identity.openid.provider import provider
from waizhuan.kernel import refusals
from waizhuan.kernel.access import anyone, screen

#: Per client and network in a minute; and how many failures in a quarter of an hour.
CALLS, FAILURES, WINDOW = 600, 30, 900
PUBLIC_MINUTES = 5


def _address(name: str) -> str:
    return keys.issuer() + reverse(name)


def _cached(data: dict[str, object]) -> JsonResponse:
    response = JsonResponse(data)
    response["Cache-Control"] = f"public, max-age={PUBLIC_MINUTES * 60}"
    return response


@screen("openid.discovery", access=anyone, methods=("GET",))
def discovery(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0."""
    authentication = ["client_secret_basic", "client_secret_post", "none"]
    return _cached(
        {
            "issuer": keys.issuer(),
            "authorization_endpoint": _address("openid.authorize"),
            "token_endpoint": _address("openid.token"),
            "userinfo_endpoint": _address("openid.userinfo"),
            "jwks_uri": _address("openid.keys"),
            "revocation_endpoint": _address("openid.revoke"),
            "end_session_endpoint": _address("openid.end_session"),
            "scopes_supported": list(rules.SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": [keys.ALGORITHM],
            "token_endpoint_auth_methods_supported": authentication,
            "revocation_endpoint_auth_methods_supported": authentication,
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": sorted(rules.PROMPTS),
            "acr_values_supported": [rules.ONE_FACTOR, rules.TWO_FACTORS],
            "claims_supported": list(claims.CLAIMS),
            "ui_locales_supported": ["zh-CN", "en"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


@screen("openid.keys", access=anyone, methods=("GET",))
def key_set(request: HttpRequest) -> HttpResponse:
    """JWKS (RFC 7517): the current key, and those retired a short while ago."""
    return _cached(keys.key_set())


def _error(error: str, description: str, status: int = 400) -> HttpResponse:
    return JsonResponse({"error": error, "error_description": description}, status=status)


def _client_id(request: HttpRequest) -> str | None:
    """Who says they ask, "" where nobody is named; None for a broken Authorization header. For counting only."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")[:40]
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0][:40]
    except (binascii.Error, ValueError):
        return None


def _for_a_client(request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """What every request with client credentials goes through: form, limits, one transaction."""
    client_id = _client_id(request)
    if client_id is None:
        refused = _error("invalid_client", "the Authorization header cannot be read", 401)
        refused["WWW-Authenticate"] = 'Basic realm="openid"'
        return refused
    if request.GET or any(len(values) > 1 for _, values in request.POST.lists()):
        return _error("invalid_request", "parameters stand in the body, each once")
    if any("\x00" in value for value in request.POST.dict().values()):
        return _error("invalid_request", "a parameter holds a NUL")
    who = f"{client_id}:{rate.network_of(request)}"
    within = rate.limit(f"openid-calls:{who}", times=CALLS, seconds=60)
    if not (within & rate.allowed(f"openid-failures:{who}", times=FAILURES, seconds=WINDOW)):
        limited = _error("temporarily_unavailable", "too many requests, try again later", 429)
        limited["Retry-After"] = "60"
        return limited
    with transaction.atomic():
        response = answer(request)
    if b'"invalid_client"' in response.content:
        refusals.notice(refusals.CLIENT)
    if response.status_code >= 400:
        rate.count(f"openid-failures:{who}", seconds=WINDOW)
    response["Cache-Control"] = "no-store"
    return response


@screen("openid.token", access=anyone, methods=("POST",))
@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """A code or a refresh token for tokens (RFC 6749, 4.1.3 and 6)."""
    return _for_a_client(request, lambda asked: provider().create_token_response(asked))


@screen("openid.revoke", access=anyone, methods=("POST",))
@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009. A token that is not there is answered like one that is."""
    return _for_a_client(request, lambda asked: provider().create_endpoint_response("revocation", asked))


@screen("openid.userinfo", access=anyone, methods=("GET", "POST"))
@csrf_exempt
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the person allowed the system to know, as it is now. The token stands in the header (RFC 6750, 2.1)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    row = None
    if scheme.lower() == "bearer":
        found = Token.objects.select_related("grant__client", "grant__account", "grant__organisation")
        row = found.filter(fingerprint=grants.fingerprint(value.strip()), kind=TokenKind.ACCESS).first()
    if row is None or row.revoked_at or row.expires_at <= grants.after(0) or grants.over(row.grant):
        refused = _error("invalid_token", "the access token is not good (any more)", 401)
        refused["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return refused
    response = JsonResponse(claims.user_info(row.grant, row.scopes))
    response["Cache-Control"] = "no-store"
    return response
