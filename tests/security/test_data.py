"""docs/security/data.md says of every sealed field which class it is; what looks like one and is not sealed has a reason."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

from waizhuan.kernel.fields import EncryptedText

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "security" / "data.md").read_text(encoding="utf-8")
#: What a field of class A or B is called.
TELLING = re.compile(r"phone|e?mail|passport|doc_(number|key)|secret|private")
#: Not sealed, and why that is so.
PLAIN = {
    "identity.Organisation.public_phone": "printed on the page (D)",
    "openid.Client.secret_mac": "a keyed HMAC",
    "registration.Draft.phone_verified": "a keyed fingerprint",
}


def sealed() -> set[tuple[str, str]]:
    fields = (f for model in apps.get_models() for f in model._meta.get_fields())
    return {(f.model._meta.label, f.name) for f in fields if isinstance(f, EncryptedText)}


def test_every_sealed_field_has_its_class() -> None:
    rows = re.findall(r"^\| [AB] \| `([\w.]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    listed = {(model, field) for model, fields in rows for field in re.findall(r"`(\w+)`", fields)}
    assert listed == sealed()


def test_what_is_called_like_something_sensitive_is_sealed() -> None:
    """Dates, references and fingerprints aside."""
    plain = {
        f"{model._meta.label}.{f.name}"
        for model in apps.get_models()
        if model.__module__.startswith("waizhuan.")
        for f in model._meta.get_fields()
        if f.concrete
        and TELLING.search(f.name)
        and f.get_internal_type() in ("CharField", "TextField")
        and not f.name.endswith("_index")
        and not isinstance(f, EncryptedText)
    }
    assert plain - set(PLAIN) == set()
