"""Two operators, and two accounts of one person."""

from __future__ import annotations

from typing import Any

import pytest

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.api import Account


@pytest.fixture
def desk(db: None) -> tuple[Any, Any]:
    operator = demo.organisation("operator", "平台运营中心")
    one, two = demo.person("op1", "秦安澜", 2001), demo.person("op2", "许青禾", 2002)
    demo.mandate(one, operator, "operator.reviewer")
    demo.mandate(two, operator, "operator.senior")
    return actor_of(one), actor_of(two)


@pytest.fixture
def two(desk: Any) -> tuple[Account, Account]:
    return demo.person("kept", "韩叙", 2003), demo.person("gone", "韩叙", 2004)
