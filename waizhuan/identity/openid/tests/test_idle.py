"""A session that is left idle ends, and so does what was entered from it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from waizhuan.identity.openid.tests.conftest import System
from waizhuan.kernel import clock

pytestmark = pytest.mark.django_db


def test_a_session_that_was_left_idle_ends_what_was_entered_from_it(browser: Browser, labs: System) -> None:
    tokens = labs.tokens(browser)
    Session.objects.update(expire_date=clock.now() - dt.timedelta(minutes=1))
    assert labs.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"  # type: ignore[attr-defined]
    assert labs.userinfo(tokens["access_token"]).status_code == 401
