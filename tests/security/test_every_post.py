"""No POST without its token, whoever sends it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.architecture.access_matrix import READERS, address
from waizhuan.identity.api import Account
from waizhuan.kernel.access import routes, screen_of
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.web.views import SIGNING_IN

pytestmark = pytest.mark.django_db
#: Machines ask here with credentials of their own in the request (token, revoke, userinfo), or a POST of another system
#: only becomes a GET (authorize, end_session): `openid/tests/test_authorize.py`, `test_logout.py`.
WITHOUT = {"openid.token", "openid.revoke", "openid.userinfo", "openid.authorize", "openid.end_session"}


def test_every_post_needs_its_token(world: None) -> None:
    wrong, acts = set(), AuditEntry.objects.exclude(verb__startswith="refused.")
    before = acts.count()
    for login_key in (None, READERS["unit.admin"]):  # the token is asked for before anybody's rights
        client = Client(enforce_csrf_checks=True)
        if login_key:
            client.force_login(Account.objects.get(login_key=login_key))
        for path, pattern in routes():
            screen = screen_of(pattern)
            if "POST" not in screen.methods or screen.id in WITHOUT:
                continue
            answer = client.post(address(path))
            if login_key and screen.id in SIGNING_IN:  # nothing is done: the page is shown as it is (B5)
                fine = answer.status_code == 302 and answer["Location"] == address(path)
            else:
                fine = answer.status_code == 403
            if not fine:
                wrong.add(screen.id)
    assert wrong == set()
    assert acts.count() == before  # where the page is shown as it is, too


def test_no_view_is_exempt_in_silence() -> None:
    exempt = {screen_of(p).id for _, p in routes() if getattr(p.callback, "csrf_exempt", False)}
    assert exempt == WITHOUT


def test_a_read_never_writes() -> None:
    """GET changes nothing that matters: what acts takes POST alone, or looks first at the method."""
    acting = ("act", "verify", "withdraw", "remove", "end", "out", "delete", "claim", "lock")
    loose = {
        s.id
        for s in map(screen_of, (p for _, p in routes()))
        if s.id.rpartition(".")[2] in acting and s.methods == ("GET",)
    }
    assert loose == set()
