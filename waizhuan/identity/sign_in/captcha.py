"""A captcha that everybody can answer (G1): a picture, digits read aloud, or a question in words; one answer for any.

The picture is django-simple-captcha's, and so is the store of answers: each is asked once and forgotten.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from captcha.models import CaptchaStore
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from waizhuan.identity.sign_in import questions
from waizhuan.kernel import refusals
from waizhuan.kernel.ui.fields import refuse
from waizhuan.kernel.words import say

DIGITS = 5  # read aloud


def _store(challenge: str, response: str) -> str:
    """Keep one challenge; its key."""
    key = secrets.token_hex(20)
    CaptchaStore.objects.create(challenge=challenge, response=response, hashkey=key)
    return key


def is_key(text: str) -> bool:
    """Only what can be a key is looked up: PostgreSQL takes no NUL."""
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None


def spoken_digits(key: str) -> str:
    """The digits to read aloud under this key; "" where it is over, or another kind of challenge."""
    if not is_key(key):
        return ""
    row = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
    challenge = str(row.challenge) if row else ""
    return challenge if challenge.isascii() and challenge.isdigit() else ""


class CaptchaWidget(forms.Widget):
    template_name = "sign_in/captcha.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, "", attrs)
        picture = CaptchaStore.generate_key()
        text, answer = questions.question(get_language() or "")
        asked = _store(text[:32], answer)
        digits = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        spoken = _store(digits, digits)
        context["widget"] |= {
            "picture": reverse("sign_in.captcha", args=[picture]),
            "sound": reverse("sign_in.captcha_sound", args=[spoken]),
            "question": text,
            "keys": f"{picture} {asked} {spoken}",
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(f"{name}_keys", ""), data.get(name, "")


class CaptchaField(forms.Field):
    """Asks for the captcha; switched off by WAIZHUAN_CAPTCHA for automatic tests."""

    widget = CaptchaWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("图形验证码"), **kwargs)

    def clean(self, value: Any) -> str:
        keys, answer = value if isinstance(value, tuple) else ("", "")
        given = "".join(str(answer).split()).lower()
        rows = CaptchaStore.objects.filter(hashkey__in=[k for k in keys.split()[:3] if is_key(k)])
        alive = [r.response for r in rows if r.expiration > timezone.now()]
        rows.delete()
        if not alive and keys:
            raise refuse(say("验证码已过期，已为您换了一张"), "G1")
        if not given:
            raise refuse(say("请填写验证码"), "G1")
        questioned = [r for r in alive if questions.BETWEEN in r]
        if given not in set(alive) - set(questioned) and not any(
            questions.is_answer(str(answer), kept) for kept in questioned
        ):
            refusals.notice(refusals.CAPTCHA)
            raise refuse(say("刚才的验证码不对，已为您换了一张"), "G1")
        return ""


def add_captcha(form: forms.Form) -> None:
    """Ask for the captcha in this form, unless it is switched off."""
    if settings.CAPTCHA_ON:
        form.fields["captcha"] = CaptchaField()
