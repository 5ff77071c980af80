"""Keys: what is published, what is accepted, and that a private key lies nowhere in clear."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from waizhuan.identity.openid import keys
from waizhuan.identity.openid.models import SigningKey
from waizhuan.identity.openid.tests.conftest import System
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.shared.audit.api import AuditEntry

pytestmark = pytest.mark.django_db


def published() -> list[dict[str, str]]:
    return list(Browser().get(reverse("openid.keys")).json()["keys"])


def test_only_public_halves_are_published() -> None:
    (key,) = published()
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert len(base64.urlsafe_b64decode(key["n"] + "==")) * 8 == 3072
    assert Browser().get(reverse("openid.keys"))["Cache-Control"] == "public, max-age=300"


def test_the_private_half_is_sealed_in_the_database() -> None:
    keys.current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT private, public FROM openid_signingkey")
        private, public = cursor.fetchone()
    assert json.loads(SigningKey.objects.get().private)["d"]
    assert '"d"' not in private
    assert '"d"' not in str(public)


def test_rotation_keeps_what_was_signed_good_for_a_day() -> None:
    token = keys.sign({"sub": "x"})
    before = keys.current().kid
    call_command("rotate-signing-key", verbosity=0)
    assert [k["kid"] for k in published()] == [keys.current().kid, before]
    assert keys.current().kid != before
    old = SigningKey.objects.get(kid=before)
    assert old.private == ""
    assert keys.read_own(token) is not None
    assert jwt.decode(keys.sign({"sub": "y"}), KeySet.import_key_set({"keys": published()})).claims["sub"] == "y"  # type: ignore[typeddict-item]
    with clock.frozen(clock.now() + dt.timedelta(hours=25)):
        assert [k["kid"] for k in published()] == [keys.current().kid]
        assert keys.forget_retired() == 1
    assert AuditEntry.objects.filter(verb="openid.key_rotated").count() == 1


def test_the_database_holds_one_current_key_and_no_retired_private_one() -> None:
    keys.current()
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.create(kid="second", private="x", public={})
    keys.rotate(the_system())
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.filter(current=False).update(private="x")


def _unsigned(header: dict[str, str], claims: dict[str, str]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in (header, claims))
    return ".".join(parts) + "."


def test_forged_tokens_are_nobodys() -> None:
    key = keys.current()
    claims = {"iss": keys.issuer(), "sub": "x"}
    stranger = RSAKey.generate_key(2048, private=True)
    public = RSAKey.import_key(key.public).as_pem(private=False)
    forged = [
        _unsigned({"alg": "none", "kid": key.kid}, claims),
        _unsigned({"alg": "None"}, claims),
        jwt.encode({"alg": "RS256", "kid": key.kid}, claims, stranger),
        jwt.encode({"alg": "RS256"}, claims, stranger),
        # the public key taken for a shared secret
        jwt.encode({"alg": "HS256", "kid": key.kid}, claims, OctKey.import_key(base64.b64encode(public))),
        keys.sign({"iss": "https://other.example", "sub": "x"}),
        "",
        "a.b",
        "a.b.c",
        "𠮷.𠮷.𠮷",
        "\x00",
        "." * 1000,
    ]
    assert [keys.read_own(token) for token in forged] == [None] * len(forged)
    assert keys.read_own(keys.sign({"sub": "x"})) is not None


def test_discovery_names_what_there_is(labs: System) -> None:
    found = Browser().get("/.well-known/openid-configuration").json()
    assert found["issuer"] == keys.issuer()
    for name in ("authorization", "token", "userinfo", "revocation", "end_session"):
        path = found[f"{name}_endpoint"].removeprefix(keys.issuer())
        assert Browser().get(path).status_code in (302, 400, 401, 405)
    assert Browser().get(found["jwks_uri"].removeprefix(keys.issuer())).status_code == 200
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["response_types_supported"] == ["code"]
    assert "none" not in found["id_token_signing_alg_values_supported"]
