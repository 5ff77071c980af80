"""A verification that was a mistake is taken back: a person's, a main agent's, a unit's (G8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.delegation.rules import may_give_now
from waizhuan.identity.models import Account, Mandate, Organisation
from waizhuan.identity.operators.actions import propose_withdrawal
from waizhuan.identity.operators.models import Withdrawal
from waizhuan.identity.realname.models import Case
from waizhuan.identity.realname.tests.conftest import (  # noqa: F401 (fixtures)
    approve,
    authority,
    operator,
    reviewer,
    senior,
    signed_in,
    staff,
    submitted,
)
from waizhuan.kernel import clock
from waizhuan.kernel.errors import Refused
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db


def withdrawal(by: Account, on: Account, what: str, **given: str) -> Any:
    """The page that withdraws a verification, or what it answers."""
    client = signed_in(by)
    client.post(reverse("operators.account", args=[on.pk]), {"purpose": "security"})
    at = reverse("operators.withdraw", args=[on.pk, what])
    return client.post(at, given) if given else client.get(at)


def proposed(by: Account, on: Account, what: str, reason: str = "照片不是同一个人") -> int:
    return int(withdrawal(by, on, what, reason=reason).status_code)


def decides(by: Account, transition: str = "confirm", note: str = "", row: Withdrawal | None = None) -> int:
    row = row or Withdrawal.objects.latest("pk")
    at = reverse("operators.withdrawal", args=[row.pk])
    answer = signed_in(by).post(at, {"transition": transition, "version": row.version, "note": note})
    return int(answer.status_code)


def withdraw(by: Account, on: Account, what: str, reason: str = "照片不是同一个人") -> int:
    """Proposed by another one of the desk."""
    first = staff(f"first{Withdrawal.objects.count()}", 240 + Withdrawal.objects.count(), desk(), "operator.reviewer")
    status = proposed(first, on, what, reason)
    return status if status != 302 else decides(by)


def desk() -> Organisation:
    return Organisation.objects.get(kind="operator")


def test_a_wrong_verification_is_withdrawn_by_two_people(reviewer: Account, senior: Account) -> None:  # noqa: F811
    mistaken = demo.person("verified", "韩叙", 3)
    page = withdrawal(reviewer, mistaken, "person").content.decode()
    assert "复核的人会看到" in page
    assert "本人也会收到消息" not in page
    assert proposed(reviewer, mistaken, "everything") == 404
    assert proposed(reviewer, mistaken, "unit") == 422
    assert proposed(reviewer, mistaken, "person", reason=" ") == 422
    assert not Withdrawal.objects.exists()
    assert proposed(reviewer, mistaken, "person", reason="照片不是同一个人") == 302
    assert proposed(reviewer, mistaken, "person", reason="再按一次") == 302
    row = Withdrawal.objects.get()
    assert row.reason == "照片不是同一个人"
    # until another one confirms it, nothing changes and nobody is told
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"
    assert not Message.objects.filter(account=mistaken).exists()
    assert decides(reviewer) == 404
    assert decides(senior) == 302
    now = Account.objects.get(pk=mistaken.pk).person
    assert (now.real_name, now.real_name_reason) == ("not_started", "照片不是同一个人")
    assert now.doc_number == mistaken.person.doc_number
    assert [m.template for m in Message.objects.filter(account=mistaken)] == ["operators.person_withdrawn"]
    assert "照片不是同一个人" in sent_to(mistaken.phone)[0]
    assert AuditEntry.objects.get(verb="operators.verification_withdrawn").account_id == senior.pk
    assert proposed(senior, mistaken, "person") == 422  # there is nothing left to withdraw
    assert proposed(senior, senior, "person") == 422
    page = signed_in(mistaken).get(reverse("realname.status")).content.decode()
    assert "为什么要重新认证" in page
    assert "照片不是同一个人" in page


def test_who_proposed_it_does_not_confirm_it(senior: Account, operator: Organisation) -> None:  # noqa: F811
    mistaken = demo.person("verified", "韩叙", 3)
    assert proposed(senior, mistaken, "person") == 302
    row = Withdrawal.objects.get()
    page = signed_in(senior).get(reverse("operators.withdrawal", args=[row.pk])).content.decode()
    assert 'value="confirm"' not in page
    assert 'value="take_back"' in page
    assert decides(senior) == 404
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"
    other = staff("operator9", 209, operator, "operator.senior")
    assert decides(other, "decline") == 422  # without a reason
    assert decides(other, "decline", "照片是同一个人") == 302
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"
    assert [m.template for m in Message.objects.all()] == ["operators.withdrawal_declined"]
    assert proposed(senior, mistaken, "person") == 302
    assert decides(senior, "take_back") == 302
    assert Withdrawal.objects.latest("pk").state == "taken_back"


def test_it_concerns_neither_whose_it_is_nor_who_has_verified_again(senior: Account, reviewer: Account) -> None:  # noqa: F811
    """It is about the verification that was there when it was proposed."""
    assert proposed(reviewer, senior, "person") == 302
    assert decides(senior) == 404
    mistaken = demo.person("verified", "韩叙", 3)
    assert proposed(reviewer, mistaken, "person") == 302
    case = Case.objects.create(kind="person", asker_account=mistaken, operator=desk(), name="韩叙", state="passed")
    assert decides(senior) == 422
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"
    case.delete()
    Account.objects.filter(pk=mistaken.pk).update(closed_at=clock.now())
    assert decides(senior) == 422


def test_others_do_not_read_it(senior: Account, reviewer: Account, operator: Organisation) -> None:  # noqa: F811
    mistaken = demo.person("verified", "韩叙", 3)
    assert proposed(reviewer, mistaken, "person") == 302
    at = reverse("operators.withdrawal", args=[Withdrawal.objects.get().pk])
    security = staff("operator8", 208, operator, "operator.security")
    assert [signed_in(who).get(at).status_code for who in (senior, reviewer)] == [200, 200]
    assert [signed_in(who).get(at).status_code for who in (mistaken, security)] == [404, 404]


def test_a_units_verification_is_withdrawn_and_its_people_are_told(senior: Account) -> None:  # noqa: F811
    """They keep their posts and wait, as in any unit that is not verified: nobody is authorised, no service is entered."""
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert unit.account is not None
    administrator = demo.person("admin", "买买提·吐尔逊", 21)
    demo.mandate(administrator, unit, "unit.admin")
    demo.mandate(demo.person("lead", "𠮷野", 22), unit, "projects.lead")
    assert actor_of(administrator).organisation_verified
    page = withdrawal(senior, unit.account, "unit").content.decode()
    assert "单位不能给人授权" in page
    assert "已有的授权和已经开始办的事都保留" in page
    assert withdraw(senior, unit.account, "unit", reason="法定代表人<已经>换了") == 302
    unit.refresh_from_db()
    assert (unit.real_name, unit.verified_at, unit.agent_real_name) == ("not_started", None, "passed")
    assert not actor_of(administrator).organisation_verified
    assert actor_of(administrator).roles == {"unit.admin"}
    assert not may_give_now(actor_of(unit.account)).ok
    told = Message.objects.filter(template="operators.unit_withdrawn")
    assert {m.account_id for m in told} == {unit.account.pk, administrator.pk}
    assert all("法定代表人<已经>换了" in m.body and m.link == reverse("realname.status") for m in told)
    assert "法定代表人" in sent_to(administrator.phone)[0]
    page = signed_in(unit.account).get(reverse("realname.status")).content.decode()
    assert "开始认证" in page
    assert "法定代表人&lt;已经&gt;换了" in page


def test_a_main_agents_verification_is_withdrawn_alone(senior: Account) -> None:  # noqa: F811
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    assert unit.account is not None
    demo.mandate(senior, unit, "unit.admin")
    with pytest.raises(Refused, match="自己管理的单位"):
        propose_withdrawal(actor_of(senior), unit.account.pk, "agent", "照片不是同一个人")
    Mandate.objects.filter(organisation=unit).update(withdrawn_at=clock.now())
    assert withdraw(senior, unit.account, "agent") == 302
    unit.refresh_from_db()
    assert (unit.real_name, unit.agent_real_name) == ("passed", "not_started")
    assert "照片不是同一个人" in signed_in(unit.account).get(reverse("realname.status")).content.decode()


def test_no_verification_is_withdrawn_without_a_purpose(senior: Account) -> None:  # noqa: F811
    mistaken = demo.person("verified", "韩叙", 3)
    at = reverse("operators.withdraw", args=[mistaken.pk, "person"])
    answer = signed_in(senior).post(at, {"reason": "照片不是同一个人"})
    assert answer.headers["Location"] == reverse("operators.account", args=[mistaken.pk])
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"


@pytest.mark.usefixtures("authority")
def test_who_approved_it_may_say_so_and_another_one_decides(senior: Account, operator: Organisation) -> None:  # noqa: F811
    """Whoever sees their own mistake proposes; whoever had said yes never decides."""
    mistaken = demo.person("verified", "韩叙", 3, verified=False)
    assert approve(senior, submitted(mistaken)).state == "passed"
    other = staff("operator9", 209, operator, "operator.senior")
    assert proposed(other, mistaken, "person") == 302
    at = reverse("operators.withdrawal", args=[Withdrawal.objects.get().pk])
    page = signed_in(senior).get(at).content.decode()
    assert "是您核对通过的" in page
    assert 'value="confirm"' not in page
    assert [decides(senior, how, "不对") for how in ("confirm", "decline", "take_back")] == [404, 404, 404]
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "passed"
    assert decides(other, "take_back") == 302
    assert proposed(senior, mistaken, "person") == 302
    assert decides(other) == 302
    assert Account.objects.get(pk=mistaken.pk).person.real_name == "not_started"
