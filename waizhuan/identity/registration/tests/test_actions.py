"""Making the account: only with the number that was proved."""

from __future__ import annotations

import pytest

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.registration import actions
from waizhuan.identity.registration.models import Draft
from waizhuan.kernel import crypto
from waizhuan.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_a_number_that_another_tab_put_in_after_the_code_is_not_verified() -> None:
    proved, other = demo.mobile(801), demo.mobile(802)
    number = demo.resident_id(31)
    draft = Draft.objects.create(
        kind="person", password=demo.hashed_password(), phone_verified=crypto.blind_index("phone", proved)
    )
    given = {"name": "韩叙", "doc_type": "resident_id", "doc_number": number, "doc_key": number, "login_name": "hanxu"}
    actions.keep(draft, {**given, "phone": other})
    with pytest.raises(Refused) as refused:
        actions.complete(draft)
    assert refused.value.verdicts[0].field == "code"
    assert not Account.objects.exists()
    actions.keep(draft, {**given, "phone": proved})
    assert actions.complete(draft).phone == proved
