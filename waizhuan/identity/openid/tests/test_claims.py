"""What a system is told about the unit that somebody acts for."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from waizhuan.identity import demo
from waizhuan.identity.models import Account, Organisation
from waizhuan.identity.openid.tests.conftest import System

pytestmark = pytest.mark.django_db


def test_the_number_of_another_place_is_no_credit_code(
    person: Account, unit: Organisation, browser: Browser, labs: System
) -> None:
    Organisation.objects.filter(pk=unit.pk).update(uscc="HKG:12345678")
    demo.mandate(person, unit, "unit.admin")
    said = labs.userinfo(labs.tokens(browser)["access_token"]).json()["organisation"]  # type: ignore[attr-defined]
    assert [said[n] for n in ("uscc", "registered_in", "registered_as")] == [None, "HKG", "12345678"]
