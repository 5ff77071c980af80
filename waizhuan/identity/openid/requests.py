"""An authorization request on its way through our pages: whose it is, what has been asked for it, what comes next."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from waizhuan.identity.actors import BEGAN
from waizhuan.identity.models import Account
from waizhuan.identity.openid import entering, keys, queries, rules, subjects
from waizhuan.identity.openid.models import Client
from waizhuan.identity.second_factor.factors import has_any
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.verdict import Verdict, no
from waizhuan.kernel.words import say

TYPED_AT = "openid_typed_at"  # session: when the password was last typed for another system
MARK = "asked"  # parameter of ours: what this very request has asked for already
MARK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Coming:
    """A request of a known system, with the address that it may be answered at."""

    client: Client
    asked: rules.Asked
    query: str  # as it came, without our mark
    reader: rules.Reader

    @property
    def step(self) -> str:
        return rules.next_step(self.asked, self.reader, int(clock.now().timestamp()))


def now() -> int:
    return int(clock.now().timestamp())


def auth_time(request: HttpRequest) -> int:
    """When the person last proved who they are in this session: at its beginning, or by typing the password again."""
    began = request.session.get(BEGAN)
    at = int(dt.datetime.fromisoformat(began).timestamp()) if began else 0
    return max(at, int(request.session.get(TYPED_AT, 0)))


# ---------------------------------------------------------------- our mark


def _query(params: QueryDict) -> str:
    kept = params.copy()
    kept.pop(MARK, None)
    return kept.urlencode()


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:32]


def marked(query: str, *, password: int = 0, account: bool = False) -> str:
    """The request with the note that it asked for the password (when), or for the choice of an account."""
    note = signing.dumps([_digest(query), password, account], salt="openid.asked")
    return f"{query}&{urlencode({MARK: note})}"


def _mark(params: QueryDict, query: str) -> tuple[int, bool]:
    try:
        digest, password, account = signing.loads(params.get(MARK, ""), salt="openid.asked", max_age=MARK_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return 0, False
    return (password, account) if digest == _digest(query) else (0, False)


# ---------------------------------------------------------------- reading


def coming(request: HttpRequest) -> Coming | HttpResponse:
    """The request, or the answer to one that is wrong: a page where it is not known who asks or where to answer (never a
    redirect there), else a redirect with the error (RFC 6749, 4.1.2.1)."""
    params, query = request.GET, _query(request.GET)
    client, verdict = _whose(params)
    if client is None:
        return wrong(request, verdict)
    asked = rules.read(dict(params.lists()), client.scopes)
    if isinstance(asked, rules.Objection):
        return refuse(params, asked.error, asked.description)
    return Coming(client, asked, query, _reader(request, client, asked, query))


def _whose(params: QueryDict) -> tuple[Client | None, Verdict]:
    if len(params.getlist("client_id")) != 1:
        return None, no(say("请求里没有写明是哪个系统（client_id）"))
    client = queries.client(str(params["client_id"]))
    if client is None:
        return None, no(say("这个系统没有登记（client_id 不对）"))
    if client.disabled_at is not None:
        return None, no(say("这个系统已经停用，不能用平台账号登录"))
    if len(params.getlist("redirect_uri")) != 1 or params["redirect_uri"] not in client.redirect_uris:
        return None, no(say("回跳地址（redirect_uri）和登记的不一样"))
    return client, Verdict(True)


def _reader(request: HttpRequest, client: Client, asked: rules.Asked, query: str) -> rules.Reader:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        return rules.Reader(signed_in=False)
    password, account = _mark(request.GET, query)
    allowed = queries.consent(actor.account_id, client)
    remembered = allowed is not None and set(asked.scopes) <= set(allowed.scopes)
    user: Account = request.user  # type: ignore[assignment]
    return rules.Reader(
        signed_in=True,
        password_expired=actor.password_expired,
        unagreed=actor.unagreed,
        auth_time=auth_time(request),
        password_asked=password,
        account_chosen=account,
        meant=_meant(asked.hint, actor.account_id, client),
        second_factor=actor.second_factor,
        has_factor=rules.TWO_FACTORS in asked.acr and has_any(user),
        missing=bool(entering.missing(actor, client.needs)),
        consented=remembered and "consent" not in asked.prompts,
    )


def _meant(hint: str, account_id: int, client: Client) -> bool:
    """Is it the account of the ID token that the system sends along, if it sends one?"""
    if not hint:
        return True
    told = keys.read_own(hint)
    return told is not None and told.get("sub") in subjects.numbers(account_id, client)


# ---------------------------------------------------------------- answering


def wrong(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """A page that says what is wrong. Nothing of the request is followed."""
    return render(request, "openid/wrong.html", {"reason": verdict.reason}, status=400)


def back(redirect_uri: str, params: Mapping[str, str]) -> HttpResponseRedirect:
    """To the system, with these parameters and who we are (RFC 9207). Its own query string stays."""
    parts = urlsplit(redirect_uri)
    added = urlencode({k: v for k, v in {**params, "iss": keys.issuer()}.items() if v})
    query = f"{parts.query}&{added}" if parts.query else added
    return HttpResponseRedirect(urlunsplit(parts._replace(query=query)))


def refuse(params: QueryDict, error: str, description: str = "") -> HttpResponseRedirect:
    """Tell the system that it gets no code."""
    state = params.get("state", "")
    answer = {"error": error, "error_description": description, "state": state[: rules.LONGEST]}
    return back(str(params["redirect_uri"]), answer)


def origin(uri: str) -> str:
    """What the content security policy of one page has to name, where its form leads on to the system."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def leads_to(response: HttpResponse, uri: str) -> HttpResponse:
    """This page's form may end at the system."""
    response.form_origins = (origin(uri),)  # type: ignore[attr-defined]
    return response


def page(name: str, query: str) -> str:
    """The address of one of our pages for this request."""
    return f"{reverse(name)}?{query}"
