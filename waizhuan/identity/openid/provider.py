"""Authlib's token and revocation endpoints on our tables. Called inside a transaction; nothing is kept in the process."""

from __future__ import annotations

import hmac
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, OAuth2Request, RefreshTokenGrant
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from django.http import HttpRequest, QueryDict

from waizhuan.identity.models import Account
from waizhuan.identity.openid import claims, entering, grants, keys, queries, rules
from waizhuan.identity.openid.models import Client, Code, Grant, Token, TokenKind
from waizhuan.kernel import clock, crypto
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.events import Happened, publish

CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]


def secret_mac(client_id: str, secret: str) -> str:
    """A keyed fingerprint: the secret is 256 random bits, so a slow password hash would only make every call cost 0.2 s."""
    return crypto.blind_index("openid.secret", f"{client_id}:{secret}")


def note(verb: str, client: Client, **detail: object) -> None:
    publish(Happened(the_system("openid"), f"openid.{verb}", f"openid.client:{client.pk}", detail))


class Request(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib reads it. Its address is the one that the world sees, not the one behind our proxies."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(method=request.method, uri=keys.issuer() + request.path, headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self._form = request.POST

    @property
    def form(self) -> QueryDict:
        return self._form


class AuthlibClient:
    """A registered system as Authlib asks about it."""

    def __init__(self, row: Client) -> None:
        self.row = row
        self.client_id = row.client_id

    def check_client_secret(self, secret: str) -> bool:
        return hmac.compare_digest(self.row.secret_mac, secret_mac(self.client_id, secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method != "none") == self.row.confidential

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


class HandedOut:
    """A code or a refresh token as Authlib asks about it, with the grant that it belongs to."""

    def __init__(self, row: Code | Token, grant: Grant) -> None:
        self.row, self.grant = row, grant
        self.code_challenge = getattr(row, "challenge", "")
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return str(getattr(self.row, "redirect_uri", ""))

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)

    def check_client(self, client: AuthlibClient) -> bool:
        return self.grant.client_id == client.row.pk


class S256(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, by S256 only: a request without it never got a code."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]


def _locked_grant(pk: int) -> Grant:
    rows = Grant.objects.select_for_update(of=("self",)).select_related("client", "account", "organisation")
    return rows.get(pk=pk)


def _stop(grant: Grant, why: str, verb: str) -> None:
    """Something is wrong with how a grant is used: end all of it (RFC 9700, 4.14)."""
    grants.end(Grant.objects.filter(pk=grant.pk), why=why)
    note(verb, grant.client, grant=grant.pk)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTHENTICATION

    def query_authorization_code(self, code: str, client: AuthlibClient) -> HandedOut | None:
        """The code if it is this client's, fresh and unused; it is used up by being asked for. A second use ends all
        that the first one gave (RFC 6749, 4.1.2)."""
        row = Code.objects.filter(fingerprint=grants.fingerprint(code)).first()
        if row is None:
            return None
        grant = _locked_grant(row.grant_id)
        row.refresh_from_db()
        if grant.client_id != client.row.pk:
            note("foreign_code", client.row, grant=grant.pk)
            return None
        if row.used_at is not None:
            _stop(grant, "replay", "code_replayed")
            return None
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        if row.expires_at <= clock.now() or grants.over(grant):
            return None
        return HandedOut(row, grant)

    def authenticate_user(self, handed: HandedOut) -> Account:
        return handed.grant.account

    def delete_authorization_code(self, handed: HandedOut) -> None:
        """It stays, marked as used, so that a second use is noticed."""

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        status, token, headers = super().create_token_response()
        return status, _with_id_token(token, self.request.authorization_code.grant, nonce=True), headers


class Refresh(RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTHENTICATION
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> HandedOut | None:
        """The token if it is good. One that was used before is in two hands: the whole grant ends (RFC 9700, 4.14.2)."""
        row = Token.objects.filter(fingerprint=grants.fingerprint(refresh_token), kind=TokenKind.REFRESH).first()
        if row is None:
            return None
        grant = _locked_grant(row.grant_id)
        row.refresh_from_db()
        client: AuthlibClient = self.request.client
        if grant.client_id != client.row.pk:
            note("foreign_token", client.row, grant=grant.pk)
            return None
        if row.used_at is not None:
            _stop(grant, "reuse", "refresh_reused")
            return None
        why = grants.over(grant) or ("needs" if entering.missing(claims.actor_in(grant), grant.client.needs) else "")
        if why and grant.ended_at is None:
            grants.end(Grant.objects.filter(pk=grant.pk), why=why)
        return None if why or row.revoked_at else HandedOut(row, grant)

    def authenticate_user(self, handed: HandedOut) -> Account:
        return handed.grant.account

    def revoke_old_credential(self, handed: HandedOut) -> None:
        handed.row.used_at = clock.now()
        handed.row.save(update_fields=["used_at"])

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        status, token, headers = super().create_token_response()
        return status, _with_id_token(token, self.request.refresh_token.grant, nonce=False), headers


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """RFC 7009: taking back any token of a grant ends all of it."""

    CLIENT_AUTH_METHODS = CLIENT_AUTHENTICATION

    def check_params(self, request: Any, client: AuthlibClient) -> None:
        """A hint that we do not know is only a hint."""
        if not request.form.get("token"):
            raise InvalidRequestError("token is missing")

    def query_token(self, token_string: str, token_type_hint: str | None) -> HandedOut | None:
        found = Token.objects.select_related("grant__client").filter(fingerprint=grants.fingerprint(token_string))
        row = found.first()
        return HandedOut(row, row.grant) if row else None

    def revoke_token(self, handed: HandedOut, request: Any) -> None:
        grants.end(Grant.objects.filter(pk=handed.grant.pk), why="revoked")


class Provider(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server; where it would look into tables of its own, it finds ours."""

    def create_oauth2_request(self, request: HttpRequest) -> Request:
        return Request(request)

    def query_client(self, client_id: str) -> AuthlibClient | None:
        row = queries.client(client_id)
        return AuthlibClient(row) if row and row.disabled_at is None else None

    def generate_token(self, grant_type: str, client: AuthlibClient, **asked: Any) -> dict[str, Any]:
        return {
            "token_type": "Bearer",
            "access_token": grants.new_token(),
            "refresh_token": grants.new_token(),
            "expires_in": rules.ACCESS_SECONDS,
            "scope": asked["scope"],
        }

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        handed: HandedOut = getattr(request, "authorization_code", None) or request.refresh_token
        scopes = token["scope"].split()
        for kind, name, until in (
            (TokenKind.ACCESS, "access_token", grants.after(rules.ACCESS_SECONDS)),
            (TokenKind.REFRESH, "refresh_token", handed.grant.expires_at),
        ):
            Token.objects.create(
                grant=handed.grant,
                kind=kind,
                fingerprint=grants.fingerprint(token[name]),
                scopes=scopes,
                expires_at=until,
            )

    def send_signal(self, name: str, *args: object, **detail: object) -> None:
        """Nobody listens to Authlib's signals; what happens is audited where it happens."""


def _with_id_token(token: dict[str, Any], grant: Grant, *, nonce: bool) -> dict[str, Any]:
    stated = claims.id_token_claims(grant, nonce=nonce)
    token["id_token"] = keys.sign({**stated, "at_hash": keys.half_hash(token["access_token"])})
    return token


def provider() -> Provider:
    """The server with what it offers. Made anew for each request: it costs nothing and remembers nothing."""
    server = Provider(Client, Token)
    server.register_grant(CodeGrant, [S256(required=True)])
    server.register_grant(Refresh)
    server.register_endpoint(Revocation)
    return server
