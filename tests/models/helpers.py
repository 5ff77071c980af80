"""What random days need besides their rules: a database that is rolled back, papers that cost little, what an account has."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
from collections.abc import Collection, Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from waizhuan.identity.account_merges import plan
from waizhuan.identity.api import Account, active_mandates
from waizhuan.identity.openid.models import Client as System
from waizhuan.identity.openid.models import Grant
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import clock
from waizhuan.kernel.actor import Actor
from waizhuan.projects.handover import actions, rules
from waizhuan.projects.handover.models import HandOver

#: the smallest picture that there is: what it costs to keep it is not what is tried here
LETTER = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def hand_in_papers(actor: Actor, row: HandOver) -> None:
    for slot in rules.PAPERS:
        actions.add_document(actor=actor, row=row, slot=slot, upload=SimpleUploadedFile("letter.png", LETTER))


def signed_in(account: Account, system: System) -> Client:
    """A browser in which this account is signed in, and has entered another system from there."""
    browser = Client()
    browser.force_login(Account.objects.get(pk=account.pk))
    device = Device.objects.create(account=account, session_key=browser.session.session_key or "")
    now = clock.now()
    Grant.objects.create(
        account=account,
        client=system,
        device=device,
        sid=device.session_key,
        auth_time=int(now.timestamp()),
        expires_at=now + dt.timedelta(days=1),
    )
    return browser


def posts_of(accounts: Collection[Account]) -> set[tuple[int, str]]:
    """(organisation, role) that any of these accounts holds now."""
    return set(active_mandates().filter(account__in=accounts).values_list("organisation_id", "role"))


def counted() -> dict[str, int]:
    """How many rows name an account, whose ever, in each table whose rows move with it."""
    return {key.name: key.model._base_manager.exclude(**{key.field: None}).count() for key in plan.moving()}


def left_with(account: Account) -> dict[str, int]:
    """How many of these rows are this account's."""
    found = {key.name: key.of(account.pk).count() for key in plan.moving()}
    return {name: n for name, n in found.items() if n}
