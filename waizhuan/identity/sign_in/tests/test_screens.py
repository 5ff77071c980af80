"""The door: who comes in, who does not, and what they are told."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from captcha.models import CaptchaStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from waizhuan.identity import demo, rate
from waizhuan.identity.actors import SECOND_FACTOR
from waizhuan.identity.models import Account, LoginAlias, TryCount
from waizhuan.identity.sign_in import actions, kept
from waizhuan.identity.sign_in.models import Device
from waizhuan.kernel import clock
from waizhuan.shared.notify import codes
from waizhuan.shared.notify.models import Message, Outbox
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def switches(settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = False
    cache.clear()  # what other tests counted


@pytest.fixture
def hanxu() -> Account:
    return demo.person("hanxu", "韩叙", 5)


def sign_in(client: Client, name: str, password: str = demo.PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/sign-in/", {"login_name": name, "password": password, **more})


@pytest.mark.parametrize("name", ["hanxu", "HanXu", " hanxu ", "138 0000 0005", "+86 138 0000 0005"])
def test_login_name_in_any_case_or_mobile(client: Client, hanxu: Account, name: str) -> None:
    assert sign_in(client, name).status_code == 302
    assert client.session["_auth_user_id"] == str(hanxu.pk)


def test_one_message_for_a_wrong_name_and_a_wrong_password(client: Client, hanxu: Account) -> None:
    """E2: nobody learns which it was."""
    wrong_name = sign_in(client, "nobody", "x").content.decode()
    wrong_password = sign_in(client, "hanxu", "x").content.decode()
    assert "登录名或密码不对" in wrong_name
    assert "登录名或密码不对" in wrong_password


@pytest.mark.parametrize("typed", ["WGZJXM_OldName", "wgzjxm_oldname", "Wgzjxm_OLDNAME"])
def test_an_old_login_name_signs_in_with_its_prefix_too(client: Client, hanxu: Account, typed: str) -> None:
    """F8: whichever of the two the platform knows it by."""
    LoginAlias.objects.create(key="oldname", shown="OldName", account=hanxu)
    assert sign_in(client, typed).headers["Location"].startswith("/sign-in/became/")
    prefixed = demo.old_account("WGZJXM_OldName", "赵嘉木", "+8613911110000")
    assert actions.named(typed).account == prefixed, "an account that is called so comes first"


def test_the_old_login_name_just_works(client: Client, hanxu: Account) -> None:
    """F8."""
    LoginAlias.objects.create(key="oldname", shown="OldName", account=hanxu)
    answer = sign_in(client, "OLDNAME")
    assert answer.headers["Location"].startswith("/sign-in/became/")
    assert "hanxu" in client.get(answer.headers["Location"]).content.decode()


def test_failures_ask_for_the_captcha_and_then_for_patience(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = True
    for _ in range(3):
        page = sign_in(client, "hanxu", "wrong").content.decode()
    assert "captcha" in page
    settings.CAPTCHA_ON = False
    for _ in range(8):
        page = sign_in(client, "hanxu", "wrong").content.decode()
    assert "试得太频繁了" in page
    assert "试得太频繁了" in sign_in(client, "hanxu").content.decode()


def test_a_stranger_cannot_lock_the_owner_out(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(client, "hanxu").status_code == 302
    client.post("/sign-in/out/")
    settings.RATE_LIMITS_ON = True
    stranger = Client()
    for _ in range(12):
        sign_in(stranger, "hanxu", "guess")
    assert sign_in(client, "hanxu").status_code == 302


def test_the_session_key_is_new_after_signing_in(client: Client, hanxu: Account) -> None:
    client.get("/register/person/")
    client.post("/register/person/identity/", {})
    before = client.session.session_key
    sign_in(client, "hanxu")
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere(client: Client, hanxu: Account, target: str) -> None:
    assert sign_in(client, "hanxu", next=target).headers["Location"] == "/"


def test_a_code_to_the_mobile_signs_in(client: Client, hanxu: Account) -> None:
    client.post("/sign-in/code/", {"phone": "13800000005"})
    code = code_sent_to(hanxu.phone)
    assert client.post("/sign-in/code/", {"phone": "13800000005", "code": code}).status_code == 302
    assert client.session["_auth_user_id"] == str(hanxu.pk)


def test_a_number_of_nobody_looks_the_same(client: Client, hanxu: Account) -> None:
    known = client.post("/sign-in/code/", {"phone": "13800000005"})
    unknown = Client().post("/sign-in/code/", {"phone": "13800009999"})
    assert known.status_code == unknown.status_code == 200
    assert Outbox.objects.count() == 1


def test_asking_again_at_once_and_a_wrong_code_look_the_same_too(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """A refusal to send another code, or the tries that are left, would tell that the number is somebody's."""
    settings.RATE_LIMITS_ON = True
    for phone in ("13800000005", "13800009999"):
        for _ in range(2):
            assert client.post("/sign-in/code/", {"phone": phone}).status_code == 200
        page = client.post("/sign-in/code/", {"phone": phone, "code": "000000"}).content.decode()
        assert "验证码不对或已过期" in page
        assert "还可以试" not in page


def test_a_code_counts_once_and_not_for_ever(client: Client, hanxu: Account) -> None:
    """Bad input: used twice, expired."""
    client.post("/sign-in/code/", {"phone": "13800000005"})
    code = code_sent_to(hanxu.phone)
    with clock.frozen(clock.now() + dt.timedelta(minutes=11)):
        assert client.post("/sign-in/code/", {"phone": "13800000005", "code": code}).status_code == 422
    assert client.post("/sign-in/code/", {"phone": "13800000005", "code": code}).status_code == 302
    assert Client().post("/sign-in/code/", {"phone": "13800000005", "code": code}).status_code == 422


def test_no_stranger_keeps_anybody_out_who_signs_in_by_code(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """They ask for codes in this number's name from many places, for whatever a code is for, and guess wrong."""
    settings.RATE_LIMITS_ON = True
    sign_in(client, "hanxu")
    client.post("/sign-in/out/")
    here = {"phone": "13800000005"}
    for n in range(12):
        stranger = Client(REMOTE_ADDR=f"10.0.{n}.1")
        stranger.post("/sign-in/code/", here)
        stranger.post("/recovery/reset/", {"login_name": "hanxu", "channel": "sms"})
        for purpose in ("registration", "appeal", "contact_change"):
            codes.issue(purpose, hanxu.phone)
    assert "如果这个手机号已经注册" in client.post("/sign-in/code/", here).content.decode()
    code = code_sent_to(hanxu.phone)
    for n in range(7):
        guess = {**here, "code": "000000" if code != "000000" else "111111"}
        assert Client(REMOTE_ADDR=f"10.1.{n}.1").post("/sign-in/code/", guess).status_code == 422
    assert client.post("/sign-in/code/", {**here, "code": code}).status_code == 302


def test_one_network_does_not_use_up_the_codes_of_a_new_browser(hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    here = {"phone": "13800000005"}
    for _ in range(10):
        last = Client(REMOTE_ADDR="10.0.0.1").post("/sign-in/code/", here)
    assert last.status_code == 422
    assert "试得太频繁" in last.content.decode()
    client = Client(REMOTE_ADDR="10.9.9.9")
    assert client.post("/sign-in/code/", here).status_code == 200
    code = code_sent_to(hanxu.phone)
    for n in range(6):
        stranger = Client(REMOTE_ADDR=f"10.1.{n}.1")
        stranger.post("/sign-in/code/", {**here, "code": "000000" if code != "000000" else "111111"})
    assert client.post("/sign-in/code/", {**here, "code": code}).status_code == 302


def test_changing_the_password_ends_the_other_sessions(client: Client, hanxu: Account) -> None:
    """G4."""
    other = Client()
    sign_in(client, "hanxu")
    sign_in(other, "hanxu")
    new = "Yunhai-3026!"
    answer = client.post("/sign-in/password/", {"old": demo.PASSWORD, "password": new, "password2": new})
    assert answer.headers["Location"] == "/sign-in/password/changed/"
    assert client.get("/sign-in/sessions/").status_code == 200
    assert other.get("/sign-in/sessions/").status_code == 302
    assert sign_in(Client(), "hanxu", new).status_code == 302


def test_sessions_are_listed_and_ended(client: Client, hanxu: Account) -> None:
    other = Client()
    sign_in(client, "hanxu")
    sign_in(other, "hanxu")
    theirs = Device.objects.get(session_key=other.session.session_key)
    assert "结束其他所有登录" in client.get("/sign-in/sessions/").content.decode()
    asked = client.post("/sign-in/sessions/", {"device": str(theirs.pk)})
    assert "先输一次密码" in asked.content.decode()
    assert 'href="/recovery/"' in asked.content.decode(), "whoever signed in by a code may know no password"
    wrong = client.post("/sign-in/sessions/", {"device": str(theirs.pk), "password": "x"})
    assert wrong.status_code == 422
    assert f'name="device" value="{theirs.pk}"' in wrong.content.decode(), "nothing is lost"
    assert other.get("/sign-in/sessions/").status_code == 200, "nobody is shut out by whoever finds a browser open"
    client.post("/sign-in/sessions/", {"device": str(theirs.pk), "password": demo.PASSWORD})
    assert other.get("/sign-in/sessions/").status_code == 302
    assert "结束其他所有登录" not in client.get("/sign-in/sessions/").content.decode(), "there is no other one"
    assert client.get("/sign-in/sessions/").status_code == 200


def told_of_a_new_device(account: Account) -> int:
    return Message.objects.filter(account=account, template="sign_in.new_device").count()


def test_the_owner_who_signed_out_hears_of_a_stranger(client: Client, hanxu: Account) -> None:
    """Nothing is left of the owner's session; a browser that the account knows is no news."""
    sign_in(client, "hanxu")
    assert told_of_a_new_device(hanxu) == 0, "the first time that anybody signs in"
    client.post("/sign-in/out/")
    sign_in(client, "hanxu")
    client.post("/sign-in/out/")
    assert told_of_a_new_device(hanxu) == 0
    sign_in(Client(), "hanxu")
    assert told_of_a_new_device(hanxu) == 1
    assert "在新的设备上登录了" in "".join(m.body for m in Outbox.objects.all())


def test_another_account_cannot_end_my_session(client: Client, hanxu: Account) -> None:
    demo.person("other", "何青", 6)
    sign_in(client, "hanxu")
    stranger = Client()
    sign_in(stranger, "other")
    mine = Device.objects.get(session_key=client.session.session_key)
    stranger.post("/sign-in/sessions/", {"device": str(mine.pk), "password": demo.PASSWORD})
    assert client.get("/sign-in/sessions/").status_code == 200


def test_a_known_browser_gets_in_past_a_network_of_guesses(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    assert sign_in(client, "hanxu").status_code == 302
    client.post("/sign-in/out/")
    settings.RATE_LIMITS_ON = True
    for _ in range(100):
        rate.count("sign-in-net:127.0.0", seconds=900)
    assert "试得太频繁了" in sign_in(Client(), "hanxu").content.decode()
    assert sign_in(client, "hanxu").status_code == 302


def test_guesses_from_everywhere_bring_the_captcha(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """To strangers; a browser that the account knows is asked only after failures of its own."""
    owner = Client()
    sign_in(owner, "hanxu")
    owner.post("/sign-in/out/")
    settings.CAPTCHA_ON = settings.RATE_LIMITS_ON = True
    for n in range(20):
        client.post("/sign-in/", {"login_name": "hanxu", "password": "x"}, REMOTE_ADDR=f"10.0.{n}.1")
    page = client.post("/sign-in/", {"login_name": "hanxu", "password": demo.PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert "captcha_keys" in page.content.decode()
    for _ in range(3):
        page = sign_in(owner, "hanxu", "mistyped")
    assert "captcha_keys" in page.content.decode()
    TryCount.objects.all().delete()  # the quarter of an hour is over
    assert sign_in(owner, "hanxu").status_code == 302


def test_after_a_failure_the_way_back_in_is_offered(client: Client, hanxu: Account) -> None:
    """E2."""
    assert 'class="wz-why" href="/recovery/"' in sign_in(client, "hanxu", "x").content.decode()


def test_a_wrong_captcha_loses_no_password(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    """G1: what was typed is kept, sealed, and signs in with the next captcha."""
    settings.CAPTCHA_ON = True
    for _ in range(3):
        sign_in(client, "hanxu", "wrong")
    page = sign_in(client, "hanxu", captcha="zzzz", captcha_keys="a b c").content.decode()
    assert demo.PASSWORD not in page
    assert "您填的密码还在" in page
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    keys = re.search(r'name="captcha_keys" value="([^"]+)"', page)
    assert kept
    assert keys
    right = CaptchaStore.objects.get(hashkey=keys[1].split()[1]).response
    given = {"login_name": "hanxu", "password": "", "kept": kept[1], "captcha": right, "captcha_keys": keys[1]}
    assert client.post("/sign-in/", given).status_code == 302


def test_what_was_kept_is_kept_for_minutes_and_cannot_be_made_up() -> None:
    sealed = kept.seal("Geheim-12345")
    assert kept.unseal(sealed) == "Geheim-12345"
    assert [kept.unseal(x) for x in ("", "x", "a:b", sealed[:-4], "9" * 5000)] == [""] * 5
    with clock.frozen(clock.now() + dt.timedelta(minutes=6)):
        assert kept.unseal(sealed) == ""


@pytest.mark.parametrize("key", ["login_name", "password"])
@pytest.mark.parametrize("text", ["", "\x00", "𠮷" * 3000, "'; DROP TABLE x; --", "<script>", "9" * 30])
def test_no_input_breaks_the_door(client: Client, hanxu: Account, key: str, text: str) -> None:
    given = {"login_name": "hanxu", "password": "x", key: text}
    assert client.post("/sign-in/", given).status_code == 422


def test_the_old_name_under_its_prefix_just_works(client: Client) -> None:
    """F8: what was `A` is `WGZJXM_A` now; typing A works, and the page says so."""
    demo.person("WGZJXM_zhaojm", "赵嘉木", 6)
    answer = sign_in(client, "ZhaoJM")
    assert "WGZJXM_zhaojm" in client.get(answer.headers["Location"]).content.decode()


def test_forms_from_elsewhere_are_refused(hanxu: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "hanxu").status_code == 403


def test_a_session_that_is_used_goes_on_and_an_idle_one_ends(client: Client, hanxu: Account) -> None:
    sign_in(client, "hanxu")
    began = clock.now()
    for minutes in (50, 100, 150):  # longer than the idle limit in all, never between two requests
        with clock.frozen(began + dt.timedelta(minutes=minutes)):
            assert client.get("/sign-in/sessions/").status_code == 200
        assert client.session.get("seen") == int((began + dt.timedelta(minutes=minutes)).timestamp())
    Session.objects.update(expire_date=clock.now() - dt.timedelta(minutes=1))
    assert client.get("/sign-in/sessions/").status_code == 302


def test_one_number_has_one_budget_however_it_is_written(client: Client, hanxu: Account, settings) -> None:  # type: ignore[no-untyped-def]
    settings.RATE_LIMITS_ON = True
    ways = ["13800000005", "138 0000 0005", "138-0000-0005", "+8613800000005", "+86 138 0000 0005", "0086 13800000005"]
    with clock.frozen(clock.now()):  # a window may end between two tries
        for name in ways * 2:
            page = sign_in(client, name, "wrong").content.decode()
    assert "试得太频繁了" in page


def test_the_session_in_which_the_password_was_changed_goes_on_whole(client: Client, hanxu: Account) -> None:
    """It is one session still: one line in the list, its second factor, and the systems that end with it."""
    sign_in(client, "hanxu")
    device = Device.objects.get()
    session = client.session
    session[SECOND_FACTOR] = clock.now().isoformat()
    session.save()
    new = "Yunhai-3026!"
    client.post("/sign-in/password/", {"old": demo.PASSWORD, "password": new, "password2": new})
    assert client.get("/sign-in/sessions/").status_code == 200
    assert client.session[SECOND_FACTOR]
    kept = Device.objects.get()
    assert (kept.pk, kept.session_key) == (device.pk, client.session.session_key)
    assert kept.session_key != device.session_key
    client.post("/sign-in/out/")
    assert not Device.objects.exists()


def test_no_crowd_of_counters_pushes_one_out() -> None:
    """Whoever makes many counters does not wipe the ones that stand in their way."""
    mine = [f"mine-{n}" for n in range(20)]
    for key in [*mine, *(f"crowd-{n}" for n in range(300))]:
        rate.count(key, seconds=900)
    assert [rate.spent(key, seconds=900) for key in mine] == [1] * 20
