"""An account that somebody uses: an appeal for it waits longer, and is told there (E10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.appeals import effects
from waizhuan.identity.appeals.tests.conftest import decide, filed, signed_in
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.shared.notify.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("days", "lately"), [(10, True), (91, False)])
def test_an_account_in_use_cools_longer(
    client: Client, hanxu: Account, reviewer: Account, days: int, lately: bool
) -> None:
    """Also where it was signed out each time: the reviewer reads it, and who has it gets longer to object."""
    with clock.frozen(clock.now() - dt.timedelta(days=days)):
        owner = Client()
        owner.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
        owner.post("/sign-in/out/")
    appeal = filed(client)
    page = signed_in(reviewer).get(f"/appeals/{appeal.pk}/review/").content.decode()
    assert ("这个账号 90 天内登录过" in page) is lately
    assert ("这个账号 90 天内没有登录过" in page) is not lately
    with clock.frozen(clock.now()):
        assert decide(reviewer, appeal, "approve").cooling_until == effects._after(3 if lately else 1)


def test_an_account_in_use_without_contacts_is_told_inside(client: Client, hanxu: Account, reviewer: Account) -> None:
    """Whoever uses it reads of the appeal after signing in, and has the time to object."""
    owner = Client()
    owner.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    Account.objects.filter(pk=hanxu.pk).update(phone="", phone_index="", email="", email_index="")
    appeal = filed(client)
    assert "会在站内消息里通知" in signed_in(reviewer).get(f"/appeals/{appeal.pk}/review/").content.decode()
    with clock.frozen(clock.now()):
        appeal = decide(reviewer, appeal, "approve")
        assert (appeal.state, appeal.cooling_until) == ("cooling", effects._after(3))
    told = Message.objects.get(account=hanxu, template="appeals.warning")
    assert "有人申诉找回您的账号" in owner.get(told.link).content.decode()
    assert "您的异议已经收到" in owner.post(told.link, {"note": "我还在用"}).content.decode()
    appeal.refresh_from_db()
    assert appeal.state == "objected"


def test_the_reviewer_reads_that_the_administrators_are_told(client: Client, operator: Organisation) -> None:
    """Without a phone and an address, and signed in to by nobody: who administers the unit can object all the same."""
    unit = demo.unit("qingshi", "青石研究院", 9)
    Account.objects.filter(organisation=unit).update(phone="", phone_index="", email="", email_index="")
    reviewer = demo.person("operator1", demo.person_name(201), 201)
    demo.mandate(reviewer, operator, "operator.reviewer")
    path = f"/appeals/{filed(client, 'unit', uscc=str(unit.uscc)).pk}/review/"
    assert "没有人能提出异议" in signed_in(reviewer).get(path).content.decode()
    demo.mandate(demo.person("admin", "谢长安", 12), unit, "unit.admin")
    page = signed_in(reviewer).get(path).content.decode()
    assert "会通知单位管理员，可以提出异议" in page
    assert "没有人能提出异议" not in page
