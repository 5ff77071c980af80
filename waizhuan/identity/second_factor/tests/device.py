"""A passkey in software (WebAuthn level 2, ES256, no attestation), and an authenticator app."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as text

from waizhuan.identity.second_factor.models import Authenticator
from waizhuan.kernel import clock


def code_of(row: Authenticator, steps: int = 0) -> str:
    """What the app shows now, or `steps` × 30 seconds later."""
    return pyotp.TOTP(row.secret).at(int(clock.now().timestamp()) + 30 * steps)


class Device:
    """One device with one passkey. `counter` goes up with every use, as real ones count."""

    def __init__(self, origin: str = "http://testserver") -> None:
        self.origin, self.host = origin, origin.split("//")[1].split(":")[0]
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.counter = 0
        self.verified = True  # the finger or the PIN was right

    def _client_data(self, kind: str, options: str, origin: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _authenticator_data(self, attested: bytes = b"") -> bytes:
        self.counter += 1
        flags = 0x01 | (0x04 if self.verified else 0) | (0x40 if attested else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big") + attested

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": text(self.id),
                "rawId": text(self.id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {k: text(v) for k, v in response.items()},
            }
        )

    def create(self, options: str, origin: str = "") -> str:
        """What `navigator.credentials.create` answers."""
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._authenticator_data(attested)
        return self._answer(
            {
                "clientDataJSON": self._client_data("webauthn.create", options, origin or self.origin),
                "attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}),
            }
        )

    def get(self, options: str, origin: str = "") -> str:
        """What `navigator.credentials.get` answers."""
        client_data = self._client_data("webauthn.get", options, origin or self.origin)
        data = self._authenticator_data()
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client_data, "authenticatorData": data, "signature": signature})
