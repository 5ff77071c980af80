"""Who acts: the statement written by hand says what the querysets say, and a session that ended is nobody's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from waizhuan.identity import demo
from waizhuan.identity.actors import BEGAN, LONGEST, active_mandates, actor_of
from waizhuan.identity.models import Account, Mandate
from waizhuan.kernel import clock

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def clerk(db: None) -> Account:
    return demo.person("clerk", "秦安澜", 2001)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({}, True),
        ({"valid_until": DAY}, True),
        ({"valid_from": -2 * DAY, "valid_until": -DAY}, False),
        ({"valid_from": DAY}, False),
        ({"withdrawn_at": -DAY}, False),
    ],
)
def test_a_mandate_counts_in_both_ways_or_in_none(
    clerk: Account, changed: dict[str, dt.timedelta], counts: bool
) -> None:
    department, unit = demo.organisation("department", "甲厅"), demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(clerk, unit, "projects.lead")
    demo.mandate(clerk, department, "department.clerk")
    changes: dict[str, Any] = {name: clock.now() + by for name, by in changed.items()}
    Mandate.objects.filter(organisation=department).update(**changes)
    for acting_for in (department.pk, unit.pk):
        held = active_mandates().filter(account=clerk, organisation=acting_for).values_list("role", flat=True)
        assert actor_of(clerk, acting_for=acting_for, second_factor=True).roles == set(held)
    assert bool(actor_of(clerk, acting_for=department.pk, second_factor=True).roles) == counts


def test_a_units_account_acts_for_its_unit(clerk: Account) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert unit.account is not None
    actor = actor_of(unit.account)
    assert (actor.organisation_id, actor.organisation_name, actor.name) == (unit.pk, unit.name, unit.agent_name)
    assert "unit.admin" in actor.roles


def test_a_units_account_acts_for_its_unit_whatever_stands_beside_it(clerk: Account) -> None:
    """No path of the product gives a unit's account a post; should one stand there, it opens nothing."""
    unit, ministry = demo.unit("yunxi", "云溪理工大学", 1000), demo.organisation("ministry", "司")
    assert unit.account is not None
    demo.mandate(unit.account, ministry, "ministry.head")
    actor = actor_of(unit.account, second_factor=True)
    assert actor.organisation_id == unit.pk
    assert "ministry.head" not in actor.roles


def test_who_is_nobody_yet(clerk: Account) -> None:
    Account.objects.filter(pk=clerk.pk).update(kind="legal")
    actor = actor_of(clerk)
    assert (actor.name, actor.roles, actor.organisations) == (clerk.login_name, frozenset(), ())


def in_session(client: Client, account: Account, **changed: object) -> bool:
    """Does the home page know this reader, after their account was changed so?"""
    client.force_login(account)
    Account.objects.filter(pk=account.pk).update(**changed)
    return client.get("/me/").status_code == 200


@pytest.mark.parametrize("field", ["closed_at", "locked_at"])
def test_a_closed_or_locked_account_has_no_session(client: Client, clerk: Account, field: str) -> None:
    assert in_session(client, clerk)
    assert not in_session(client, clerk, **{field: clock.now()})
    assert not Session.objects.filter(pk=client.session.session_key).exists()


def test_an_inactive_account_and_a_changed_password_end_it(client: Client, clerk: Account) -> None:
    assert not in_session(client, clerk, is_active=False)
    assert not in_session(client, clerk, is_active=True, password="another")


def test_a_session_that_began_before_the_account_said_so(client: Client, clerk: Account) -> None:
    assert not in_session(client, clerk, sessions_from=clock.now() + dt.timedelta(seconds=5))


@pytest.mark.parametrize("began", [None, LONGEST + dt.timedelta(minutes=1)])
def test_a_session_of_a_whole_day_or_of_no_beginning(
    client: Client, clerk: Account, began: dt.timedelta | None
) -> None:
    client.force_login(clerk)
    session = client.session
    session[BEGAN] = (clock.now() - began).isoformat() if began else None
    session.save()
    assert client.get("/me/").status_code == 302


def test_an_idle_session_is_over(client: Client, clerk: Account) -> None:
    client.force_login(clerk)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/me/").status_code == 302


def test_a_session_outlives_a_new_key_of_the_server(client: Client, clerk: Account, settings: Any) -> None:
    """The old key is still among the fallbacks: the mark is renewed."""
    client.force_login(clerk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the server"
    assert client.get("/me/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/me/").status_code == 200
    settings.SECRET_KEY = "a third one, without the second"
    assert client.get("/me/").status_code == 302
