"""What an appeal does: who decides, who is told, what passes to whom."""

from __future__ import annotations

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.actors import actor_of
from waizhuan.identity.appeals import actions, jobs
from waizhuan.identity.appeals.checks import warning_keys
from waizhuan.identity.appeals.models import Appeal, Evidence
from waizhuan.identity.appeals.process import APPEAL
from waizhuan.identity.appeals.queries import review_appeal
from waizhuan.identity.appeals.tests.conftest import (
    CLAIM,
    NEW_PHONE,
    OLD_PHONE,
    claimed,
    code_sent_to,
    decide,
    filed,
    later,
    link_in,
    picture,
    signed_in,
    with_papers,
)
from waizhuan.identity.models import Account, FormerName, Organisation, Person
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.recovery.actions import account_of
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock
from waizhuan.kernel.actor import the_system
from waizhuan.kernel.errors import Hidden, Refused
from waizhuan.shared.audit.models import AuditEntry
from waizhuan.shared.flow.api import perform
from waizhuan.shared.notify.testing import sent_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_gets_the_account_back_after_the_cooling_off_time(
    client: Client, hanxu: Account, reviewer: Account
) -> None:
    """E10: one operator; the previous contacts are told; then a one-time link, never a password."""
    appeal = decide(reviewer, filed(client), "approve")
    assert appeal.state == "cooling"
    assert "有人提交材料" in sent_to(OLD_PHONE)[0]
    assert "有人提交材料" in sent_to("hanxu@example.org")[0]
    assert jobs.finish_cooling() == 0
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 1
        assert jobs.finish_cooling() == 0
        link = link_in(sent_to(NEW_PHONE)[0])
        page = client.get(link).content.decode()
        assert "hanxu" in page
        given = {"password": "Yunhai-3026!", "password2": "Yunhai-3026!"}
        assert client.post(link, given).status_code == 302
        assert client.session["_auth_user_id"] == str(hanxu.pk)
        assert Client().post(link, given).status_code == 410  # used once
    hanxu.refresh_from_db()
    assert hanxu.phone == NEW_PHONE
    assert hanxu.check_password("Yunhai-3026!")


def test_a_foreign_passport_gets_its_account_back(client: Client, reviewer: Account) -> None:
    """Two passports of one number: the country that the appeal gives tells whose account it is."""
    passport = {"name": "Siobhán O'Brien", "doc_type": "passport", "doc_number": "PB7654321"}
    demo.person("namesake", "Siobhán O'Brien", 93, passport="CAN:PB7654321")
    siobhan = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    appeal = filed(client, **passport, doc_country="IRL")
    assert appeal.account == siobhan
    assert "differs" not in warning_keys(review_appeal(actor_of(reviewer), appeal.pk))
    assert decide(reviewer, appeal, "approve").state == "cooling"
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 1
    siobhan.refresh_from_db()
    assert siobhan.phone == NEW_PHONE


def test_a_passport_of_a_wrong_country_is_warned_of(client: Client, reviewer: Account) -> None:
    siobhan = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    passport = {"name": "Siobhán O'Brien", "doc_type": "passport", "doc_number": "PB7654321", "doc_country": "GBR"}
    appeal = filed(client, **passport)
    assert appeal.account == siobhan
    assert "differs" in warning_keys(review_appeal(actor_of(reviewer), appeal.pk))


def test_the_link_ends_after_three_days(client: Client, hanxu: Account, reviewer: Account) -> None:
    decide(reviewer, filed(client), "approve")
    with clock.frozen(later(10)):
        jobs.finish_cooling()
        link = link_in(sent_to(NEW_PHONE)[0])
    with clock.frozen(later(14)):
        assert client.get(link).status_code == 410


def test_an_account_that_is_no_more_passes_to_nobody(client: Client, hanxu: Account, reviewer: Account) -> None:
    """It was closed or merged while the appeal cooled off: the appellant is told, and it is in the audit log."""
    appeal = decide(reviewer, filed(client), "approve")
    Account.objects.filter(pk=hanxu.pk).update(closed_at=clock.now(), is_active=False)
    with clock.frozen(later(10)):
        with pytest.raises(Refused, match="已经注销或并入"):
            perform(APPEAL, appeal, "finish", the_system())
        assert jobs.finish_cooling() == 1
        assert jobs.finish_cooling() == 0
    appeal.refresh_from_db()
    assert (appeal.state, appeal.link) == ("declined", None)
    assert "不再生效" in sent_to(NEW_PHONE)[0]
    assert "并入了另一个账号，申诉不再生效" in client.get("/appeals/mine/").content.decode()
    assert AuditEntry.objects.filter(verb="appeals.appeal.lapse", subject=f"appeals.appeal:{appeal.pk}").exists()
    hanxu.refresh_from_db()
    assert hanxu.phone == OLD_PHONE


def test_whoever_decides_reads_that_the_account_is_no_more(client: Client, hanxu: Account, reviewer: Account) -> None:
    appeal = filed(client)
    Account.objects.filter(pk=hanxu.pk).update(closed_at=clock.now(), is_active=False)
    with pytest.raises(Refused, match="已经注销或并入"):
        decide(reviewer, appeal, "approve")
    assert decide(reviewer, appeal, "decline", note="账号已经注销").state == "declined"


def test_nobody_to_tell_means_nothing_to_wait_for(client: Client, hanxu: Account, reviewer: Account) -> None:
    Account.objects.filter(pk=hanxu.pk).update(phone="", phone_index="", email="", email_index="")
    assert decide(reviewer, filed(client), "approve").state == "approved"


def test_a_unit_takes_two_different_people(
    client: Client, unit: Organisation, reviewer: Account, senior: Account, operator: Organisation
) -> None:
    """E1, E9: whoever is of the unit, with seal; and its administrators are told besides."""
    admin = demo.person("admin1", "谢长安", 12)
    demo.mandate(admin, unit, "unit.admin")
    demo.mandate(reviewer, operator, "operator.senior")
    appeal = filed(client, "unit", uscc=str(unit.uscc))
    with pytest.raises(Hidden):
        decide(reviewer, appeal, "approve")
    appeal = decide(reviewer, appeal, "recommend")
    with pytest.raises(Refused):  # the same person, though senior too
        decide(reviewer, appeal, "confirm")
    appeal = decide(senior, appeal, "confirm")
    assert appeal.state == "cooling"
    assert "有人提交材料" in sent_to(demo.mobile(9))[0]
    assert "有人提交材料" in sent_to(demo.mobile(12))[0]
    with clock.frozen(later(10)):
        jobs.finish_cooling()
    unit.refresh_from_db()
    assert (unit.agent_name, unit.agent_real_name) == ("沈知秋", "passed")


def test_a_change_of_name_is_carried_out_and_the_old_one_stays_findable(
    client: Client, unit: Organisation, reviewer: Account, senior: Account
) -> None:
    """E11."""
    appeal = filed(client, "rename", uscc=str(unit.uscc), unit_name="青石大学")
    decide(senior, decide(reviewer, appeal, "recommend"), "confirm")
    with clock.frozen(later(10)):
        jobs.finish_cooling()
    unit.refresh_from_db()
    assert unit.name == "青石大学"
    assert FormerName.objects.get(organisation=unit).name == "青石研究院"
    assert (
        account_of("unit", "青石研究院", str(unit.uscc)) == account_of("unit", "青石大学", str(unit.uscc)) is not None
    )


def test_a_name_that_another_unit_has_is_not_given(
    client: Client, unit: Organisation, reviewer: Account, senior: Account
) -> None:
    demo.unit("other", "青石大学", 10)
    appeal = decide(reviewer, filed(client, "rename", uscc=str(unit.uscc), unit_name="青石大学"), "recommend")
    decide(senior, appeal, "confirm")
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 0
    unit.refresh_from_db()
    assert unit.name == "青石研究院"


def test_nobody_decides_on_their_own_account_or_document(client: Client, reviewer: Account, unit: Organisation) -> None:
    """Bad input: the operator's own case."""
    own = filed(client, name=reviewer.person.name, doc_number=demo.resident_id(201))
    with pytest.raises(Refused):
        decide(reviewer, own, "approve")
    theirs = filed(Client(), "unit", uscc=str(unit.uscc), name=reviewer.person.name, doc_number=demo.resident_id(201))
    with pytest.raises(Refused):
        decide(reviewer, theirs, "recommend")
    page = signed_in(reviewer).get(f"/appeals/{theirs.pk}/review/").content.decode()
    assert "要由别人审核" in page
    assert 'value="recommend"' not in page


def test_the_same_appeal_is_filed_once(client: Client, hanxu: Account, reviewer: Account) -> None:
    """Bad input: filed twice, from two browsers; also while it cools off."""
    first = filed(client)
    other = Client()
    second = claimed(other)
    with_papers(other, second)
    page = other.post("/appeals/papers/").content.decode()
    assert "您已经用同一个手机号申诉过" in page
    decide(reviewer, first, "approve")
    assert other.post("/appeals/papers/").status_code == 422
    assert Appeal.objects.filter(state="draft").count() == 1


def test_two_who_claim_one_account_are_both_seen_by_two_people(
    client: Client, hanxu: Account, reviewer: Account
) -> None:
    first, second = filed(client), filed(Client(), phone="13922220000")
    for appeal in (first, second):
        with pytest.raises(Hidden):
            decide(reviewer, appeal, "approve")
        assert decide(reviewer, appeal, "recommend").state == "second"


def test_evidence_is_replaced_only_when_it_is_asked_for_and_is_kept(
    client: Client, hanxu: Account, reviewer: Account
) -> None:
    """Bad input: replaced after submission: refused, and kept."""
    appeal = filed(client)
    client.post("/appeals/papers/form/", {"file": picture()})
    assert Evidence.objects.filter(appeal=appeal, slot="form").count() == 1
    appeal = decide(reviewer, appeal, "ask", note="申诉书没有签名")
    assert "没有签名" in sent_to(NEW_PHONE)[0]
    assert "申诉书没有签名" in client.get("/appeals/papers/").content.decode()
    client.post("/appeals/papers/form/", {"file": picture(colour="#abcdef")})
    client.post("/appeals/papers/", {"version": str(appeal.version)})
    kept = Evidence.objects.filter(appeal=appeal, slot="form").order_by("pk")
    assert [e.replaced_at is not None for e in kept] == [True, False]
    appeal.refresh_from_db()
    assert appeal.state == "review"
    with pytest.raises(Refused):  # asked once already
        decide(reviewer, appeal, "ask", note="还要")


def test_a_mobile_bound_elsewhere_is_told_only_to_its_owner(client: Client, hanxu: Account) -> None:
    demo.person("other", "何青", 6)
    client.post("/appeals/new/person/", {**CLAIM, "phone": "13800000006"})
    assert "另一个账号" not in client.get("/appeals/code/").content.decode()
    appeal = Appeal.objects.get()
    page = client.post("/appeals/code/", {"code": code_sent_to(appeal.phone)}).content.decode()
    assert "已绑定另一个账号" in page
    appeal.refresh_from_db()
    assert appeal.phone_verified_at is None


def test_an_old_account_without_identity_is_found_by_its_old_name(client: Client, reviewer: Account) -> None:
    """F7: 附件1."""
    old = demo.account("WGZJXM_zhaojm", "natural", "")
    Account.objects.filter(pk=old.pk).update(phone_verified_at=None, email="", email_index="", email_verified_at=None)
    appeal = filed(client, "phone", login_name="zhaojm", name="赵嘉木", doc_number=demo.resident_id(33))
    assert appeal.account_id == old.pk
    assert decide(reviewer, appeal, "approve").state == "approved"  # there is nobody to tell
    answer = client.post(link_in(sent_to(NEW_PHONE)[0]), {"password": "Yunhai-3026!", "password2": "Yunhai-3026!"})
    assert answer.headers["Location"] == "/real-name/"


def test_what_fits_no_account_cannot_be_approved(client: Client, reviewer: Account) -> None:
    appeal = filed(client, name="无此人", doc_number=demo.resident_id(99))
    with pytest.raises(Refused):
        decide(reviewer, appeal, "approve")
    assert decide(reviewer, appeal, "decline", note="没有这个账号").state == "declined"


def test_a_warning_must_be_accepted_first(client: Client, hanxu: Account, reviewer: Account) -> None:
    appeal = filed(client)
    actor = actor_of(Account.objects.get(pk=reviewer.pk))
    row = review_appeal(actor, appeal.pk)
    with pytest.raises(Refused):
        actions.decide(actor, row, "approve", version=row.version)


def test_what_is_never_handed_in_is_withdrawn_after_a_month(client: Client, hanxu: Account) -> None:
    appeal = claimed(client)
    assert actions.expire_drafts() == 0
    with clock.frozen(later(31)):
        assert actions.expire_drafts() == 1
        assert "已经自动撤回" in sent_to(NEW_PHONE)[0]
        assert "/appeals/\n" in sent_to(NEW_PHONE)[0] + "\n"
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


def test_papers_that_were_asked_for_and_never_came(client: Client, hanxu: Account, reviewer: Account) -> None:
    appeal = decide(reviewer, filed(client), "ask", note="请补充护照")
    with clock.frozen(later(31)):
        assert actions.expire_drafts() == 1
        assert f"申诉 {appeal.number} 等了 30 天没有提交，已经自动撤回" in sent_to(NEW_PHONE)[0]


def test_a_number_that_nobody_proved_is_not_told(client: Client, hanxu: Account) -> None:
    client.post("/appeals/new/person/", CLAIM)
    before = sent_to(NEW_PHONE)
    with clock.frozen(later(31)):
        assert actions.expire_drafts() == 1
        assert sent_to(NEW_PHONE) == before


def test_a_link_that_was_not_used_is_void_once_the_account_was_locked(
    client: Client, hanxu: Account, reviewer: Account
) -> None:
    """Or recovered, or passed on by another appeal: whatever ends its sessions."""
    decide(reviewer, filed(client), "approve")
    with clock.frozen(later(10)):
        jobs.finish_cooling()
        link = link_in(sent_to(NEW_PHONE)[0])
        assert client.get(link).status_code == 200
    with clock.frozen(later(11)):
        not_me.lock(hanxu)
        given = {"password": "Yunhai-3026!", "password2": "Yunhai-3026!"}
        assert client.post(link, given).status_code == 410
    hanxu.refresh_from_db()
    assert hanxu.locked_at is not None


def test_two_accounts_of_one_operator_are_one_pair_of_eyes(
    client: Client, unit: Organisation, senior: Account, operator: Organisation
) -> None:
    again = demo.person("operator3", demo.person_name(203), 203)
    other = demo.person("operator4", demo.person_name(204), 204)
    for account in (again, other):
        demo.mandate(account, operator, "operator.senior")
    FormerDocument.keep(Person.objects.get(account=senior), account_id=again.pk)
    appeal = decide(senior, filed(client, "unit", uscc=str(unit.uscc)), "recommend")
    with pytest.raises(Refused, match="复核要由另一个人做"):
        decide(again, appeal, "confirm")
    appeal = actions.object_to(decide(other, appeal, "confirm"), "我们没有换人")
    with pytest.raises(Refused, match="请另一位复核员决定"):
        decide(again, appeal, "uphold", note="看过了")


def test_a_code_proves_the_number_that_it_was_sent_to(client: Client, hanxu: Account) -> None:
    """Two tabs: one proves the number, the other has changed it meanwhile."""
    client.post("/appeals/new/person/", CLAIM)
    seen = Appeal.objects.get()
    code = code_sent_to(seen.phone)
    client.post("/appeals/new/person/", {**CLAIM, "phone": "13922220000"})
    assert actions.verify_phone(seen, code, holder=client.session["sign_in_asked"]).ok
    assert Appeal.objects.get().phone_verified_at is None


def test_strangers_do_not_use_up_the_codes_of_an_appellant_s_number(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """A code belongs to the browser that asked for it; one network leaves some for others."""
    settings.RATE_LIMITS_ON = True
    with clock.frozen(clock.now()):  # no hour ends meanwhile
        strangers = [Client(REMOTE_ADDR=f"203.0.113.{n}") for n in range(1, 8)]
        answers = [stranger.post("/appeals/new/person/", CLAIM).status_code for stranger in strangers]
        assert answers == [302] * 5 + [422] * 2
        client.post("/appeals/new/person/", CLAIM)
        mine = code_sent_to(NEW_PHONE)
        Client(REMOTE_ADDR="198.51.100.1").post("/appeals/new/person/", CLAIM)
        for _ in range(6):
            assert strangers[0].post("/appeals/code/", {"code": "000000"}).status_code == 422
        assert client.post("/appeals/code/", {"code": mine}).headers["Location"] == "/appeals/papers/"


def test_another_appeal_stops_the_one_that_cools_off(
    client: Client, hanxu: Account, reviewer: Account, senior: Account
) -> None:
    """Whoever files second may be the true owner: both go to two people."""
    first = decide(reviewer, filed(client), "approve")
    assert first.state == "cooling"
    second = filed(Client(), phone="139 2222 0000")
    first.refresh_from_db()
    assert first.state == "objected"
    assert "另有一件申诉" in "".join(sent_to(NEW_PHONE))
    with clock.frozen(later(10)):
        assert jobs.finish_cooling() == 0
    with pytest.raises(Hidden):
        decide(reviewer, second, "approve")  # one pair of eyes is not enough for either
    assert decide(reviewer, second, "recommend").state == "second"
