"""Getting back in by what one still has; the door, its captcha, and passwords that have run out."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.scenarios.devices import sets_up_the_app
from tests.scenarios.entering import link_to
from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server, copy_of, prepared
from waizhuan.identity import demo

Come = Callable[..., Somebody]
NEW = "Haiyan-3026!"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A product as in earnest: captcha and rate limits on, passwords that last thirty days."""
    on = {
        "WAIZHUAN_CAPTCHA": "on",
        "WAIZHUAN_RATE_LIMITS": "on",
        "WAIZHUAN_PASSWORD_DAYS": "30",
        "WAIZHUAN_PASSWORD_DAYS_SECOND_FACTOR": "30",
    }
    server = Server(copy_of(prepared(), "guarded"), on).start()
    yield server
    server.kill(signal.SIGTERM)
    shutil.rmtree(server.folder, ignore_errors=True)


def in_front_of(server: Server, browser: Browser, name: str, **how: object) -> Somebody:
    return Somebody(browser, server.url, name, **how)  # type: ignore[arg-type]


def answer_of(server: Server, who: Somebody, which: int) -> str:
    """What the captcha on the page wants: 0 the picture's letters, 1 the question's answer, 2 the digits read aloud."""
    key = who.page.locator('[name="captcha_keys"]').input_value().split()[which]
    with sqlite3.connect(server.database, timeout=30) as rows:
        return str(rows.execute("SELECT response FROM captcha_captchastore WHERE hashkey = ?", [key]).fetchone()[0])


def passwords_run_out(server: Server, login_key: str) -> None:
    """A month passes since this account's password was chosen."""
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=31)).strftime("%Y-%m-%d %H:%M:%S")
    with sqlite3.connect(server.database, timeout=30) as rows:
        rows.execute("UPDATE identity_account SET password_changed_at = ? WHERE login_key = ?", [long_ago, login_key])


def enters(who: Somebody) -> Somebody:
    """Sends the form at the door by its one primary button."""
    who.page.locator("main form button.btn-primary").click()
    who.page.wait_for_load_state("load")
    return who.looks()


@scenario("E1", "E3", "E9")
def test_a_unit_finds_its_login_name(somebody: Come) -> None:
    who = somebody("unit clerk")
    who.opens("/sign-in/").presses("忘了登录名或密码").sees("看您还有什么", "各要多久").picture("E1")
    who.fills(have="unit").presses("下一步")
    assert who.page.locator('[name="kind"][value="unit"]').is_checked()
    who.fills(name="松岭农业科学院", number=demo.credit_code(1000, "330100")).presses(
        "发送验证码"
    )  # another unit's code
    who.fills(code="123456").presses("下一步").sees("验证码不对或已过期").presses("没有收到")
    who.fills(number=demo.credit_code(1001, "330200")).presses("发送验证码")
    who.fills(code=who.code_sent_to(demo.mobile(1001))).presses("下一步").sees("您的登录名是 unit2").picture("E3-unit")


@scenario("E3", "E4", "E7", "E8", "G2")
def test_back_in_on_a_phone_in_english_without_scripts(somebody: Come) -> None:
    who = somebody("forgetful", language="en", scripts=False, size=PHONE)
    other = somebody("another device")
    other.signs_in("person22", demo.PASSWORD).opens("/me/")
    who.opens("/sign-in/").presses("Cannot sign in?").fills(have="number").presses("Next")
    who.fills(kind="person", name=demo.person_name(22), number=demo.resident_id(22), channel="email")
    who.presses("Send the code")
    code = who.code_sent_to("person22@example.org")
    who.fills(code=code).presses("Next").sees("person22").picture("E3")
    who.presses("Set a new password").fills(password="person22", password2="x").presses("Set")
    who.sees("things to correct")
    who.fills(password=NEW, password2=NEW).presses("Set").sees("password").picture("E8")
    who.opens("/me/").sees(demo.person_name(22))  # the page after it has signed one in
    other.opens("/me/").is_at("/sign-in/")  # every other session has ended
    other.signs_in("person22", demo.PASSWORD).sees("登录名或密码不对")
    other.signs_in("person22", NEW).sees(demo.person_name(22))
    # a code counts once
    again = somebody("a thief of codes")
    again.opens("/recovery/reset/").fills(login_name="person22", channel="email").presses("发送验证码")
    again.fills(code=code).presses("下一步").sees("验证码不对或已过期").is_at("/recovery/code/")


@scenario("E6", "E1")
def test_who_has_nothing_left_comes_into_the_appeal_with_what_is_known(somebody: Come) -> None:
    who = somebody("locked out")
    who.opens("/recovery/").fills(have="login_name").presses("下一步")
    who.fills(login_name="no_such_name").presses("发送验证码").sees("如果有这个账号").picture("E6")
    who.presses("登录名可能记错了").fills(kind="person", name="邓小年", number=demo.resident_id(4200))
    who.presses("发送验证码").sees("一直收不到").presses("预留的收不到了，去申诉").sees("申诉找回账号")
    who.fills(kind="person").presses("下一步").sees("个人申诉").picture("E6-appeal")
    for name, value in (("name", "邓小年"), ("doc_number", demo.resident_id(4200)), ("login_name", "no_such_name")):
        assert who.page.input_value(f'[name="{name}"]') == value


@scenario("F8", "F7", "E4")
def test_an_old_account_with_a_phone_on_file(somebody: Come) -> None:
    who = somebody("an old hand")
    who.signs_in("QianWL", demo.PASSWORD).sees("您的旧登录名可以继续用", "WGZJXM_qianwl").picture("F8").signs_out()
    who.opens("/recovery/reset/").fills(login_name="qianwl").presses("发送验证码")
    who.fills(code=who.code_sent_to(demo.mobile(95))).presses("下一步").sees("账号：WGZJXM_qianwl")
    who.fills(password=NEW, password2=NEW).presses("设好并登录").agrees().sees("密码改好了")
    who.opens("/real-name/").picture("F7-consent").agrees().sees("实名认证").picture("F7-identity")


@scenario("G4", "E4")
def test_this_was_not_me(somebody: Come) -> None:
    owner, thief = somebody("owner"), somebody("thief")
    thief.signs_in("person24", demo.PASSWORD).opens("/sign-in/password/")
    thief.fills(old=demo.PASSWORD, password=NEW, password2=NEW).presses("修改密码", within="main form")
    link = link_to(owner, demo.mobile(24), "/sign-in/not-me/")
    owner.opens(link).sees("不是您本人做的？").picture("not-me").presses("马上锁定账号").sees("账号已经锁定")
    thief.opens("/me/").is_at("/sign-in/")
    thief.signs_in("person24", NEW).sees("这个账号已经锁定")
    owner.presses("去找回账号").fills(have="login_name").presses("下一步")
    owner.fills(login_name="person24").presses("发送验证码")
    owner.fills(code=owner.code_sent_to(demo.mobile(24))).presses("下一步")
    owner.fills(password="Taihu-3026!", password2="Taihu-3026!").presses("设好并登录").sees("密码改好了")


@scenario("G1", "B1")
def test_the_captcha_loses_nothing_and_can_be_heard(browser: Browser, guarded: Server) -> None:
    who = in_front_of(guarded, browser, "listener")
    number = demo.resident_id(4300)
    who.opens("/register/person/").fills(name="听写者", doc_type="resident_id", doc_number=number)
    who.fills(captcha="zzzz").presses("下一步").sees("刚才的验证码不对，已为您换了一张").picture("G1")
    assert who.page.input_value('[name="doc_number"]') == number
    before = who.page.locator('[name="captcha_keys"]').input_value()
    who.presses("换一张")
    assert who.page.input_value('[name="doc_number"]') == number
    assert who.page.locator('[name="captcha_keys"]').input_value() != before
    address = who.page.get_by_role("link", name="听读音").get_attribute("href") or ""
    with who.page.expect_response(lambda answer: answer.url.endswith(".wav")):
        who.page.get_by_role("link", name="听读音").click()
    recording = who.context.request.get(address)
    assert recording.headers["content-type"] == "audio/wav"
    assert recording.body()[:4] == b"RIFF"
    who.fills(captcha=answer_of(guarded, who, 2)).presses("下一步").sees("设定登录名和密码")
    # the text question will do as well, without scripts, in English
    reader = in_front_of(guarded, browser, "reader", language="en", scripts=False, size=PHONE)
    reader.opens("/register/lookup/").sees("Or answer").fills(sought="hanxu", captcha=answer_of(guarded, reader, 1))
    reader.presses("Look").sees("registered").picture("G1")
    who.leaves()
    reader.leaves()


@scenario("E2", "G1")
def test_failures_count_down_and_lock_nobody_out(browser: Browser, guarded: Server) -> None:
    owner = in_front_of(guarded, browser, "owner")
    owner.signs_in("person26", demo.PASSWORD).sees(demo.person_name(26))
    owner.context.clear_cookies(name="session")
    stranger = in_front_of(guarded, browser, "stranger")
    stranger.opens("/sign-in/")
    assert stranger.page.locator('[name="captcha"]').count() == 0  # asked only where risk calls for it
    for _ in range(3):
        stranger.signs_in("person26", "guess").sees("登录名或密码不对")
    stranger.sees("图形验证码").presses("登录不了，怎么办").sees("看您还有什么")
    enters(stranger.opens("/sign-in/").fills(login_name="person26", password="guess"))
    for n in range(7):
        kept = stranger.page.locator('[name="kept"]').count()
        assert kept == (1 if n == 0 else 0)
        if n == 0:
            stranger.sees("您填的密码还在，不用再填").picture("G1-kept")
        else:
            stranger.fills(password="guess")
        enters(stranger.fills(captcha=answer_of(guarded, stranger, 1)))
    stranger.sees("还可以试 0 次").picture("E2")
    stranger.fills(password="guess", captcha=answer_of(guarded, stranger, 1))
    stranger.page.locator('[name="captcha"]').press("Enter")  # sends the form, and does not renew the picture
    stranger.sees("试得太频繁了")
    owner.signs_in("person26", demo.PASSWORD).sees(demo.person_name(26))  # the owner's browser is not shut out
    owner.leaves()
    stranger.leaves()


@scenario("E5")
def test_a_password_that_ran_out_leads_to_the_change_form(browser: Browser, guarded: Server) -> None:
    passwords_run_out(guarded, "person28")
    who = in_front_of(guarded, browser, "late")
    who.opens("/messages/").is_at("/sign-in/")
    enters(who.fills(login_name="person28", password=demo.PASSWORD))
    who.sees("密码到期了，请换一个", "密码是对的").picture("E5")
    who.opens("/messages/?kind=all").is_at(re.escape("/sign-in/password/")).sees(
        "密码到期了，请换一个"
    )  # nothing else opens
    who.opens("/help/E5/").sees("提示密码过期").opens("/messages/").sees("密码到期了，请换一个")
    who.fills(old=demo.PASSWORD, password=NEW, password2=NEW).presses("修改密码", within="main form").sees("密码改好了")
    who.presses("接着办").is_at(re.escape("/messages/"))
    who.signs_out().signs_in("person28", NEW).sees(demo.person_name(28)).sees_not("密码到期了")
    who.leaves()


@scenario("E5")
def test_beside_a_second_step_the_new_password_comes_after_it(browser: Browser, guarded: Server) -> None:
    who = in_front_of(guarded, browser, "careful").signs_in("person29", demo.PASSWORD).sees(demo.person_name(29))
    app = sets_up_the_app(who)
    passwords_run_out(guarded, "person29")
    who.signs_out().opens("/messages/").is_at("/sign-in/")
    enters(who.fills(login_name="person29", password=demo.PASSWORD)).sees("再证明一次是您本人")
    who.fills(code=app.at(int(time.time()) + 30)).presses("登录", within="main form")
    who.is_at(re.escape("/sign-in/password/")).sees("密码到期了，请换一个").picture("E5-second-step")
    who.fills(old=demo.PASSWORD, password=NEW, password2=NEW).presses("修改密码", within="main form").sees("密码改好了")
    who.presses("接着办").is_at(re.escape("/messages/"))
    who.leaves()
