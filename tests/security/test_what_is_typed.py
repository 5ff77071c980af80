"""Scripts in every field of every form, shown again everywhere; and fields that no form asked for."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from tests.architecture.access_matrix import READERS, SOUND
from tests.security.conftest import NEWCOMERS
from tests.security.crawl import NEVER, Field, client_of, filled, screen_at, walk
from waizhuan.identity.api import Account, Mandate, Organisation

pytestmark = pytest.mark.django_db
SCRIPT = "<script>x</script>\"'><img src=x onerror=x>"
RAW = re.compile(r"<script>x|<img src=x")
#: What only the product may set, under the names of its columns.
NOT_ASKED = {
    "is_active": "1",
    "is_staff": "1",
    "is_superuser": "1",
    "kind": "operator",
    "real_name": "passed",
    "agent_real_name": "passed",
    "verified_at": "2026-01-01",
    "account": "1",
    "account_id": "1",
    "organisation": "1",
    "organisation_id": "1",
    "unit_id": "1",
    "role": "operator.security",
    "roles": "operator.security",
    "state": "approved",
    "granted_by": "1",
    "login_key": "sysadmin",
    "phone_verified_at": "2026-01-01",
    "locked_at": "",
    "closed_at": "",
}


def text_for(one: Field) -> str:
    return {"date": "2027-01-01", "number": "1", "email": "a@example.org"}.get(one.kind, SCRIPT)


def send_everything(login_key: str | None, extra: dict[str, str] | None = None) -> dict[tuple[str, str], int]:
    """Fill in every form that this reader is shown; what was answered with anything but a sound status."""
    client, wrong, sent = client_of(login_key), {}, set()
    for page in list(walk(client)):
        for form in page.forms:
            names = (form.target.split("?")[0], *sorted(f.name for f in form.fields))
            if screen_at(form.target) in NEVER or form.method != "post" or names in sent:
                continue
            sent.add(names)
            with transaction.atomic():
                status = client.post(form.target, filled(form, text_for, extra)).status_code
            if status not in SOUND:
                wrong[login_key or "", form.target] = status
    assert sent
    return wrong


def test_what_is_typed_is_text_wherever_it_is_shown(world: None) -> None:
    with transaction.atomic():
        for login_key in (*READERS.values(), *NEWCOMERS.values()):
            assert send_everything(login_key) == {}
        shown = 0
        for login_key in READERS.values():
            for page in walk(client_of(login_key)):
                assert not RAW.search(page.html), f"{login_key} at {page.at}"
                shown += page.html.count("&lt;script&gt;x")
        assert shown > 5  # some of it was kept and is shown
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", NEWCOMERS)
def test_fields_that_nobody_asked_for_change_nothing(world: None, role: str) -> None:
    me = Account.objects.get(login_key=NEWCOMERS[role])
    person = getattr(me, "person", None)
    before = _standing()
    assert send_everything(me.login_key, NOT_ASKED) == {}
    me.refresh_from_db()
    assert (me.is_active, me.kind, me.login_key) == (
        True,
        "legal" if role == "unit account" else "natural",
        NEWCOMERS[role],
    )
    if person:
        now = type(person).objects.get(pk=person.pk)
        assert now.real_name == person.real_name or now.real_name != "passed"
    assert _standing() == before


def _standing() -> tuple[object, ...]:
    """Whoever may do anything, in organisations of which kind."""
    operators = Mandate.objects.filter(role__startswith="operator", withdrawn_at=None)
    kinds = Organisation.objects.exclude(kind="unit").values_list("kind", flat=True).order_by("pk")
    return (sorted(operators.values_list("account_id", "role")), list(kinds))
