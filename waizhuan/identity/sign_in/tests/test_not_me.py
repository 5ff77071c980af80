"""'This was not me': the link locks once, and knows which browsers were trusted before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client

from waizhuan.identity import demo, other_hands
from waizhuan.identity.models import Account
from waizhuan.identity.sign_in import not_me
from waizhuan.identity.sign_in.actions import set_password
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused

pytestmark = pytest.mark.django_db
FRESH = "Yunhai-3026!"


@pytest.fixture
def hanxu(db: None) -> Account:
    return demo.person("hanxu", "韩叙", 3)


def recovered(account: Account) -> None:
    set_password(account, FRESH, verb="recovery.reset")
    account.refresh_from_db()
    assert account.locked_at is None


def test_what_the_platform_locked_no_new_password_opens(hanxu: Account) -> None:
    """An appeal that two people approve does, and what else the account passes on by leaves the lock on it."""
    Account.objects.filter(pk=hanxu.pk).update(locked_at=clock.now(), is_active=False)
    with pytest.raises(Refused) as refusal:
        set_password(hanxu, FRESH, verb="recovery.reset")
    assert [v.code for v in refusal.value.verdicts] == ["E10"]
    with transaction.atomic():
        other_hands.pass_on(Account.objects.select_for_update().get(pk=hanxu.pk), phone="+8613911112222", why="agent")
    hanxu.refresh_from_db()
    assert hanxu.locked_at is not None
    assert not hanxu.is_active


def test_a_link_locks_once(hanxu: Account) -> None:
    with clock.frozen(clock.now() - dt.timedelta(hours=1)):
        link = not_me.path(hanxu)
    client = Client()
    assert "马上锁定账号" in client.get(link).content.decode()
    client.post(link)
    assert "账号已经锁定" in client.get(link).content.decode()
    recovered(hanxu)
    page = client.get(link).content.decode()
    assert "这个链接已经失效" in page
    assert "/recovery/" in page, "and the way on"
    client.post(link)
    hanxu.refresh_from_db()
    assert hanxu.locked_at is None


def test_the_next_message_s_link_works_again(hanxu: Account) -> None:
    not_me.lock(hanxu)
    recovered(hanxu)
    with clock.frozen(clock.now() + dt.timedelta(seconds=1)):
        link = not_me.path(hanxu)
        Client().post(link)
    hanxu.refresh_from_db()
    assert hanxu.locked_at


@pytest.mark.parametrize("token", ["x", "WzFd:1:x", "\x00", "a" * 300])
def test_nonsense_locks_nobody(hanxu: Account, token: str) -> None:
    assert Client().post(f"/sign-in/not-me/{token}/").status_code in (200, 404)
    hanxu.refresh_from_db()
    assert hanxu.locked_at is None
