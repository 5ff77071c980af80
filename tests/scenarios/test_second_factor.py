"""Two-step verification in a real browser: an app, recovery codes, a passkey of the browser's own; and losing them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from tests.scenarios.devices import Device, sets_up_the_app
from tests.scenarios.harness import DESKTOP, PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]


def leaves_and_comes_back(who: Somebody, name: str) -> Somebody:
    """A new session with the password alone: it ends at the second step."""
    return who.signs_out().signs_in(name, demo.PASSWORD).is_at("/second-factor/confirm/")


@scenario("G4")
def test_an_app_a_lost_phone_and_a_code_that_works_once(somebody: Come) -> None:
    name = "person61"
    who = somebody("careful", size=PHONE)
    who.signs_in(name, demo.PASSWORD).opens("/second-factor/").sees("两步验证", "未开启").picture("G6-home")
    totp = sets_up_the_app(who)
    who.presses("生成恢复码").sees("离开这一页就再也看不到了").picture("G6-codes")
    codes = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", who.page.locator("main").inner_text())
    assert len(codes) == 10
    who.presses("我收好了").sees("已开启")

    leaves_and_comes_back(who, name).sees("再证明一次是您本人").picture("G6-confirm")
    who.opens("/me/").is_at("/sign-in/")  # the password alone opens nothing
    who.opens("/second-factor/confirm/").fills(code="000000").presses("登录", within="main form").sees("验证码不对")
    who.page.locator(".wz-error .wz-why").first.click()
    who.is_at("/help/G6/").sees("两步验证怎么设")

    leaves_and_comes_back(who, name).presses("用恢复码", within="main section").fills(code=codes[0])
    who.presses("登录", within="main form").opens("/me/").sees("我的信息")
    leaves_and_comes_back(who, name).presses("用恢复码", within="main section").fills(code=codes[0])
    who.presses("登录", within="main form").sees("已经用过了")
    who.sees("都没有了，去申诉").presses("都没有了", within="main section").sees("登录不了")

    leaves_and_comes_back(who, name).fills(code=totp.at(int(time.time()) + 30))
    who.presses("登录", within="main form").opens("/second-factor/remove/app/")
    who.fills(password=demo.PASSWORD).presses("下一步", within="main form").presses("去掉", within="main form")
    who.is_at("/second-factor/$").sees("未开启")
    who.signs_out().signs_in(name, demo.PASSWORD).opens("/me/").sees("我的信息")


@scenario("G4")
def test_the_app_without_scripts_and_in_english(somebody: Come) -> None:
    who = somebody("expert", language="en", size=DESKTOP, scripts=False)
    who.signs_in("person62", demo.PASSWORD)
    sets_up_the_app(who)
    leaves_and_comes_back(who, "person62").sees("Use a recovery code")


@scenario("G4")
def test_a_passkey_of_the_browser(somebody: Come) -> None:
    """It is the second step, and both steps at once."""
    name = "person63"
    who = somebody("quick")
    device = Device(who)
    home = device.home

    def types_the_password() -> None:
        device.comes()
        who.opens(home + "/sign-in/").fills(login_name=name, password=demo.PASSWORD)
        who.page.locator('main form button[type="submit"]').first.click()
        who.page.wait_for_load_state("load")

    types_the_password()
    who.opens(home + "/second-factor/passkey/")
    who.fills(password=demo.PASSWORD).presses("下一步", within="main form")
    who.fills(name="这台电脑").picture("G6-passkey")
    device.answers("加上", "/second-factor/codes/")
    (kept,) = device.keeps()
    assert kept["isResidentCredential"]
    who.opens(home + "/second-factor/").sees("这台电脑", "已开启").picture("G6-passkeys")

    device.comes()
    who.opens(home + "/second-factor/sign-in/")
    device.answers("用通行密钥登录", "/")
    who.opens(home + "/me/").sees("我的信息")

    types_the_password()
    who.is_at("/second-factor/confirm/")
    device.answers("登录", "/")

    who.opens(home + "/second-factor/").presses("去掉 这台电脑").fills(password=demo.PASSWORD)
    who.presses("下一步", within="main form").presses("去掉", within="main form").sees_not("这台电脑")
    device.comes()
    who.opens(home + "/second-factor/sign-in/").page.get_by_role("button", name="用通行密钥登录").click()
    who.sees("请再试一次").is_at("/second-factor/sign-in/")


@scenario("G2")
def test_services_are_never_blank(somebody: Come) -> None:
    """On a phone and without scripts, for whoever comes: what there is, or why there is nothing and what to do."""
    for name, says in (("person75", "外国专家项目管理"), ("unit20", "外国专家项目管理"), ("hanxu", "外国专家项目管理")):
        for how in ({"size": PHONE}, {"size": PHONE, "scripts": False}):
            who = somebody(f"{name}-{len(how)}", **how)
            who.signs_in(name, demo.PASSWORD).opens("/services/").sees(says)
            main = who.page.locator("main")
            assert main.get_by_role("link").count() >= 1
            who.picture(f"G2-{name}")


@scenario("G2")
def test_error_pages_carry_their_code_and_its_answer(somebody: Come) -> None:
    who = somebody("lost", size=PHONE, scripts=False)
    who.page.goto("/nothing/here/")
    who.sees("没有这个页面", "S404").picture("G7-404")
    who.page.get_by_role("link", name=re.compile("S404")).click()
    who.is_at("/help/S404/").sees("出错的页面上写着编号", "S409").picture("G7")
    who.opens("/help/").fills(q="S503").presses("搜索", within="main").sees("出错的页面上写着编号")
