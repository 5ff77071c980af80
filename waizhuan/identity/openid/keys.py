"""The keys that sign: RS256, which every client of OpenID Connect knows (Core, 15.1)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from waizhuan.identity.openid import rules
from waizhuan.identity.openid.models import SigningKey
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.kernel.events import Happened, publish

ALGORITHM = "RS256"
TYPE = "JWT"  # the type in the header; a logout token has another
BITS = 3072  # 128 bits of security (NIST SP 800-57, ASVS 11.2.3)


def issuer() -> str:
    return str(settings.BASE_URL).rstrip("/")


def current() -> SigningKey:
    """The key that signs now; the first one is made when it is first needed."""
    found = SigningKey.objects.filter(current=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _made()
    except IntegrityError:  # somebody else was faster
        return SigningKey.objects.get(current=True)


def _made() -> SigningKey:
    key = RSAKey.generate_key(BITS, private=True)
    kid = key.thumbprint()
    described = {"kid": kid, "use": "sig", "alg": ALGORITHM}
    return SigningKey.objects.create(
        kid=kid,
        private=json.dumps({**key.as_dict(private=True), **described}),
        public={**key.as_dict(private=False), **described},
    )


def rotate(actor: Actor) -> SigningKey:
    """A new key signs from now on; the one before stays published until what it signed has run out."""
    with transaction.atomic():
        before = SigningKey.objects.select_for_update().filter(current=True).first()
        if before is not None:
            before.current, before.private = False, ""
            before.published_until = clock.now() + dt.timedelta(seconds=rules.KEY_STAYS_SECONDS)
            before.save()
        made = _made()
        publish(Happened(actor, "openid.key_rotated", f"openid.key:{made.pk}", {"kid": made.kid}))
    return made


def published() -> list[SigningKey]:
    """The current key first, then those that were retired a short while ago."""
    alive = Q(current=True) | Q(published_until__gt=clock.now())
    return list(SigningKey.objects.filter(alive).order_by("-current", "-created_at"))


def key_set() -> dict[str, Any]:
    """The JWKS document (RFC 7517)."""
    current()
    return {"keys": [key.public for key in published()]}


@lru_cache(maxsize=4)
def _loaded(private: str) -> RSAKey:
    return RSAKey.import_key(json.loads(private))


def sign(claims: dict[str, Any], *, seconds: int = rules.ID_TOKEN_SECONDS, typ: str = TYPE) -> str:
    """A signed token of these claims, with issuer, and good for so many seconds from now."""
    key = current()
    now = int(clock.now().timestamp())
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": typ}
    return jwt.encode(
        header,
        {"iss": issuer(), "iat": now, "exp": now + seconds, **claims},
        _loaded(key.private),
        algorithms=[ALGORITHM],
    )


def read_own(token: str, *, typ: str = TYPE) -> dict[str, Any] | None:
    """The claims of an ID token that we signed, run out or not (id_token_hint); None for anything else: `alg: none`,
    symmetric algorithms, and tokens of another type (RFC 8725, 3.11)."""
    try:
        keys = KeySet.import_key_set({"keys": [key.public for key in published()]})
        read = jwt.decode(token, keys, algorithms=[ALGORITHM])
        claims = dict(read.claims)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return claims if claims.get("iss") == issuer() and read.header.get("typ") == typ else None


def half_hash(token: str) -> str:
    """at_hash: the left half of the token's SHA-256 (Core, 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode("ascii")).digest()[:16]).rstrip(b"=").decode()


def forget_retired() -> int:
    """Delete keys whose time is over."""
    count, _ = SigningKey.objects.filter(current=False, published_until__lte=clock.now()).delete()
    return count
