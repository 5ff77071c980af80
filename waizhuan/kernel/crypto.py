"""Personal data at rest: SM4 in GCM mode, and blind indexes by HMAC-SM3 (GB/T 32907, GB/T 32905).

A sealed value reads `<key id>:<base64 of nonce + ciphertext + tag>`. What it belongs to (table and column) is
authenticated with it, so that a value copied into another column does not open.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.conf import settings

NONCE = 12
TAG = 16


class CannotOpen(Exception):
    """The key is unknown or the value was altered."""


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for entry in keys:
        key_id, _, digits = entry.partition(":")
        ring[key_id] = bytes.fromhex(digits)
    return ring


def keys() -> dict[str, bytes]:
    """The ring of keys by id; the first is the current one."""
    return _ring(tuple(settings.FIELD_KEYS))


def current_key_id() -> str:
    return next(iter(keys()))


def seal_bytes(value: bytes, belongs_to: str) -> tuple[str, bytes]:
    """Encrypt under the current key: (key id, nonce + ciphertext + tag)."""
    key_id = current_key_id()
    nonce = os.urandom(NONCE)
    encryptor = Cipher(SM4(keys()[key_id]), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(belongs_to.encode())
    sealed = encryptor.update(value) + encryptor.finalize()
    return key_id, nonce + sealed + encryptor.tag


def open_bytes(key_id: str, sealed: bytes, belongs_to: str) -> bytes:
    """The reverse of `seal_bytes`. Raises CannotOpen."""
    key = keys().get(key_id)
    if key is None:
        raise CannotOpen(f"no key {key_id!r} in WAIZHUAN_FIELD_KEYS")
    nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
    decryptor = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(belongs_to.encode())
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise CannotOpen(f"a value of {belongs_to} was altered") from error


def seal(value: str, belongs_to: str) -> str:
    key_id, sealed = seal_bytes(value.encode(), belongs_to)
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(stored: str, belongs_to: str) -> str:
    key_id, _, encoded = stored.partition(":")
    return open_bytes(key_id, base64.b64decode(encoded), belongs_to).decode()


def blind_index(purpose: str, value: str) -> str:
    """A keyed fingerprint (64 hex digits) by which a sealed value is found again exactly; "" for an empty value."""
    if not value:
        return ""
    return mac(f"{purpose}\x00{value}".encode()).hex()


def mac(message: bytes) -> bytes:
    """HMAC-SM3 under the index key: 32 bytes."""
    h = hmac.HMAC(bytes.fromhex(settings.INDEX_KEY), hashes.SM3())
    h.update(message)
    return h.finalize()


def sm3(message: bytes) -> bytes:
    """The plain SM3 digest: 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()
