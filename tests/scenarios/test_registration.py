"""Registering: both kinds, what is taken already, and whether it went through."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server
from waizhuan.identity import demo

Come = Callable[..., Somebody]
GOOD = "Shanhai-2026!"
UNIT = {"unit_kind": "institution", "province": "330000", "address": "科技大道 9 号"}


@scenario("A2", "B4", "F6", "B5")
def test_a_person_registers_in_under_two_minutes(somebody: Come) -> None:
    began = time.monotonic()
    who = somebody("newcomer")
    who.opens("/sign-in/").presses("注册个人账号").picture("A2")
    who.presses("下一步").sees("请填写“姓名”", "请填写“证件号码”", "处要改")
    who.fills(name="古丽·买买提", doc_type="resident_id", doc_number="33010620001").presses("下一步")
    who.sees("有 1 处要改").picture("A2-error")
    assert who.page.input_value('[name="name"]') == "古丽·买买提"
    who.fills(doc_number=demo.resident_id(4001)).presses("下一步").sees("设定登录名和密码")
    # F6: the rule stands at the field, a taken name is told while typing, free ones are suggested
    who.sees("字母、数字、下划线，4 到 20 位，不分大小写")
    who.page.locator("#id_login_name").press_sequentially("HANXU", delay=20)
    who.sees("这个登录名已经有人用了", "这些还可以用", "HANXU_1").picture("F6")
    who.fills(login_name="guli_26").sees("“guli_26”可以使用")
    # B4: every rule ticks off while typing, the same as the server judges
    password = who.page.locator("#id_password")
    who.sees("10 位以上", "不是常见密码", "与姓名、登录名不相近", "! @ # $ % ^ & * _ - . ?")
    for typed, open_rules in (
        ("guli_26guli", {"similar"}),
        ("Password123", {"common"}),
        ("Shan-1", {"length"}),
        (GOOD, set()),
    ):
        password.fill(typed)
        for rule in ("length", "common", "similar", "kinds"):
            state = re.compile(r"\bis-open\b" if rule in open_rules else r"\bis-met\b")
            expect(who.page.locator(f'[data-rule="{rule}"]')).to_have_class(state)
    password.fill("Shanhai 空 2026")
    who.sees("特殊字符只用")
    who.page.locator("#id_password2").fill("another")
    who.presses("下一步").sees("有不能用的字符", "与上面的密码不一样").picture("B4-errors")
    who.fills(login_name="guli_26", password=GOOD, password2=GOOD).picture("B4").presses("下一步")
    who.fills(phone="１３９ 0000 4001").presses("发送验证码").sees("验证码已发到")
    who.fills(code="000000").presses("完成注册").sees("请确认")
    who.fills(code=who.code_sent_to("+8613900004001"), consent="on").presses("完成注册").sees("注册成功", "guli_26")
    assert time.monotonic() - began < 120
    # B5: the reload and the button 'back' find the same success
    who.page.reload()
    who.looks().sees("注册成功").picture("A2-done")
    who.opens("/register/person/code/").is_at("/register/person/done/")
    who.presses("去实名认证").agrees().sees("实名认证")


@scenario("A3", "E9", "D6")
def test_a_unit_registers_on_a_phone(somebody: Come) -> None:
    who = somebody("unit clerk", size=PHONE)
    who.opens("/register/unit/").fills(name="望海植物园", uscc=demo.credit_code(4002), **UNIT).picture("A3")
    who.presses("下一步").sees("单位里谁来办理都可以")
    who.fills(agent_name="沈知秋", agent_doc_type="resident_id", agent_doc_number=demo.resident_id(4003))
    who.presses("下一步").sees("填写法定代表人")
    # the journey is left, and resumed where it was, after the session is over
    who.context.clear_cookies(name="session")
    who.opens("/register/unit/").sees("填写法定代表人").picture("A3-resumed")
    who.fills(rep_name="O'Brien", rep_doc_type="passport", rep_doc_number="PB1234567").presses("下一步")
    who.sees("请选择签发护照的国家或地区")
    who.fills(rep_doc_country="IRL").presses("下一步")
    who.fills(login_name="wanghai", password=GOOD, password2=GOOD).presses("下一步")
    who.fills(phone="139-0000-4002").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900004002"), consent="on").presses("完成注册")
    who.sees("注册成功", "单位和主代办人都要认证").picture("A3-done")


@scenario("A3", "G2")
def test_a_unit_registers_in_english_without_scripts(somebody: Come) -> None:
    who = somebody("unit clerk", language="en", scripts=False, size=PHONE)
    who.opens("/register/unit/").fills(name="Xizhou Optics Ltd 汐州光学", uscc=demo.credit_code(4004), **UNIT)
    who.presses("Next").fills(agent_name="Anna Lind", agent_doc_type="passport", agent_doc_number="XA7654321")
    who.presses("Next").sees("country").fills(agent_doc_country="SWE").presses("Next")
    who.fills(rep_name="沈知秋", rep_doc_type="resident_id", rep_doc_number=demo.resident_id(4005)).presses("Next")
    who.sees("10 characters or more").fills(login_name="optics_26", password=GOOD, password2=GOOD).presses("Next")
    who.fills(phone="+46 70 123 45 67").presses("Send the code")
    who.fills(code=who.code_sent_to("+46701234567"), consent="on").presses("Complete registration")
    who.sees("You are registered", "optics_26").picture("A3")


@scenario("A3", "G2")
def test_a_unit_of_another_place_registers_without_a_credit_code(somebody: Come) -> None:
    who = somebody("Hong Kong clerk", scripts=False, size=PHONE)
    who.opens("/register/unit/").fills(name="港湾光电有限公司").presses("香港").sees("商业登记号码", "8 位数字")
    who.sees_not("所在省份", "统一社会信用代码").picture("A3-hong-kong")
    assert who.page.input_value('[name="name"]') == "港湾光电有限公司"
    who.fills(uscc="123", address="皇后大道 1 号").presses("下一步").sees("香港商业登记号码是 8 位数字")
    who.fills(uscc="40045678-000").presses("下一步").sees("主代办人")
    other = somebody("foreign clerk", language="en")
    other.opens("/register/unit/").presses("Other countries").picture("A3-abroad")
    other.fills(country="SWE", name="Nordic Optics AB", uscc="556036-0793", address="Drottninggatan 1")
    other.presses("Next").fills(agent_name="Anna Lind", agent_doc_type="passport", agent_doc_number="XA7654399")
    other.fills(agent_doc_country="SWE").presses("Next")
    other.fills(rep_name="Bo Berg", rep_doc_type="passport", rep_doc_number="XA7654398", rep_doc_country="SWE")
    other.presses("Next").fills(login_name="nordic_26", password=GOOD, password2=GOOD).presses("Next")
    other.fills(phone="+46 70 123 45 99").presses("Send the code")
    other.fills(code=other.code_sent_to("+46701234599"), consent="on").presses("Complete registration")
    other.sees("You are registered").opens("/real-name/").agrees().picture("A3-abroad-real-name")


@scenario("B1")
def test_a_number_that_is_taken_goes_straight_into_recovery(somebody: Come) -> None:
    who = somebody("forgetful")
    number = demo.resident_id(20)
    who.opens("/register/person/").fills(name=demo.person_name(20), doc_type="resident_id", doc_number=number)
    who.presses("下一步").sees("这个证件号码已经注册过", "138****0020").sees_not("person20", "13800000020").picture(
        "B1"
    )
    who.presses("找回这个账号").sees("找登录名")
    assert who.page.input_value('[name="number"]') == number
    assert who.page.input_value('[name="name"]') == demo.person_name(20)
    who.presses("发送验证码")
    who.fills(code=who.code_sent_to(demo.mobile(20))).presses("下一步").sees("您的登录名是 person20").picture(
        "B1-found"
    )


@scenario("B2", "B3")
def test_a_unit_is_told_its_name_from_its_code(somebody: Come) -> None:
    who = somebody("unit clerk")
    code = demo.credit_code(1002, "420100")
    who.opens("/register/unit/").fills(name="临潭生物研究所", uscc=demo.credit_code(4100), **UNIT).presses("下一步")
    who.sees("这个单位名称已经注册过", "138****1002").sees_not("unit3").picture("B2")
    who.presses("找回单位账号").sees("找登录名")
    assert who.page.input_value('[name="name"]') == "临潭生物研究所"
    assert who.page.locator('[name="kind"][value="unit"]').is_checked()
    who.opens("/register/unit/").fills(name="临潭生命科学研究所", uscc=code, **UNIT).presses("下一步")
    who.sees("以另一个名称注册过，单位可能改过名").sees_not("临潭生物研究所").picture("B3")
    who.presses("改名并找回账号").sees("单位改名找回")
    assert who.page.input_value('[name="unit_name"]') == "临潭生命科学研究所"
    assert who.page.input_value('[name="uscc"]') == code
    who.picture("B3-recovery")


@scenario("B5")
def test_pressing_twice_and_looking_up(somebody: Come, product: Server) -> None:
    who = somebody("impatient", scripts=False)  # no script holds the second press back
    who.opens("/register/person/").fills(name="双击者", doc_type="resident_id", doc_number=demo.resident_id(4010))
    who.presses("下一步").fills(login_name="twice_26", password=GOOD, password2=GOOD).presses("下一步")
    who.opens("/register/lookup/").sees("您在这台设备上填了一半").presses("接着填").sees("填写手机号")
    who.fills(phone="13900004010").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900004010"), consent="on")
    who.page.locator("main form button.btn-primary").dblclick()
    who.page.wait_for_load_state("load")
    who.looks().sees("注册成功", "twice_26").picture("B5")
    with sqlite3.connect(product.database, timeout=30) as rows:
        assert rows.execute("SELECT count(*) FROM identity_account WHERE login_key = 'twice_26'").fetchone()[0] == 1
    other = somebody("elsewhere")
    other.opens("/register/lookup/").fills(sought="TWICE_26").presses("查一下").sees("已经注册。").presses("去登录")
    other.signs_in("twice_26", GOOD).sees("双击者")
    last = somebody("a third")
    last.opens("/register/lookup/").fills(sought=demo.resident_id(4010)).presses("查一下").sees("已经注册。")
    last.fills(sought="nobody_at_all").presses("查一下").sees("还没有注册。").presses("注册个人账号").sees(
        "填写姓名和证件"
    )
