"""docs/security/data.md says of every sealed field which class it is; what looks like one and is not sealed has a reason."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from pathlib import Path

from django.apps import apps

from waizhuan.kernel.access import routes, screen_of
from waizhuan.kernel.fields import EncryptedText

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "security" / "data.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [AB] \| `([\w.]+)` \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
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
    listed = {(model, field) for model, fields, *_ in ROWS for field in re.findall(r"`(\w+)`", fields)}
    assert listed == sealed()


def test_who_reads_and_who_writes_is_said_by_screens_that_exist() -> None:
    assert len(ROWS) == len({model for model, *_ in ROWS})
    screens = {screen_of(pattern).id for _, pattern in routes()}
    for model, _, read, written in ROWS:
        for cell in (read, written):
            named = set(re.findall(r"`([\w.]+)`", cell))
            assert cell == "–" or named, model
            assert named <= screens, (model, named - screens)


def test_how_long_is_what_the_source_says() -> None:
    rows = re.findall(r"^\| .+ \| (\d+) (minutes?|hours?|days?) \| `([\w.]+)\.(\w+)` \|$", PAGE, re.MULTILINE)
    assert len(rows) > 10
    for number, unit, module, name in rows:
        value = getattr(importlib.import_module(module), name)
        unit = unit.rstrip("s") + "s"
        said = dt.timedelta(**{unit: int(number)})
        assert (value if isinstance(value, dt.timedelta) else dt.timedelta(**{unit: value})) == said, (module, name)


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
