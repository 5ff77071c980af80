"""Back into one's own account; nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.recovery import actions
from waizhuan.identity.sign_in import not_me
from waizhuan.kernel import clock
from waizhuan.shared.notify.models import Outbox
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "Yunhai-3026!"


@pytest.fixture(autouse=True)
def hanxu(settings) -> Account:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False
    return demo.person("hanxu", "韩叙", 5)


def code(n: int = 5) -> str:
    """The newest code on its way to the n-th demonstration person; the job carries it, not the request."""
    return code_sent_to(demo.mobile(n))


def test_a_new_password_by_code_signs_in_and_ends_other_sessions(client: Client, hanxu: Account) -> None:
    """E4, E7, E8."""
    other = Client()
    other.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    assert (
        client.post("/recovery/reset/", {"login_name": "HanXu", "channel": "sms"}).headers["Location"]
        == "/recovery/code/"
    )
    assert client.post("/recovery/code/", {"code": code()}).headers["Location"] == "/recovery/password/"
    answer = client.post("/recovery/password/", {"password": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/sign-in/password/changed/"
    assert client.get("/sign-in/sessions/").status_code == 200
    assert other.get("/sign-in/sessions/").status_code == 302
    assert (
        client.post("/recovery/password/", {"password": "Another-3026!", "password2": "Another-3026!"}).headers[
            "Location"
        ]
        == "/recovery/"
    )


def test_the_login_name_by_name_and_number(client: Client) -> None:
    """E3."""
    client.post("/recovery/name/", {"kind": "person", "name": "韩叙", "number": demo.resident_id(5), "channel": "sms"})
    assert "您的登录名是 hanxu" in client.post("/recovery/code/", {"code": code()}, follow=True).content.decode()


def test_both_must_match_and_nothing_is_told(client: Client) -> None:
    known = client.post(
        "/recovery/name/", {"kind": "person", "name": "韩叙", "number": demo.resident_id(5), "channel": "sms"}
    )
    for given in (
        {"kind": "person", "name": "李四", "number": demo.resident_id(5), "channel": "sms"},
        {"kind": "unit", "name": "x", "number": "y", "channel": "sms"},
    ):
        stranger = Client()
        answer = stranger.post("/recovery/name/", given)
        assert (answer.status_code, answer.headers["Location"]) == (known.status_code, known.headers["Location"])
        assert stranger.post("/recovery/code/", {"code": "123456"}).status_code == 422
    assert Outbox.objects.count() == 1


def test_a_passport_of_any_country_by_name_and_number(client: Client) -> None:
    """Neither the country nor the kind of document is asked for: the number alone, with the name, finds the account."""
    siobhan = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    given = {"kind": "person", "name": "Siobhan O'Brien", "number": "PB 7654321", "channel": "sms"}
    client.post("/recovery/name/", given)
    assert client.post("/recovery/code/", {"code": "123456"}).status_code == 422, "the name must match"
    client.post("/recovery/name/", {**given, "name": "Siobhán O’Brien"})
    page = client.post("/recovery/code/", {"code": code(92)}, follow=True).content.decode()
    assert "您的登录名是 siobhan" in page
    client.post("/recovery/password/", {"password": NEW, "password2": NEW})
    siobhan.refresh_from_db()
    assert siobhan.check_password(NEW)


def test_two_of_one_name_and_number_are_not_told_apart(client: Client) -> None:
    """Passports of two countries: neither holder gets the other's codes."""
    irish = demo.person("siobhan", "Siobhán O'Brien", 92, passport="IRL:PB7654321")
    assert actions.account_of("person", "Siobhán O'Brien", "PB7654321") == irish
    demo.person("namesake", "Siobhán O'Brien", 93, passport="CAN:PB7654321")
    assert actions.account_of("person", "Siobhán O'Brien", "PB7654321") is None


def test_a_unit_by_full_name_and_code(client: Client) -> None:
    unit = demo.unit("qingshi", "青石研究院", 9)
    client.post("/recovery/name/", {"kind": "unit", "name": "青石研究院", "number": unit.uscc, "channel": "sms"})
    page = client.post("/recovery/code/", {"code": code(9)}, follow=True).content.decode()
    assert "您的登录名是 qingshi" in page


def test_no_step_can_be_skipped(client: Client) -> None:
    for path in ("/recovery/code/", "/recovery/password/"):
        assert client.get(path).headers["Location"] == "/recovery/"
    client.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"})
    assert client.post("/recovery/password/", {"password": NEW, "password2": NEW}).headers["Location"] == "/recovery/"


def test_a_weak_password_is_refused(client: Client, hanxu: Account) -> None:
    client.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"})
    client.post("/recovery/code/", {"code": code()})
    assert client.post("/recovery/password/", {"password": "hanxu", "password2": "x"}).status_code == 422
    before = hanxu.password
    hanxu.refresh_from_db()
    assert hanxu.password == before


def test_a_code_that_was_right_is_void_once_the_account_is_locked(client: Client, hanxu: Account) -> None:
    """An intruder who has just proved a contact gets nothing from it after "this was not me"."""
    client.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"})
    assert client.post("/recovery/code/", {"code": code()}).headers["Location"] == "/recovery/password/"
    with clock.frozen(clock.now() + dt.timedelta(minutes=1)):
        not_me.lock(hanxu)
    answer = client.post("/recovery/password/", {"password": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/recovery/"
    hanxu.refresh_from_db()
    assert hanxu.locked_at is not None


def test_a_number_that_was_issued_again_does_not_open_the_former_owner_s_account(
    client: Client, hanxu: Account
) -> None:
    number = hanxu.phone
    Account.objects.filter(pk=hanxu.pk).update(phone_verified_at=None)  # released: somebody proved it is theirs now
    assert actions.destination(hanxu.__class__.objects.get(pk=hanxu.pk), "sms") == number, "an old account's (F7)"
    other = demo.person("newcomer", "陈知微", 6)
    Account.objects.filter(pk=other.pk).update(phone="", phone_index="")
    other.phone = number
    other.save()
    client.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"})
    assert not Outbox.objects.exists()
    assert actions.destination(Account.objects.get(pk=hanxu.pk), "sms") == ""
    assert actions.destination(Account.objects.get(pk=other.pk), "sms") == number


@pytest.fixture
def limited(settings) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Limits are on, and no hour ends meanwhile."""
    settings.RATE_LIMITS_ON = True
    with clock.frozen(clock.now()):
        yield


def ask(who: Client) -> int:
    return who.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"}).status_code


def sent() -> int:
    return Outbox.objects.count()


def test_strangers_who_use_up_the_codes_do_not_hold_up_a_browser_that_the_account_knows(limited: None) -> None:
    owner = Client(REMOTE_ADDR="203.0.113.1")
    owner.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD})
    owner.post("/sign-in/out/")
    neighbours = [Client(REMOTE_ADDR=f"203.0.113.{n}") for n in range(2, 9)]
    assert [ask(c) for c in neighbours] == [302] * 5 + [422] * 2, "one network shares a budget for one name"
    assert sent() == 5
    for n in range(20):
        ask(Client(REMOTE_ADDR=f"198.51.{n}.1"))
    assert sent() == 8, "nobody's phone is flooded"
    assert ask(owner) == 302
    assert sent() == 9
    assert owner.post("/recovery/code/", {"code": code()}).headers["Location"] == "/recovery/password/"


def test_a_name_that_nobody_has_is_refused_as_often(limited: None) -> None:
    for name, other in (("hanxu", "HANXU"), ("nobody-here", "Nobody-Here")):
        answers = [
            Client().post("/recovery/reset/", {"login_name": n, "channel": "sms"}).status_code
            for n in (name, other) * 3
        ]
        assert answers == [302] * 5 + [422]


def test_a_code_belongs_to_the_browser_that_asked_for_it(client: Client) -> None:
    """A stranger who asks in the owner's name neither replaces the owner's code nor uses it up by guessing."""
    ask(client)
    mine = code()
    stranger = Client()
    ask(stranger)
    for guess in ("000000", "000001", "000002", "000003", "000004", "000005"):
        assert stranger.post("/recovery/code/", {"code": guess}).status_code == 422
    assert stranger.post("/recovery/code/", {"code": mine}).status_code == 422
    assert client.post("/recovery/code/", {"code": mine}).headers["Location"] == "/recovery/password/"
