"""Passkeys (WebAuthn): what the browser is asked, and whether its answer is right."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from waizhuan.identity.models import Account
from waizhuan.identity.second_factor.factors import _told
from waizhuan.identity.second_factor.models import Passkey
from waizhuan.identity.sign_in.actions import locked
from waizhuan.kernel import clock
from waizhuan.kernel.verdict import YES, Verdict, no
from waizhuan.kernel.words import say

CHALLENGE = "passkey_challenge"  # session key
MOST = 10
#: What the library raises for an answer that is wrong, or that no browser would give.
NOT_UNDERSTOOD = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def creation_options(request: HttpRequest, account: Account) -> str:
    """JSON for `navigator.credentials.create`; its challenge waits in the session."""
    options = generate_registration_options(
        rp_id=_host(request),
        rp_name=settings.ENV.get("NAME") or "Waizhuan",
        user_id=str(account.pk).encode(),
        user_name=account.login_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(c))
            for c in Passkey.objects.filter(account=account).values_list("credential_id", flat=True)
        ],
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def request_options(request: HttpRequest, account: Account | None) -> str:
    """JSON for `navigator.credentials.get`: this account's passkeys, or whichever the device knows."""
    allowed = (
        [
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(c))
            for c in Passkey.objects.filter(account=account).values_list("credential_id", flat=True)
        ]
        if account
        else []
    )
    options = generate_authentication_options(
        rp_id=_host(request),
        allow_credentials=allowed,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def _challenge(request: HttpRequest) -> bytes:
    """Each is asked once."""
    return base64url_to_bytes(request.session.pop(CHALLENGE, "") or "AAAA")


def _read(answer: str) -> dict[str, Any]:
    """The browser's answer as an object; ValueError for anything else."""
    try:
        given = json.loads(answer)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(given, dict):
        raise ValueError("not an object")
    return given


def _failed() -> Verdict:
    return no(say("通行密钥没有验证成功，请再试一次，或用别的办法"), field="passkey", code="G6")


def add(request: HttpRequest, account: Account, answer: str, name: str) -> Verdict:
    """Keep the passkey that the browser has made."""
    try:
        made = verify_registration_response(
            credential=_read(answer),
            expected_challenge=_challenge(request),
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            require_user_verification=True,
        )
    except NOT_UNDERSTOOD:
        return _failed()
    try:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=account.pk)
            if Passkey.objects.filter(account=account).count() >= MOST:
                return no(say("最多 10 把通行密钥。请先去掉不用的"), field="passkey", code="G6")
            Passkey.objects.create(
                account=account,
                name=name.strip()[:60] or str(say("通行密钥")),
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
            )
            _told(account, say("加上了一把通行密钥"))
    except IntegrityError:
        return no(say("这把通行密钥已经登记过了"), field="passkey", code="G6")
    return YES


def check(request: HttpRequest, answer: str, account: Account | None) -> tuple[Account | None, Verdict]:
    """Whose passkey answered; `account`: it must be this one's."""
    challenge = _challenge(request)
    try:
        given = _read(answer)
        sought = str(given["id"])[:1400].replace("\x00", "")  # which no database takes
        row = Passkey.objects.select_related("account").filter(credential_id=sought).first()
        if row is None or (account is not None and row.account_id != account.pk):
            return None, _failed()
        seen = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except NOT_UNDERSTOOD:
        return None, _failed()
    owner = row.account
    if owner.closed_at or owner.locked_at or not owner.is_active:
        return None, locked(owner, field="passkey")
    Passkey.objects.filter(pk=row.pk).update(sign_count=seen.new_sign_count, last_used_at=clock.now())
    return owner, YES
