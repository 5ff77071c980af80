"""An account that an operator locked, and an appeal for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.appeals import actions, jobs
from waizhuan.identity.appeals.checks import warning_keys
from waizhuan.identity.appeals.queries import review_appeal
from waizhuan.identity.appeals.tests.conftest import (
    NEW_PHONE,
    OLD_PHONE,
    decide,
    filed,
    later,
    link_in,
    signed_in,
)
from waizhuan.identity.models import Account
from waizhuan.identity.operators import actions as operators
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db(transaction=True)


def lock(account: Account, reason: str = "多处异常登录。") -> None:
    """As a security officer does."""
    officer = demo.person(f"security{account.pk}", demo.person_name(203), 203)
    operators.lock(actor_of(officer), account.pk, reason)


def test_an_appeal_opens_what_an_operator_locked(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    """Two people have read that it is locked and why; then the new holder signs in, and stays in."""
    lock(hanxu)
    assert "/appeals/" in sent_to(OLD_PHONE)[0], "the message tells the way"
    appeal = filed(client)
    assert (
        "锁定的原因：多处异常登录。"
        in signed_in(reviewer).get(reverse("appeals.review", args=[appeal.pk])).content.decode()
    )
    assert "locked" in warning_keys(review_appeal(actor_of(reviewer), appeal.pk))
    with pytest.raises(Hidden):
        decide(reviewer, appeal, "approve")
    assert decide(reviewer, appeal, "recommend").state == "second"
    assert decide(senior, appeal, "confirm").state == "cooling"
    with clock.frozen(later(10)):
        jobs.finish_cooling()
        given = {"password": "Yunhai-3026!", "password2": "Yunhai-3026!"}
        client.post(link_in(sent_to(NEW_PHONE)[0]), given)
        client.post("/me/consent/", {"privacy": "on", "identity": "on"})
        assert client.get("/sign-in/sessions/").status_code == 200
    hanxu.refresh_from_db()
    assert hanxu.is_active
    assert AuditEntry.objects.get(verb="appeals.took_effect").detail["unlocked"] is True


def test_a_lock_after_the_approval_is_looked_at_first(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    appeal = decide(reviewer, filed(client), "approve")
    lock(hanxu)
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 1
        appeal.refresh_from_db()
        assert appeal.state == "objected"
        assert "锁定了这个账号" in sent_to(NEW_PHONE)[0]
        hanxu.refresh_from_db()
        assert not hanxu.is_active
        decided = review_appeal(actor_of(senior), appeal.pk)
        with pytest.raises(Refused):
            actions.decide(actor_of(senior), decided, "uphold", version=decided.version, note="本人到场")
        assert decide(senior, appeal, "uphold", note="本人到场").state == "approved"
    hanxu.refresh_from_db()
    assert hanxu.is_active


def test_a_lock_at_the_moment_of_the_decision_stays(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    """The senior operator's page was read before the lock: what they accepted does not name it."""
    appeal = decide(reviewer, filed(client), "approve")
    actions.object_to(appeal, "我还在用")
    read = review_appeal(actor_of(senior), appeal.pk)
    warnings = warning_keys(read)
    lock(hanxu)
    with pytest.raises(Refused, match="刚刚被平台锁定"):
        actions.decide(actor_of(senior), read, "uphold", version=read.version, accepted=warnings, note="本人到场")
    hanxu.refresh_from_db()
    assert not hanxu.is_active
