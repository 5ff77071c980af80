"""What a password of this account must not hold: the names of the units, too."""

from __future__ import annotations

from typing import Any

import pytest

from waizhuan.identity import demo
from waizhuan.identity.sign_in.actions import password_objections

pytestmark = pytest.mark.django_db
WITH_UNIT = "青石研究院的门口有两棵很大很大的树"


def test_the_name_of_the_unit_is_too_close_for_whoever_acts_for_it(settings: Any) -> None:
    settings.ENV = {**settings.ENV, "PASSWORD_PROFILE": "nist"}
    unit = demo.unit("qingshi", "青石研究院", 9)
    person, stranger = demo.person("hanxu", "韩叙", 5), demo.person("lin", "林望舒", 6)
    assert password_objections(person, WITH_UNIT) == []
    demo.mandate(person, unit, "unit.admin")
    assert unit.account is not None
    for account in (person, unit.account):
        (objection,) = password_objections(account, WITH_UNIT)
        assert objection.code == "B4"
    assert password_objections(stranger, WITH_UNIT) == []
