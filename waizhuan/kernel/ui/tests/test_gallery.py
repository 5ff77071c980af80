"""The gallery draws every component, and is not there in production."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_component_is_drawn(client: Client) -> None:
    page = client.get("/ui/").content.decode()
    marks: tuple[str, ...] = (
        "wz-status--bad",
        "wz-due--over",
        "wz-steps",
        "wz-reasons",
        "wz-error",
        "aria-invalid",
        "wz-problem",
        "wz-rows",
    )
    marks += (
        "wz-holder",
        "wz-days",
        "wz-outcomes",
        "wz-line",
        "wz-filters",
        "wz-table",
        "wz-pager",
        "wz-note",
        "wz-lead",
    )
    for mark in marks:
        assert mark in page
    assert page.count("<h1") == 1


def test_it_is_not_there_in_production(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRODUCTION = True
    assert client.get("/ui/", secure=True).status_code == 302  # like any page that one may not see: to sign in


def test_errors_stand_between_hint_and_control_and_are_tied_to_it(client: Client) -> None:
    page = client.get("/ui/").content.decode()
    field = page[page.index('for="wrong_text"') : page.index('for="wrong_long"')]
    assert field.index("wz-hint") < field.index("wz-error") < field.index("<input")
    assert 'aria-describedby="wrong_text_helptext wrong_text_error"' in field
    assert 'aria-invalid="true"' in field
