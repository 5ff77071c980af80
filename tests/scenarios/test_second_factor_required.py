"""A platform that requires two-step verification, as production does: whoever needs it is led to it and then to where they
were going; nobody else is asked."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from playwright.sync_api import Browser

from tests.scenarios.devices import Device
from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server, copy_of, prepared
from waizhuan.identity import demo

Come = Callable[..., Somebody]
WANTED = "/operators/accounts/"


@pytest.fixture(scope="module")
def product() -> Iterator[Server]:
    """The shared product's sister, where the roles of reviewers, operators and the ministry need a second factor."""
    server = Server(copy_of(prepared(), "two-steps"), environ={"WAIZHUAN_SECOND_FACTOR": "required"}).start()
    yield server
    server.kill(signal.SIGTERM)


@pytest.fixture
def somebody(browser: Browser, product: Server) -> Iterator[Come]:
    people: list[Somebody] = []

    def come(name: str, **how: object) -> Somebody:
        people.append(Somebody(browser, product.url, name, **how))  # type: ignore[arg-type]
        return people[-1]

    yield come
    for person in people:
        person.leaves()


def at_the_door(who: Somebody, name: str, wanted: str) -> Somebody:
    """They open a page and are asked to sign in first."""
    who.opens(wanted).is_at("/sign-in/").fills(login_name=name, password=demo.PASSWORD)
    who.page.locator('main form button[type="submit"]').first.click()
    who.page.wait_for_load_state("load")
    return who.looks()


def secret_on(who: Somebody) -> str:
    who.page.locator("main details summary").click()
    return who.page.locator("main details .wz-num").inner_text().strip()


def next_code(secret: str) -> str:
    """The app's next number, which is taken early: the one of now may have been used already."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


@scenario("G4")
def test_a_reviewers_first_day_a_second_one_and_the_day_the_phone_is_lost(somebody: Come) -> None:
    who, name = somebody("reviewer"), "operator1"
    at_the_door(who, name, WANTED).is_at("/second-factor/").sees("您的角色要求两步验证", "设好一种就继续")
    who.picture("G6-required")
    who.opens("/work/").is_at(
        "/second-factor/"
    )  # no role works yet; the page says what to do, not that it is not there
    who.opens("/me/").sees("我的信息")  # their own things are theirs

    at_the_door(who.signs_out(), name, WANTED)
    who.page.locator("main .wz-row", has_text="验证器").get_by_role("link", name="开启").click()
    who.fills(password=demo.PASSWORD).presses("下一步", within="main form")
    secret = secret_on(who)
    who.fills(code=pyotp.TOTP(secret).now()).presses("开启", within="main form").is_at("/second-factor/codes/")
    who.presses("生成恢复码", within="main form")
    codes = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", who.page.locator("main").inner_text())
    assert len(codes) == 10
    who.presses("我收好了").is_at(WANTED + "$").sees("查账号")
    who.opens("/work/").is_at("/work/$")

    # the next day: the number, and on to where they were going
    at_the_door(who.signs_out(), name, WANTED).is_at("/second-factor/confirm/").sees("再证明一次是您本人")
    who.fills(code=next_code(secret)).presses("登录", within="main form").is_at(WANTED + "$")

    # the phone is gone: a recovery code, and a new phone without a moment in which the role has no second factor
    at_the_door(who.signs_out(), name, WANTED).presses("用恢复码", within="main section").fills(code=codes[0])
    who.presses("登录", within="main form").is_at(WANTED + "$")
    who.opens("/second-factor/").sees("还剩 9 个").presses("去掉", within="main")
    who.fills(password=demo.PASSWORD).presses("下一步", within="main form").presses("去掉", within="main form")
    who.sees("请先加上另一种").opens("/second-factor/").presses("换手机", within="main")
    who.sees("旧手机上的验证器照常能用").picture("G6-new-phone")
    renewed = secret_on(who)
    assert renewed != secret
    who.fills(code=pyotp.TOTP(renewed).now()).presses("换成这一个", within="main form").is_at("/second-factor/$")
    at_the_door(who.signs_out(), name, WANTED).fills(code=next_code(secret)).presses("登录", within="main form")
    who.sees("验证码不对").fills(code=next_code(renewed)).presses("登录", within="main form").is_at(WANTED + "$")


@scenario("G4")
def test_the_ministry_with_a_passkey_on_a_phone_in_english(somebody: Come) -> None:
    who, name, wanted = somebody("ministry", language="en", size=PHONE), "ministry_clerk", "/work/"
    device = Device(who)
    device.comes()
    at_the_door(who, name, device.home + wanted).is_at("/second-factor/")
    who.sees("Your role requires two-step verification", "you go on to the page that you wanted").picture("G6-required")
    who.page.locator("main .wz-row", has_text="Passkey").get_by_role("link").click()
    who.page.wait_for_load_state("load")
    who.looks().fills(password=demo.PASSWORD).presses("Next", within="main form").fills(name="This phone")
    device.answers("Add", "/second-factor/codes/?next=%2Fwork%2F")
    who.presses("Create recovery codes", within="main form").presses("I have saved them").is_at("/work/$")

    device.comes()
    at_the_door(who, name, device.home + wanted).is_at("/second-factor/confirm/")
    device.answers("Sign in", "/work/")

    device.comes()
    who.opens(device.home + wanted).is_at("/sign-in/").opens(device.home + "/second-factor/sign-in/?next=%2Fwork%2F")
    device.answers("Sign in with a passkey", "/work/")  # both steps at once


@scenario("G4")
def test_people_of_units_are_not_asked(somebody: Come) -> None:
    for name, wanted in (("linwangshu", "/applications/"), ("chenzhiwei", "/work/"), ("hanxu", "/services/")):
        who = somebody(name)
        at_the_door(who, name, wanted).is_at(wanted + "$")
        who.opens("/second-factor/").sees("密码被人知道了，别人也进不来").sees_not("您的角色要求")
