"""Setting up, signing in with it, losing it: at the door and on the pages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from waizhuan.identity import demo
from waizhuan.identity.models import Account
from waizhuan.identity.second_factor import factors
from waizhuan.identity.second_factor.models import Authenticator, Passkey
from waizhuan.identity.second_factor.tests.conftest import at_the_door, password_again, with_app
from waizhuan.identity.second_factor.tests.device import Device, code_of
from waizhuan.identity.sign_in import sessions
from waizhuan.kernel import clock
from waizhuan.shared.audit.api import AuditEntry
from waizhuan.shared.notify.models import Message
from waizhuan.shared.notify.testing import code_sent_to

pytestmark = pytest.mark.django_db
CONFIRM = "/second-factor/confirm/"


def options_on(page: Any) -> str:
    """What the page asks the browser to ask the device."""
    from html import unescape

    found = re.search(r'data-options="([^"]*)"', page.content.decode())
    assert found
    return unescape(found.group(1))


def with_passkey(account: Account, device: Device) -> Client:
    client = at_the_door(account)
    password_again(client, "/second-factor/passkey/")
    answer = device.create(options_on(client.get("/second-factor/passkey/")))
    assert client.post("/second-factor/passkey/", {"passkey": answer, "name": "我的手机"}).status_code == 302
    return client


def test_a_wrong_second_step_costs_no_second_code(person: Account, settings: Any) -> None:
    """The code to the phone was right: it is not asked for again while the second step is put right."""
    settings.CAPTCHA_ON = False
    with_app(person)
    client = Client()
    client.post("/sign-in/code/", {"phone": person.phone})
    code = code_sent_to(person.phone)
    assert client.post("/sign-in/code/", {"phone": person.phone, "code": code}).headers["Location"] == CONFIRM
    for _ in range(factors.TELL_AFTER):
        answer = client.post(CONFIRM, {"code": "000000"})
        assert answer.status_code == 422
        assert "验证码不对" in answer.content.decode()
    told = Message.objects.get(account=person, template__startswith="second_factor.failing")
    assert told.template == "second_factor.failing_code", "nobody knows the password"
    assert client.post(CONFIRM, {"code": code_of(Authenticator.objects.get())}).status_code == 302
    assert signed_in(client)


def signed_in(client: Client) -> bool:
    return client.get("/second-factor/").status_code == 200


# ---------------------------------------------------------------- the app


def test_nothing_changes_before_the_password_was_typed_again(person: Account) -> None:
    client = _through(at_the_door(with_app(person)), person)
    for path in ("app/", "passkey/", "codes/", "remove/app/"):
        page = client.post(f"/second-factor/{path}", {"sure": "1", "code": "1"})
        assert "先输一次密码" in page.content.decode()
    assert client.post("/second-factor/remove/app/", {"password": "wrong"}).status_code == 422
    assert factors.has_any(person)
    assert factors.held_by(person).codes_left == 0


def test_the_password_lasts_ten_minutes(person: Account) -> None:
    client = _through(at_the_door(with_app(person)), person)
    password_again(client, "/second-factor/codes/")
    assert "先输一次密码" not in client.get("/second-factor/codes/").content.decode()
    with clock.frozen(clock.now() + dt.timedelta(minutes=11)):
        assert "先输一次密码" in client.get("/second-factor/codes/").content.decode()


def _through(client: Client, account: Account) -> Client:
    row = Authenticator.objects.get(account=account)
    assert client.post(CONFIRM, {"code": code_of(row)}).status_code == 302
    return client


def test_setting_up_the_app_confirms_this_session_and_shows_the_codes(person: Account) -> None:
    client = at_the_door(person)
    password_again(client, "/second-factor/app/")
    page = client.get("/second-factor/app/").content.decode()
    row = Authenticator.objects.get(account=person)
    assert row.offered in page
    assert "style=" not in page
    assert client.post("/second-factor/app/", {"code": "000000"}).status_code == 422
    before = client.cookies["session"].value
    answer = client.post("/second-factor/app/", {"code": code_of(row)})
    assert answer["Location"] == "/second-factor/codes/"
    assert client.cookies["session"].value != before
    shown = client.post("/second-factor/codes/").content.decode()
    codes = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", shown)
    assert len(codes) == 10
    assert codes[0] not in client.get("/second-factor/codes/").content.decode()  # shown once


def test_the_password_alone_is_not_enough_any_more(person: Account) -> None:
    client = Client()
    at_the_door(with_app(person), client)
    assert not signed_in(client)
    assert client.get("/me/").status_code == 302
    before = client.cookies["session"].value
    assert client.post(CONFIRM, {"code": "000000"}).status_code == 422
    _through(client, person)
    assert signed_in(client)
    assert client.cookies["session"].value != before  # fixation


def test_the_code_cannot_be_used_by_who_looked_over_the_shoulder(person: Account) -> None:
    with_app(person)
    with clock.frozen(clock.now()):
        _through(at_the_door(person), person)
        thief = at_the_door(person)
        code = code_of(Authenticator.objects.get(account=person))
        assert thief.post(CONFIRM, {"code": code}).status_code == 422
        assert not signed_in(thief)


def test_the_second_step_waits_ten_minutes(person: Account) -> None:
    client = at_the_door(with_app(person))
    with clock.frozen(clock.now() + dt.timedelta(minutes=11)):
        row = Authenticator.objects.get(account=person)
        assert client.post(CONFIRM, {"code": code_of(row)})["Location"] == "/sign-in/"
        assert not signed_in(client)


def test_guessing_codes_is_stopped_and_does_not_lock_the_owner_elsewhere(person: Account) -> None:
    with_app(person)
    thief = at_the_door(person, Client(REMOTE_ADDR="203.0.113.9"))
    for _ in range(10):
        assert thief.post(CONFIRM, {"code": "000000"}).status_code == 422
    row = Authenticator.objects.get(account=person)
    stopped = thief.post(CONFIRM, {"code": code_of(row)})
    assert stopped.status_code == 422
    assert "试得太频繁" in stopped.content.decode()
    owner = at_the_door(person, Client(REMOTE_ADDR="198.51.100.7"))
    assert signed_in(_through(owner, person))


def test_a_wrong_second_step_is_in_the_log(person: Account) -> None:
    client = at_the_door(with_app(person))
    client.post(CONFIRM, {"code": "000000"})
    assert AuditEntry.objects.filter(verb="second_factor.failed", subject=f"identity.account:{person.pk}").count() == 1


def test_a_lost_phone_a_recovery_code_signs_in_once(person: Account) -> None:
    codes = factors.new_codes(with_app(person))
    client = at_the_door(person)
    assert "去申诉" in client.get(CONFIRM).content.decode()
    assert client.post(CONFIRM + "?way=code", {"code": codes[0]}).status_code == 302
    assert signed_in(client)
    again = at_the_door(person)
    assert again.post(CONFIRM + "?way=code", {"code": codes[0]}).status_code == 422
    assert not signed_in(again)


def test_after_a_change_the_sessions_elsewhere_are_one_button_away(person: Account) -> None:
    """ASVS 7.4.3, on the page where a change ends."""
    elsewhere, here = at_the_door(person), at_the_door(person)
    password_again(here, "/second-factor/app/")
    here.get("/second-factor/app/")
    here.post("/second-factor/app/", {"code": code_of(Authenticator.objects.get(account=person))})
    button = '<button class="btn btn-secondary mt-2" name="device" value="others"'
    assert button not in here.post("/second-factor/codes/").content.decode(), (
        "they would leave before the codes are kept"
    )
    assert button in here.get("/second-factor/").content.decode()
    assert here.post("/second-factor/remove/app/", follow=True).content.decode().count(button) == 1
    assert elsewhere.get("/me/").status_code == 200
    here.post("/sign-in/sessions/", {"device": "others", "password": demo.PASSWORD})
    assert elsewhere.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


# ---------------------------------------------------------------- roles that wait


def test_a_reviewer_is_led_to_set_it_up_and_then_to_where_they_wanted(reviewer: Account) -> None:
    client, wanted = Client(), "/operators/accounts/"
    answer = client.post(
        "/sign-in/", {"login_name": reviewer.login_name, "password": demo.PASSWORD, "next": wanted}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/second-factor/?{urlencode({'next': wanted})}"
    onward = answer.redirect_chain[-1][0].removeprefix("/second-factor/")
    assert "您的角色要求两步验证" in answer.content.decode()
    assert "开启两步验证" in client.get("/").content.decode()
    assert f'href="/second-factor/app/{escape(onward)}"' in answer.content.decode()
    password_again(client, "/second-factor/app/" + onward)
    client.get("/second-factor/app/" + onward)
    code = code_of(Authenticator.objects.get(account=reviewer))
    assert client.post("/second-factor/app/" + onward, {"code": code})["Location"] == "/second-factor/codes/" + onward
    assert f'href="{wanted}"' in client.post("/second-factor/codes/" + onward).content.decode()
    assert client.get(wanted).status_code == 200
    page = client.post("/second-factor/remove/app/", {"sure": "1"})
    assert "去加另一种" in page.content.decode()
    assert "您填写的内容都还在" not in page.content.decode(), "nothing was filled in"
    assert page.status_code == 422
    assert "您的角色要求两步验证" in page.content.decode()


def test_a_page_of_a_role_that_waits_asks_for_the_second_factor_and_comes_back(reviewer: Account) -> None:
    """Also in a session that began before it was set up. What is sent there does nothing."""
    client, wanted = at_the_door(reviewer), "/operators/accounts/?page=2"
    asked = f"{CONFIRM}?{urlencode({'next': wanted})}"
    assert client.get(wanted)["Location"] == asked
    part = client.get(
        "/operators/accounts/?part=1", headers={"HX-Request": "true", "Referer": f"http://testserver{wanted}"}
    )
    assert (part.status_code, part["HX-Redirect"]) == (401, asked), "to the whole page, not to its part"
    assert client.post("/operators/accounts/", {"q": "x"}).status_code == 404
    with_app(reviewer)
    page = client.get(asked).content.decode()
    assert f'name="next" value="{wanted}"' in page
    code = code_of(Authenticator.objects.get(account=reviewer))
    assert client.post(CONFIRM + "?way=app", {"code": code, "next": wanted})["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert client.get("/calls/new/").status_code == 404  # nobody's page here, with or without


def test_whoever_needs_no_second_factor_is_not_asked(person: Account, settings: Any) -> None:
    settings.ENV = {**settings.ENV, "SECOND_FACTOR": "required"}
    client = Client()
    answer = client.post("/sign-in/", {"login_name": person.login_name, "password": demo.PASSWORD, "next": "/me/"})
    assert answer["Location"] == "/me/"
    assert client.get("/operators/accounts/").status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_leads_nowhere_else(person: Account, target: str) -> None:
    client = at_the_door(person)
    onward = "?" + urlencode({"next": target})
    for path in ("", "app/", "passkey/"):
        page = client.get(f"/second-factor/{path}{onward}").content.decode()
        assert "evil" not in page.split("<main")[1].split("</main>")[0]
    password_again(client, "/second-factor/app/")
    client.get("/second-factor/app/")
    code = code_of(Authenticator.objects.get(account=person))
    assert client.post("/second-factor/app/" + onward, {"code": code})["Location"] == "/second-factor/codes/"
    page = client.post("/second-factor/codes/" + onward).content.decode()
    assert "evil" not in page.split("<main")[1].split("</main>")[0]


def test_where_it_is_not_required_roles_work_at_once(reviewer: Account, settings: Any) -> None:
    settings.ENV = {**settings.ENV, "SECOND_FACTOR": "optional"}
    assert at_the_door(reviewer).get("/operators/accounts/").status_code == 200


# ---------------------------------------------------------------- passkeys


def test_a_passkey_signs_in_alone(person: Account, device: Device) -> None:
    with_passkey(person, device)
    stranger = Client()
    page = stranger.get("/second-factor/sign-in/")
    answer = stranger.post("/second-factor/sign-in/", {"passkey": device.get(options_on(page))})
    assert answer.status_code == 302
    assert signed_in(stranger)
    assert stranger.session.get("second_factor_at")


def test_a_passkey_is_the_second_step(person: Account, device: Device) -> None:
    with_passkey(person, device)
    client = at_the_door(person)
    options = options_on(client.get(CONFIRM + "?way=passkey"))
    assert client.post(CONFIRM + "?way=passkey", {"passkey": device.get(options)}).status_code == 302
    assert signed_in(client)


def test_an_answer_works_once_and_only_for_the_browser_that_was_asked(person: Account, device: Device) -> None:
    with_passkey(person, device)
    one, two = Client(), Client()
    answer = device.get(options_on(one.get("/second-factor/sign-in/")))
    two.get("/second-factor/sign-in/")
    assert two.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422
    assert one.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 302
    one.cookies.clear()
    assert one.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422


def test_a_false_site_gets_nothing_that_works(person: Account, device: Device) -> None:
    with_passkey(person, device)
    client = Client()
    answer = device.get(options_on(client.get("/second-factor/sign-in/")), origin="https://evil.example")
    refused = client.post("/second-factor/sign-in/", {"passkey": answer})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "通行密钥没有验证成功" in page
    assert "您填写的内容都还在" not in page, "nothing was filled in"


def test_a_device_that_did_not_ask_for_the_finger_is_not_enough(person: Account, device: Device) -> None:
    with_passkey(person, device)
    device.verified = False
    client = Client()
    answer = device.get(options_on(client.get("/second-factor/sign-in/")))
    assert client.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422


def test_a_copied_device_is_noticed_by_its_counter(person: Account, device: Device) -> None:
    with_passkey(person, device)
    Passkey.objects.update(sign_count=50)
    client = Client()
    answer = device.get(options_on(client.get("/second-factor/sign-in/")))
    assert client.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422


def test_somebody_elses_passkey_is_no_second_step(person: Account, device: Device) -> None:
    with_passkey(demo.person("hanxu", "韩叙", 3), device)
    client = at_the_door(with_app(person))
    options = options_on(client.get(CONFIRM + "?way=passkey"))
    assert client.post(CONFIRM + "?way=passkey", {"passkey": device.get(options)}).status_code == 422
    assert not signed_in(client)


def test_a_locked_account_is_not_opened_by_its_passkey(person: Account, device: Device) -> None:
    with_passkey(person, device)
    Account.objects.filter(pk=person.pk).update(locked_at=clock.now())
    client = Client()
    answer = device.get(options_on(client.get("/second-factor/sign-in/")))
    assert client.post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        "null",
        '{"id": 1}',
        '{"id": "\x00"}',
        '{"id": "\\u0000"}',
        '{"response": []}',
        "9" * 400,
        "{" * 5000,
        '{"a":' * 4000,
    ],
)
def test_a_broken_answer_is_a_refusal(person: Account, device: Device, answer: str) -> None:
    client = with_passkey(person, device)
    assert Client().post("/second-factor/sign-in/", {"passkey": answer}).status_code == 422
    assert client.post("/second-factor/passkey/", {"passkey": answer, "name": "x"}).status_code == 422


def test_a_passkey_is_listed_escaped_and_removed(person: Account, device: Device) -> None:
    client = with_passkey(person, device)
    Passkey.objects.update(name="<script>x</script>")
    page = client.get("/second-factor/").content.decode()
    assert escape("<script>x</script>") in page
    assert "<script>x" not in page
    (key,) = Passkey.objects.all()
    assert client.post(f"/second-factor/remove/{key.pk}/", {"sure": "1"}).status_code == 302
    assert not Passkey.objects.exists()
    assert not factors.has_any(person)


@pytest.mark.parametrize("what", ["0", "9" * 40, "nothing", "-1"])
def test_removing_what_is_not_there_changes_nothing(person: Account, device: Device, what: str) -> None:
    client = with_passkey(person, device)
    assert client.post(f"/second-factor/remove/{what}/", {"sure": "1"}).status_code in (302, 404)
    assert Passkey.objects.count() == 1


def test_a_session_from_before_the_factor_cannot_take_it_away(person: Account) -> None:
    """Whoever knows the password and was in already gets no recovery codes and removes nothing."""
    intruder = at_the_door(person)
    with_app(person)
    for path in ("app/", "passkey/", "codes/", "remove/app/"):
        answer = intruder.post(f"/second-factor/{path}", {"password": demo.PASSWORD})
        assert answer["Location"].startswith(CONFIRM), path
    assert factors.held_by(person) == factors.Held(authenticator=True, passkeys=0, codes_left=0)


def test_who_waits_for_the_second_step_is_out_once_the_sessions_were_ended(person: Account) -> None:
    client = at_the_door(with_app(person))
    with clock.frozen(clock.now() + dt.timedelta(minutes=1)):
        sessions.end_others(person)
        row = Authenticator.objects.get(account=person)
        assert client.post(CONFIRM, {"code": code_of(row)})["Location"] == "/sign-in/"
    assert not signed_in(client)
