"""What the OpenID provider allows. Pure: OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9700."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say

#: Lifetimes, in seconds.
CODE_SECONDS = 60
ACCESS_SECONDS = 10 * 60
ID_TOKEN_SECONDS = 10 * 60
#: A sign-in at another system lasts a working day, however often it is refreshed.
GRANT_SECONDS = 12 * 3600
#: A retired signing key stays published for so long: longer than anything that it signed is good for.
KEY_STAYS_SECONDS = 24 * 3600

ONE_FACTOR, TWO_FACTORS = "urn:waizhuan:acr:1", "urn:waizhuan:acr:2"
SCOPES = ("openid", "profile", "phone", "organisation")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
#: Parameters that must not come twice (RFC 6749, 3.1).
SINGLE = (
    *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age"),
    *("code_challenge", "code_challenge_method", "id_token_hint", "acr_values", "request", "request_uri"),
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # BASE64URL(SHA256(…)), RFC 7636, 4.2
LONGEST = 2000  # characters of a state or a nonce

NAT64 = ipaddress.ip_network("64:ff9b::/96")

# ---------------------------------------------------------------- addresses of clients


def address(uri: str, *, strict: bool, loopback: bool = False, field: str = "") -> Verdict:
    """May a client give this address? `strict` (production): https and a public host. `loopback`: http on the reader's
    own machine is fine too, as for desktop applications (RFC 8252, 7.3)."""
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return no(say("“{uri}”不是网址", uri=uri[:80]), field=field)
    written = re.fullmatch(r"[!-~]{1,500}", uri) and re.fullmatch(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+", host)
    if parts.scheme not in ("https", "http") or not written:
        return no(say("“{uri}”不是网址，要以 https:// 开头", uri=uri[:80]), field=field)
    if parts.fragment or "#" in uri or parts.username is not None or "*" in uri or "\\" in uri:
        return no(say("“{uri}”里不能有 #、*、\\ 或用户名", uri=uri[:80]), field=field)
    if is_loopback(host) and (loopback or not strict):
        return YES
    if parts.scheme != "https":
        return no(say("“{uri}”要以 https:// 开头", uri=uri[:80]), field=field)
    if strict and not is_public_name(host):
        return no(say("“{uri}”不是公网地址", uri=uri[:80]), field=field)
    return YES


def is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def is_public_name(host: str) -> bool:
    """A name with a dot that is nobody's inside name, or a public IP address. Where a name leads is asked on delivery."""
    try:
        return is_public_ip(host)
    except ValueError:
        inside = (".local", ".internal", ".localhost", ".lan", ".home.arpa", ".intranet")
        return "." in host.strip(".") and not host.rstrip(".").lower().endswith(inside) and not host[-1:].isdigit()


def is_public_ip(text: str) -> bool:
    """Is it an address of the open internet? Raises ValueError for what is no address."""
    ip = ipaddress.ip_address(text)
    if isinstance(ip, ipaddress.IPv6Address) and (within := _within(ip)):
        return all(one.is_global and not one.is_multicast for one in within)
    return ip.is_global and not ip.is_multicast


def _within(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4, Teredo, and by the gateway of RFC 6052."""
    gateway = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
    return [one for one in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()), gateway) if one is not None]


def lines(text: str) -> list[str]:
    """One address a line, each once, in their order."""
    return list(dict.fromkeys(part.strip() for part in text.splitlines() if part.strip()))


def one_host(uris: Sequence[str]) -> Verdict:
    """A pairwise subject is computed from the host of the redirect addresses; there must be one (Core, 8.1)."""
    if len({urlsplit(u).hostname for u in uris}) <= 1:
        return YES
    return no(say("每个系统用不同编号时，回跳地址要在同一个主机上"), field="redirect_uris")


# ---------------------------------------------------------------- the authorization request


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that holds what it must."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    challenge: str
    prompts: frozenset[str]
    max_age: int | None
    hint: str
    acr: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return "none" in self.prompts


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with it: the error of the protocol, and what a developer wants to know (plain ASCII)."""

    error: str
    description: str


def read(params: Mapping[str, Sequence[str]], allowed: Sequence[str]) -> Asked | Objection:
    """Read a request whose client and redirect address were found right. `allowed`: the client's scopes; a scope that is
    not known or not allowed is left out (Core, 3.1.2.1)."""
    one = {name: (params.get(name) or [""])[0] for name in SINGLE}
    twice = next((name for name in SINGLE if len(params.get(name) or []) > 1), "")
    if twice:
        return Objection("invalid_request", f"{twice} is there twice")
    objection = _objection(one)
    if objection is not None:
        return objection
    prompts = frozenset(one["prompt"].split())
    return Asked(
        client_id=one["client_id"],
        redirect_uri=one["redirect_uri"],
        scopes=tuple(s for s in SCOPES if s in one["scope"].split() and (s == "openid" or s in allowed)),
        state=one["state"],
        nonce=one["nonce"],
        challenge=one["code_challenge"],
        prompts=prompts,
        max_age=int(one["max_age"]) if one["max_age"] else None,
        hint=one["id_token_hint"],
        acr=tuple(one["acr_values"].split()),
    )


def _objection(one: Mapping[str, str]) -> Objection | None:
    prompts = one["prompt"].split()
    wrong = (
        (bool(one["request"]), "request_not_supported", "request objects are not supported"),
        (bool(one["request_uri"]), "request_uri_not_supported", "request_uri is not supported"),
        (not one["response_type"], "invalid_request", "response_type is missing"),
        (one["response_type"] != "code", "unsupported_response_type", "only response_type=code is supported"),
        (one["response_mode"] not in ("", "query"), "invalid_request", "only response_mode=query is supported"),
        ("openid" not in one["scope"].split(), "invalid_scope", "scope must contain openid"),
        (not one["code_challenge"], "invalid_request", "code_challenge is missing (PKCE is required)"),
        (one["code_challenge_method"] != "S256", "invalid_request", "code_challenge_method must be S256"),
        (not _CHALLENGE.fullmatch(one["code_challenge"]), "invalid_request", "code_challenge is not an S256 challenge"),
        (not set(prompts) <= PROMPTS, "invalid_request", "prompt has a value that is not supported"),
        ("none" in prompts and len(set(prompts)) > 1, "invalid_request", "prompt=none stands alone"),
        (not re.fullmatch(r"[0-9]{0,9}", one["max_age"]), "invalid_request", "max_age must be a number of seconds"),
        (len(one["state"]) > LONGEST or len(one["nonce"]) > LONGEST, "invalid_request", "state or nonce is too long"),
        ("\x00" in one["state"] + one["nonce"], "invalid_request", "state or nonce holds a NUL"),
    )
    return next((Objection(error, why) for is_so, error, why in wrong if is_so), None)


# ---------------------------------------------------------------- what comes before the code


@dataclass(frozen=True, slots=True)
class Reader:
    """How the reader stands towards a request. Moments are seconds since 1970."""

    signed_in: bool
    password_expired: bool = False  # and is changed first (E5)
    unagreed: bool = False  # and agrees to the platform's own terms first
    auth_time: int = 0
    #: when this very request asked for the password, or for the choice of an account; 0: not yet
    password_asked: int = 0
    account_chosen: bool = False
    meant: bool = True  # the account is the one that id_token_hint speaks of, if any
    second_factor: bool = False
    has_factor: bool = False
    missing: bool = False  # something stands between the reader and this system
    consented: bool = False


#: step → the error that says so to whom must not ask (Core, 3.1.2.6)
SILENT_ERRORS = {
    "sign_in": "login_required",
    "new_password": "interaction_required",
    "terms": "interaction_required",
    "password": "login_required",
    "account": "account_selection_required",
    "factor": "login_required",
    "missing": "interaction_required",
    "consent": "consent_required",
}


def next_step(asked: Asked, reader: Reader, now: int) -> str:
    """What has to happen before this reader gets a code: sign_in · new_password · terms · account · password · factor · missing · consent; ""
    when nothing is left."""
    if not reader.signed_in:
        return "sign_in"
    if reader.password_expired:
        return "new_password"
    if reader.unagreed:
        return "terms"
    if not reader.meant and asked.silent:
        return "sign_in"
    if not reader.meant and not reader.account_chosen:
        return "account"
    if "select_account" in asked.prompts and not reader.account_chosen:
        return "account"
    if "login" in asked.prompts and not (reader.password_asked and reader.auth_time >= reader.password_asked):
        return "password"
    if asked.max_age is not None and now - reader.auth_time > asked.max_age and not _just_typed(reader, now):
        return "password"
    if TWO_FACTORS in asked.acr and reader.has_factor and not reader.second_factor:
        return "factor"
    if reader.missing:
        return "missing"
    return "" if reader.consented else "consent"


def _just_typed(reader: Reader, now: int) -> bool:
    """Max_age=0 asks for the password once, and takes what was typed for it."""
    return bool(reader.password_asked) and reader.auth_time >= reader.password_asked and now - reader.auth_time <= 120
