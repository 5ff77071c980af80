"""Who was warned objects: a second person looks, and both sides read what became of it (E10)."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.appeals import actions, jobs
from waizhuan.identity.appeals.models import Appeal
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.identity.appeals.tests.conftest import (
    NEW_PHONE,
    OLD_PHONE,
    decide,
    filed,
    later,
    link_in,
    signed_in,
)
from waizhuan.identity.models import Account, Organisation
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.kernel.ui.templatetags.ui import moment
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_previous_contact_objects_and_a_second_person_looks(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    appeal = decide(reviewer, filed(client), "approve")
    link = link_in(sent_to(OLD_PHONE)[0])
    until = Appeal.objects.get().cooling_until
    assert until is not None
    assert f"最晚 {until.astimezone(clock.CHINA):%Y-%m-%d %H:%M}" in sent_to(OLD_PHONE)[0]
    page = Client().get(link).content.decode()
    assert "有人申诉找回您的账号" in page
    assert f"最晚提出的时间：<strong>{moment(until)}</strong>" in page
    assert Client().post(link, {"note": ""}).status_code == 422
    assert "您的异议已经收到" in Client().post(link, {"note": "我还在用"}).content.decode()
    assert "您的异议已经收到" in Client().post(link, {"note": "再来一次"}).content.decode()
    appeal.refresh_from_db()
    assert (appeal.state, appeal.objection) == ("objected", "我还在用")
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 0
    assert decide(senior, appeal, "decline", note="原来的人还在用").state == "declined"
    hanxu.refresh_from_db()
    assert hanxu.phone == OLD_PHONE
    altered = Client().get(link[:-3] + "xyz/")
    assert altered.status_code == 404
    assert "把整条链接打开" in altered.content.decode()
    assert "异议成立，账号没有变动" in Client().get(link).content.decode()


def test_nobody_upholds_their_own_approval(
    client: Client, hanxu: Account, senior: Account, operator: Organisation
) -> None:
    appeal = decide(senior, filed(client), "approve")
    appeal = actions.object_to(appeal, "我还在用")
    with pytest.raises(Refused):
        decide(senior, appeal, "uphold", note="异议不成立")
    other = demo.person("operator3", demo.person_name(203), 203)
    demo.mandate(other, operator, "operator.senior")
    assert decide(other, appeal, "uphold", note="异议不成立").state == "approved"


def test_who_objected_in_vain_reads_why_and_what_to_do(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    appeal = decide(reviewer, filed(client), "approve")
    link = link_in(sent_to(OLD_PHONE)[0])
    actions.object_to(appeal, "我还在用")
    decide(senior, Appeal.objects.get(), "uphold", note="证件原件核对过")
    page = Client().get(link).content.decode()
    assert "异议没有成立，账号已交给申诉人" in page
    assert "申诉找回账号" in page
    assert "异议已经收到" not in page
    assert Client().post(link, {"note": "再说一遍"}).status_code == 200
    assert Appeal.objects.get().objection == "我还在用"
    last = sent_to(OLD_PHONE)[0]
    assert "证件原件核对过" in last
    assert "证件原件核对过" not in "".join(sent_to(NEW_PHONE))


def test_an_appeal_that_is_looked_at_again_anyway_can_be_objected_to_once(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    """Another appeal, or a lock, has stopped it: whoever was warned has not objected yet, and is not told that they have."""
    appeal = decide(reviewer, filed(client), "approve")
    link = link_in(sent_to(OLD_PHONE)[0])
    perform(APPEAL, appeal, "contest", the_system())
    page = Client().get(link).content.decode()
    assert "有人申诉找回您的账号" in page
    assert "异议已经收到" not in page
    assert "最晚提出的时间" not in page, "no clock runs"
    assert "您的异议已经收到" in Client().post(link, {"note": "还在用，O'Brien"}).content.decode()
    assert Client().post(link, {"note": "再来一次"}).status_code == 200
    with pytest.raises(Refused):
        actions.object_to(Appeal.objects.get(), "第三次")
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.objection) == ("objected", "还在用，O'Brien")
    assert "还在用，O&#x27;Brien" in signed_in(senior).get(f"/appeals/{appeal.pk}/review/").content.decode()


def test_nobody_decides_on_the_objection_to_what_they_confirmed(
    client: Client, unit: Organisation, reviewer: Account, senior: Account, operator: Organisation
) -> None:
    """Four eyes for the objection, too: neither the first nor the second of two looks at it again."""
    demo.mandate(reviewer, operator, "operator.senior")
    appeal = decide(senior, decide(reviewer, filed(client, "unit", uscc=str(unit.uscc)), "recommend"), "confirm")
    appeal = actions.object_to(appeal, "我们没有换人")
    for before in (reviewer, senior):
        for decision in ("uphold", "decline"):
            with pytest.raises(Refused, match="请另一位复核员决定"):
                decide(before, appeal, decision, note="看过了")
        actor = actor_of(Account.objects.get(pk=before.pk))
        with pytest.raises(Hidden):  # whoever gets past the page
            perform(APPEAL, appeal, "uphold", actor, note="看过了")
        page = signed_in(before).get(f"/appeals/{appeal.pk}/review/").content.decode()
        assert "您已经审核过这件申诉，异议不能再由您处理，请另一位复核员决定" in page
        assert 'value="uphold"' not in page
    other = demo.person("operator3", demo.person_name(203), 203)
    demo.mandate(other, operator, "operator.senior")
    assert 'value="uphold"' in signed_in(other).get(f"/appeals/{appeal.pk}/review/").content.decode()
    assert decide(other, appeal, "decline", note="原来的人还在").state == "declined"
