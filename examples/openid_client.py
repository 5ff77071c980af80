"""A system that signs people in with the platform: the whole of it in one file. See README.md beside it.

pip install authlib httpx
CLIENT_ID=… CLIENT_SECRET=… ISSUER=http://127.0.0.1:8000 python openid_client.py
"""

from __future__ import annotations

import html
import json
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
CLIENT_ID, CLIENT_SECRET = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
PORT = int(os.environ.get("PORT", "5000"))
HERE = f"http://127.0.0.1:{PORT}"
SCOPE = "openid profile phone organisation"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

server = httpx.get(f"{ISSUER}/.well-known/openid-configuration").raise_for_status().json()
sessions: dict[
    str, dict[str, Any]
] = {}  # cookie → what this browser is up to; a real system keeps this in its database


def client(token: dict[str, Any] | None = None) -> OAuth2Client:
    return OAuth2Client(
        CLIENT_ID,
        CLIENT_SECRET,
        scope=SCOPE,
        redirect_uri=f"{HERE}/callback",
        token=token,
        code_challenge_method="S256",
        token_endpoint=server["token_endpoint"],
    )


def verified(token: str, **expected: Any) -> dict[str, Any]:
    """The claims of an ID token or logout token: signature, issuer, audience, time, and what else must be so."""
    # fetched each time, so that a new signing key is known at once; a real system keeps them for some minutes
    keys = KeySet.import_key_set(httpx.get(server["jwks_uri"]).raise_for_status().json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    must = {"iss": ISSUER, "aud": CLIENT_ID, **expected}
    jwt.JWTClaimsRegistry(
        exp={"essential": True}, **{k: {"essential": True, "value": v} for k, v in must.items()}
    ).validate(claims)
    return dict(claims)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        page = {
            "/": self.home,
            "/login": self.login,
            "/callback": self.callback,
            "/refresh": self.refresh,
            "/logout": self.logout,
        }.get(url.path)
        self.query = {k: v[0] for k, v in parse_qs(url.query).items()}
        if page:
            page()
        else:
            self.answer(404, "Not found")

    def do_POST(self) -> None:
        """Back-channel logout: the platform's server says that a sign-in is over."""
        body = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        try:
            claims = verified(body["logout_token"][0])
            fine = self.path == "/backchannel" and LOGOUT_EVENT in claims["events"] and "nonce" not in claims
        except (JoseError, KeyError, ValueError):
            fine = False
        if fine:
            for session in sessions.values():
                if session.get("claims", {}).get("sid") == claims["sid"]:
                    session.clear()
                    session["news"] = "The platform signed you out."
        self.answer(200 if fine else 400, "")

    # ------------------------------------------------------------ pages

    def home(self) -> None:
        session = self.session()
        if "claims" not in session:
            news = html.escape(session.get("news", "You are not signed in."))
            self.answer(200, f'<p>{news}</p><p><a href="/login">Sign in with the platform</a></p>')
            return
        shown = json.dumps({"claims": session["claims"], "userinfo": session["info"]}, indent=1, ensure_ascii=False)
        name = html.escape(session["info"].get("name", session["claims"]["sub"]))
        self.answer(
            200,
            f'<p>Signed in as {name}, refreshed {session["refreshed"]} times.</p><p><a href="/refresh">Refresh</a> '
            f'<a href="/logout">Sign out</a></p><pre id="told" style="white-space: pre-wrap; overflow-wrap: anywhere">{html.escape(shown)}</pre>',
        )

    def login(self) -> None:
        session = self.session()
        session["verifier"], session["nonce"] = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        url, session["state"] = client().create_authorization_url(
            server["authorization_endpoint"], code_verifier=session["verifier"], nonce=session["nonce"], **self.query
        )
        self.redirect(url)

    def callback(self) -> None:
        session = self.session()
        if self.query.get("state") != session.pop("state", None) or self.query.get("iss") != ISSUER:
            self.answer(400, "This answer was not asked for.")
        elif "error" in self.query:
            self.answer(403, "The platform says: " + html.escape(self.query["error"]))
        else:
            token = client().fetch_token(code=self.query["code"], code_verifier=session.pop("verifier"))
            session["claims"] = verified(token["id_token"], nonce=session.pop("nonce"))
            session["refreshed"] = 0
            self.keep(token)
            self.redirect("/")

    def refresh(self) -> None:
        session = self.session()
        token = client(session["token"]).refresh_token(
            server["token_endpoint"], refresh_token=session["token"]["refresh_token"]
        )
        verified(token["id_token"], sub=session["claims"]["sub"])
        session["refreshed"] += 1
        self.keep(token)
        self.redirect("/")

    def keep(self, token: dict[str, Any]) -> None:
        session = self.session()
        session["token"] = dict(token)
        session["info"] = client(token).get(server["userinfo_endpoint"]).raise_for_status().json()
        if session["info"]["sub"] != session["claims"]["sub"]:
            raise ValueError("userinfo is about somebody else")

    def logout(self) -> None:
        session = self.session()
        asked = {"id_token_hint": session["token"]["id_token"], "post_logout_redirect_uri": HERE + "/"}
        session.clear()
        self.redirect(server["end_session_endpoint"] + "?" + urlencode(asked))

    # ------------------------------------------------------------ the web

    def session(self) -> dict[str, Any]:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("example")
        self.id = cookie.value if cookie and cookie.value in sessions else getattr(self, "id", "")
        if self.id not in sessions:
            self.id = secrets.token_urlsafe(24)
            sessions[self.id] = {}
        return sessions[self.id]

    def redirect(self, target: str) -> None:
        self.answer(302, "", target)

    def answer(self, status: int, body: str, location: str = "") -> None:
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Example</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>'
            f"<body><main><h1>Example system</h1>{body}</main></body></html>"
        ).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if getattr(self, "id", ""):
            self.send_header("Set-Cookie", f"example={self.id}; HttpOnly; SameSite=Lax; Path=/")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    print(f"Open {HERE}/", flush=True)
    ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
