"""Proving the other account, the desk, the case: what each reader sees, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from waizhuan.identity import demo, other_hands
from waizhuan.identity.account_merges import queries
from waizhuan.identity.account_merges.models import AccountMerge
from waizhuan.identity.models import Account
from waizhuan.identity.operators.screens import LOOKS
from waizhuan.identity.realname.models import FormerDocument
from waizhuan.identity.second_factor import factors
from waizhuan.identity.second_factor.models import Passkey
from waizhuan.identity.sign_in import not_me
from waizhuan.identity.sign_in.actions import set_password
from waizhuan.kernel import clock
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import code_sent_to, sent_to

pytestmark = pytest.mark.django_db
PATH = "/me/accounts/"


@pytest.fixture
def two(db: None) -> tuple[Account, Account]:
    operator = demo.organisation("operator", "平台运营中心")
    demo.mandate(demo.person("op1", "秦安澜", 2001), operator, "operator.reviewer")
    demo.mandate(demo.person("op2", "许青禾", 2002), operator, "operator.senior")
    demo.person("stranger", "陈知微", 2005)
    return demo.person("kept", "韩叙", 2003), demo.person("gone", "韩叙", 2004)


@pytest.fixture(autouse=True)
def switches(settings: Any) -> None:
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False


def client_of(login_name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login_name=login_name))
    return client


def ask(client: Client, **typed: str) -> Any:
    return client.post(PATH, {"login_name": "gone", "password": demo.PASSWORD} | typed)


def test_the_other_account_is_proved_by_its_password(two: tuple[Account, Account]) -> None:
    client = client_of("kept")
    assert ask(client, password="wrong").status_code == 422
    assert ask(client, login_name="kept").status_code == 422
    assert ask(client, login_name="").status_code == 422
    made = ask(client)
    merge = AccountMerge.objects.get()
    assert made.headers["Location"] == f"{PATH}{merge.pk}/"
    assert ask(client).headers["Location"] == f"{PATH}{merge.pk}/", "pressed twice"
    assert Message.objects.filter(template="account_merges.asked").count() == 2
    page = client.get(f"{PATH}{merge.pk}/").content.decode()
    assert "合并会动什么" not in page
    assert two[1].phone not in page
    assert client_of("stranger").get(f"{PATH}{merge.pk}/").status_code == 404
    assert Client().get(f"{PATH}{merge.pk}/").status_code == 302


def test_an_account_with_two_steps_is_not_proved_by_its_password_alone(two: tuple[Account, Account]) -> None:
    Passkey.objects.create(account=two[1], name="k", credential_id="x", public_key=b"x")
    [code, *_] = factors.new_codes(two[1])
    client = client_of("kept")
    assert ask(client).status_code == 422
    assert ask(client, second="wrong").status_code == 422
    assert ask(client, second=code).status_code == 302


def test_a_code_goes_to_the_phone_and_strangers_learn_nothing(two: tuple[Account, Account]) -> None:
    client = client_of("kept")
    answers = [client.post(PATH + "?way=code", {"login_name": name}) for name in ("gone", "nobody-there")]
    assert {a.headers["Location"] for a in answers} == {PATH + "code/"}
    assert client.post(PATH + "code/", {"code": "123456"}).status_code == 422
    assert not AccountMerge.objects.exists()
    assert client_of("gone").get(PATH + "code/").status_code == 302, "nothing was asked in that browser"


@pytest.mark.django_db(transaction=True)
def test_only_the_code_that_was_sent_proves_the_other_account(two: tuple[Account, Account]) -> None:
    client = client_of("kept")
    client.post(PATH + "?way=code", {"login_name": "gone"})
    sent = code_sent_to(two[1].phone)
    wrong = f"{(int(sent) + 1) % 10**6:06d}"
    for typed in (wrong, "", "0", sent[::-1] if sent != sent[::-1] else wrong):
        answer = client.post(PATH + "code/", {"code": typed})
        assert answer.status_code == 422
        assert not AccountMerge.objects.exists()
    assert client_of("stranger").post(PATH + "code/", {"code": sent}).status_code == 302
    assert not AccountMerge.objects.exists(), "another browser"
    assert client.post(PATH + "code/", {"code": sent}).status_code == 302
    assert AccountMerge.objects.get().proof == "code"
    client.post(PATH + "?way=code", {"login_name": "gone"})
    assert client.post(PATH + "code/", {"code": sent}).status_code == 422, "used once"


@pytest.mark.django_db(transaction=True)
def test_a_code_of_a_merge_recovers_nothing_and_the_other_way_round(two: tuple[Account, Account]) -> None:
    client, other = client_of("kept"), Client()
    client.post(PATH + "?way=code", {"login_name": "gone"})
    assert "并入另一个账号" in sent_to(two[1].phone)[0]
    merging = code_sent_to(two[1].phone)
    other.post("/recovery/reset/", {"login_name": "gone", "channel": "sms"})
    assert "并入另一个账号" not in sent_to(two[1].phone)[0]
    recovering = code_sent_to(two[1].phone)
    if merging != recovering:
        assert other.post("/recovery/code/", {"code": merging}).status_code == 422
        assert client.post(PATH + "code/", {"code": recovering}).status_code == 422
    assert other.post("/recovery/code/", {"code": recovering}).status_code == 302
    assert client.post(PATH + "code/", {"code": merging}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_right_code_is_not_asked_for_again_beside_a_wrong_second_step(two: tuple[Account, Account]) -> None:
    Passkey.objects.create(account=two[1], name="k", credential_id="x", public_key=b"x")
    [second, *_] = factors.new_codes(two[1])
    client = client_of("kept")
    client.post(PATH + "?way=code", {"login_name": "gone"})
    answer = client.post(PATH + "code/", {"code": code_sent_to(two[1].phone), "second": "wrong"})
    assert answer.status_code == 422
    assert 'name="code"' not in answer.content.decode()
    assert not AccountMerge.objects.exists()
    assert client.post(PATH + "code/", {"second": second}).status_code == 302
    assert AccountMerge.objects.exists()


@pytest.mark.parametrize("proved", [True, False], ids=["the code was right before", "the code is given after"])
@pytest.mark.parametrize("how", ["locked", "passed on"])
def test_a_code_counts_no_more_once_the_account_has_another_holder(
    two: tuple[Account, Account], how: str, proved: bool
) -> None:
    gone = two[1]
    Passkey.objects.create(account=gone, name="k", credential_id="x", public_key=b"x")
    client = client_of("kept")
    client.post(PATH + "?way=code", {"login_name": "gone"})
    code = code_sent_to(gone.phone)
    if proved:
        assert client.post(PATH + "code/", {"code": code, "second": "wrong"}).status_code == 422
    if how == "locked":
        not_me.lock(gone)
        set_password(gone, "Ganz-neues-Wort-8", verb="recovery.reset")
        gone.passkeys.all().delete()
    else:
        with transaction.atomic():
            holder = Account.objects.select_for_update().get(pk=gone.pk)
            other_hands.pass_on(holder, phone="+8613911112222", why="appeal")
    answer = client.post(PATH + "code/", {"code": code, "second": ""})
    assert answer.status_code == 422
    if proved or how == "locked":
        assert "重新发验证码" in answer.content.decode()
    assert not AccountMerge.objects.exists()
    client.post(PATH + "code/", {"second": ""})
    assert not AccountMerge.objects.exists(), "nor when it is pressed again"


def test_failures_ask_for_the_captcha_as_at_the_door(two: tuple[Account, Account], settings: Any) -> None:
    """One budget for both: whoever guesses here is asked there, and the other way round; nothing typed is lost."""
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = True
    client = client_of("kept")
    for n in range(3):
        page = ask(client, password="wrong").content.decode()
        assert ("captcha_keys" in page) == (n == 2)
    door = Client().post("/sign-in/", {"login_name": "gone", "password": demo.PASSWORD})
    assert door.status_code == 422, "the captcha is asked there too"
    unanswered = ask(client)
    page = unanswered.content.decode()
    assert unanswered.status_code == 422
    assert not AccountMerge.objects.exists(), "the right password alone does not do any more"
    sealed = re.search(r'name="kept" value="([^"]+)"', page)
    keys = re.search(r'name="captcha_keys" value="([^"]+)"', page)
    assert sealed
    assert keys
    assert demo.PASSWORD not in page
    answer = CaptchaStore.objects.get(hashkey=keys[1].split()[1]).response
    given = {"password": "", "kept": sealed[1], "captcha_keys": keys[1], "captcha": answer}
    assert ask(client, **given).status_code == 302
    assert AccountMerge.objects.exists()


def test_a_code_is_sent_after_the_captcha(two: tuple[Account, Account], settings: Any) -> None:
    settings.CAPTCHA_ON = True
    client = client_of("kept")
    assert client.post(PATH + "?way=code", {"login_name": "gone"}).status_code == 422
    assert not sent_to(two[1].phone)
    renewed = client.post(PATH + "?way=code", {"login_name": "gone", "renew": "1"})
    assert renewed.status_code == 200
    assert 'value="gone"' in renewed.content.decode()


def test_the_second_step_has_the_budget_of_the_door(two: tuple[Account, Account], settings: Any) -> None:
    settings.RATE_LIMITS_ON = True
    Passkey.objects.create(account=two[1], name="k", credential_id="x", public_key=b"x")
    [code, *_] = factors.new_codes(two[1])
    for _ in range(10):
        factors.within(two[1], "127.0.0")
    answer = ask(client_of("kept"), second=code)
    assert "试得太频繁了" in answer.content.decode()
    assert not AccountMerge.objects.exists()


# ---------------------------------------------------------------- whoever it is about


def begun(**given: str) -> str:
    made: Any = client_of("op1").post(PATH + "desk/", {"kept": "kept", "closed": "gone", "reason": "同一证件"} | given)
    return str(made.headers["Location"])


def test_each_is_told_with_a_link_that_locks_the_own_account(two: tuple[Account, Account]) -> None:
    where = begun()
    for account in two:
        message = Message.objects.get(template="account_merges.asked", account=account)
        found = not_me.read(message.link.rstrip("/").rpartition("/")[2])
        assert found
        assert found.account == account
        assert message.link in sent_to(account.phone)[0]
    Client().post(message.link)
    two[1].refresh_from_db()
    assert two[1].locked_at
    page = client_of("op1").get(where).content.decode()
    assert "锁定" in page
    # and after it was recovered, what was proved before proves nothing any more
    set_password(two[1], "Yunhai-3026!", verb="recovery.reset")
    answer = client_of("op1").post(where, {"transition": "check", "version": "0"})
    assert answer.status_code == 422
    assert "证明不再算数" in answer.content.decode()


@pytest.mark.parametrize("who", ["kept", "gone"])
def test_whoever_it_is_about_says_no_and_the_operator_who_began_it_hears_it(
    two: tuple[Account, Account], who: str
) -> None:
    where = begun()
    person = client_of(who)
    assert where in person.get(PATH).content.decode()
    page = person.get(where).content.decode()
    assert "不同意合并" in page
    assert "是不是同一个人" not in page, "what the desk compares is the desk's"
    assert "提出了合并" in page
    assert "开始填写" not in page, "nothing was left to fill in"
    assert person.post(where, {"transition": "refuse", "version": "0"}).status_code == 422
    for forbidden in ("check", "decline", "withdraw"):
        assert person.post(where, {"transition": forbidden, "version": "0", "note": "x"}).status_code == 404
    given = {"transition": "refuse", "version": "0", "note": "那是我同事的账号"}
    assert person.post(where, given).headers["Location"] == PATH
    assert AccountMerge.objects.get().state == "declined"
    assert person.get(where).status_code == 404
    told = Message.objects.get(account__login_name="op1", template="account_merges.ended")
    assert told.link == where
    assert "那是我同事的账号" in client_of("op1").get(where).content.decode()
    other = "gone" if who == "kept" else "kept"
    hears = Message.objects.get(account__login_name=other, template="account_merges.not_merged")
    assert "那是我同事的账号" not in hears.body


def test_what_was_begun_at_the_desk_and_declined_there_is_told(two: tuple[Account, Account]) -> None:
    where = begun()
    client_of("op2").post(where, {"transition": "decline", "version": "0", "note": "两个人"})
    assert AccountMerge.objects.get().state == "declined"
    assert Message.objects.filter(template="account_merges.ended", account__login_name="op1").count() == 1
    assert Message.objects.filter(template="account_merges.not_merged", account__in=two).count() == 2
    assert begun() != where, "both accounts are free for another one"


@pytest.mark.parametrize(("language", "named"), [("zh-hans", "账号的主人"), ("en", "the account holder")])
def test_who_ended_it_is_the_accounts_holder_whomever_they_act_for(
    two: tuple[Account, Account], language: str, named: str
) -> None:
    unit = demo.unit("yunxi", "云溪理工大学", 1000)
    demo.mandate(two[1], unit, "projects.lead")
    Account.objects.filter(login_name="op1").update(language=language)
    where = begun()
    holder = client_of("gone")
    holder.post("/organisations/switch/", {"organisation": str(unit.pk)})
    holder.post(where, {"transition": "refuse", "version": "0", "note": "不是我"})
    told = Message.objects.get(template="account_merges.ended").body
    assert named in told
    assert "云溪" not in told


def test_whoever_asked_hears_that_the_other_account_says_no(two: tuple[Account, Account]) -> None:
    """Somebody else's password proved it: the holder says no, and whoever asked reads why."""
    where = ask(client_of("kept")).headers["Location"]
    client_of("gone").post(where, {"transition": "refuse", "version": "0", "note": "不是我"})
    assert "不是我" in Message.objects.get(template="account_merges.refused", account=two[0]).body
    assert client_of("kept").post(where, {"transition": "refuse", "version": "1", "note": "x"}).status_code in (
        404,
        409,
    )


def test_the_desk_begins_checks_and_merges(two: tuple[Account, Account]) -> None:
    person = two[0].person
    FormerDocument.objects.create(
        account=two[1], doc_type=person.doc_type, doc_number=person.doc_number, doc_key=person.doc_key
    )
    first, second = client_of("op1"), client_of("op2")
    assert "先后用过同一个证件号码" in first.get(PATH + "desk/").content.decode()
    assert first.post(PATH + "desk/", {"kept": "kept", "closed": "nobody"}).status_code == 422
    made: Any = first.post(PATH + "desk/", {"kept": "kept", "closed": "gone", "reason": "同一证件"})
    where = made.headers["Location"]
    page = first.get(where).content.decode()
    assert "合并会动什么" in page
    assert "选“不通过”要写。" in page, "of the two buttons"
    page = client_of("gone").get(where).content.decode()
    assert 'name="note"' in page
    assert "可以不填" not in page, "the only button takes a reason"
    assert first.post(where, {"transition": "check", "version": "0"}).status_code == 302
    assert first.post(where, {"transition": "merge", "version": "1"}).status_code == 404
    assert second.post(where, {"transition": "decline", "version": "1"}).status_code == 422
    assert second.post(where, {"transition": "merge", "version": "1"}).status_code == 302
    assert "合并动了什么" in second.get(where).content.decode()
    assert client_of("kept").get(PATH + "desk/").status_code == 404


def test_a_pair_is_two_different_open_accounts_each_once(two: tuple[Account, Account]) -> None:
    """Nobody is paired with themselves by a number that they had before and have again, nor with a closed account."""

    def had(account: Account, other: Account) -> None:
        number = other.person
        FormerDocument.objects.create(
            account=account, doc_type=number.doc_type, doc_number=number.doc_number, doc_key=number.doc_key
        )

    had(two[0], two[0])
    assert queries.candidates() == []
    stranger = Account.objects.get(login_name="stranger")
    had(two[1], two[0])
    had(two[1], two[0])
    had(stranger, two[0])
    assert [(p.before.pk, p.now.pk) for p in queries.candidates()] == [(stranger.pk, two[0].pk), (two[1].pk, two[0].pk)]
    assert len(queries.candidates(at_most=1)) == 1
    Account.objects.filter(pk=two[1].pk).update(closed_at=clock.now())
    assert [(p.before.pk, p.now.pk) for p in queries.candidates()] == [(stranger.pk, two[0].pk)]
    Account.objects.filter(pk=two[0].pk).update(closed_at=clock.now())
    assert queries.candidates() == []


def test_the_desk_looks_at_so_many_accounts_an_hour(two: tuple[Account, Account], settings: Any) -> None:
    """Naming accounts here tells whether there are such: it has the budget of the desk's search."""
    settings.RATE_LIMITS_ON = True
    desk = client_of("op1")
    page = ""
    for _ in range(LOOKS + 1):
        page = desk.post(PATH + "desk/", {"kept": "kept", "closed": "nobody", "reason": "x"}).content.decode()
    assert "试得太频繁了" in page
    assert "没有这个登录名的账号" not in page


def test_pages_cost_a_fixed_number_of_queries(two: tuple[Account, Account]) -> None:
    ask(client_of("kept"))
    where = f"{PATH}{AccountMerge.objects.get().pk}/"
    client = client_of("op1")
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        client.get(where)
    for n in range(30):
        FormerDocument.objects.create(account=two[1], doc_type="passport", doc_number=f"E{n}", doc_key=f"E{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(where)
    assert len(many) == len(few) <= 12  # a decision over sixty tables: facts, dry run, obstacles, history


@pytest.mark.parametrize("value", ["\x00", "x" * 5000, "'; DROP TABLE x; --", "𠮷", "<script>", "9" * 60])
def test_nothing_that_is_typed_breaks_it(two: tuple[Account, Account], value: str) -> None:
    client, desk = client_of("kept"), client_of("op1")
    for name in ("login_name", "password", "second"):
        assert ask(client, **{name: value}).status_code in (302, 422)
    assert client.post(PATH + "?way=code", {"login_name": value}).status_code in (302, 422)
    for name in ("kept", "closed", "reason"):
        assert desk.get(PATH + "desk/", {name: value}).status_code == 200
        assert desk.post(PATH + "desk/", {name: value}).status_code == 422
