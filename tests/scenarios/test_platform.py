"""The platform's everyday errands, each by its ID."""

from __future__ import annotations

from collections.abc import Callable

from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]
NEW = "Haiyan-3026!"


@scenario("B1")
def test_a_number_that_is_taken_leads_to_recovery(somebody: Come) -> None:
    who = somebody("stranger")
    who.opens("/register/person/").fills(name="韩叙", doc_type="resident_id", doc_number=demo.resident_id(3)).presses(
        "下一步"
    )
    who.sees("这个证件号码已经注册过", "138****0003").sees_not("hanxu").picture("B1")
    who.presses("找回这个账号").sees("登录不了，怎么办")


@scenario("B2", "B3")
def test_a_unit_that_is_taken_is_told_apart(somebody: Come) -> None:
    who = somebody("stranger")
    given = {
        "uscc": demo.credit_code(1000, "330100"),
        "unit_kind": "institution",
        "province": "330000",
        "address": "路 1 号",
    }
    who.opens("/register/unit/").fills(name="云溪理工大学", **given).presses("下一步").sees(
        "这个单位名称已经注册过"
    ).picture("B2")
    who.fills(name="云溪科技大学").presses("下一步").sees("以另一个名称注册过，单位可能改过名").picture("B3")


@scenario("B5")
def test_did_my_registration_go_through(somebody: Come) -> None:
    who = somebody("somebody")
    who.opens("/register/lookup/").fills(sought="HANXU").presses("查一下").sees("已经注册。").picture("B5-lookup")
    who.fills(sought="nobody_at_all").presses("查一下").sees("还没有注册。")


@scenario("E1", "E3", "E4", "E7", "E8")
def test_back_in_by_name_number_and_code(somebody: Come) -> None:
    who = somebody("forgetful", size=PHONE)
    who.opens("/sign-in/").presses("登录不了").sees("看您还有什么，走最快的办法").picture("E1")
    who.fills(have="number").presses("下一步").sees("找登录名")
    who.fills(kind="person", name="买买提·吐尔逊", number=demo.resident_id(91)).presses("发送验证码")
    who.fills(code=who.code_sent_to(demo.mobile(91))).presses("下一步").sees("您的登录名是 maimaiti").picture("E3")
    who.presses("设新密码").sees("设新密码", "账号：maimaiti")
    who.fills(password=NEW, password2=NEW).picture("E4").presses("设好并登录").sees("密码改好了")
    who.opens("/").sees("买买提·吐尔逊")


@scenario("E2", "F8")
def test_signing_in(somebody: Come) -> None:
    who = somebody("lead")
    who.signs_in("nobody", "x").sees("登录名或密码不对").picture("E2")
    who.signs_in("LINWS", demo.PASSWORD).sees("您的旧登录名可以继续用", "linwangshu").picture("F8")
    who.presses("知道了，继续").sees("林望舒")


@scenario("C3")
def test_a_withdrawn_authorisation_is_gone_at_once(somebody: Come) -> None:
    admin = somebody("admin")
    admin.signs_in("unit3", demo.PASSWORD).opens("/authorisation/")
    name = admin.page.locator("tbody tr", has_text="项目负责人").first.locator("th b").inner_text()
    admin.opens("/authorisation/").picture("C3")
    admin.page.locator("tbody tr", has_text=name).get_by_role("link", name="收回").click()
    admin.looks().presses("收回授权")
    admin.opens("/authorisation/?past=1").sees(name, "已收回")


@scenario("G4", "G3")
def test_the_password_and_the_sessions(somebody: Come) -> None:
    here, there = somebody("here"), somebody("there")
    here.signs_in("person78", demo.PASSWORD)
    there.signs_in("person78", demo.PASSWORD)
    here.opens("/me/").sees("我的信息", demo.person_name(78)).sees_not(demo.resident_id(78)).picture("G3").presses(
        "修改密码"
    )
    here.fills(old=demo.PASSWORD, password="person78", password2="x").presses("修改密码", within="main form").sees(
        "太接近", "不一样"
    ).picture("G4-errors")
    here.fills(old=demo.PASSWORD, password=NEW, password2=NEW).presses("修改密码", within="main form").sees(
        "密码改好了"
    )
    there.opens("/me/").is_at("/sign-in/")
    here.opens("/sign-in/sessions/").sees("本次登录").picture("G4-sessions")
    there.signs_in("person78", NEW).sees(demo.person_name(78))
    here.opens("/sign-in/sessions/").presses("结束其他所有登录").sees("先输一次密码").fills(password="x")
    here.presses("结束其他所有登录", within="main form").sees("密码不对").picture("G4-end-session")
    here.fills(password=NEW).presses("结束其他所有登录", within="main form").is_at("/sign-in/sessions/")
    there.opens("/me/").is_at("/sign-in/")


@scenario("F1", "F4", "G2")
def test_empty_pages_say_why(somebody: Come) -> None:
    who = somebody("nobody's lead")
    who.signs_in("person75", demo.PASSWORD).opens("/applications/").sees(
        "您还看不到项目，原因在这里", "还没有单位授权您办理"
    ).picture("F4-empty")
    who.presses("请单位授权").fills(unit="松岭农业科学院").presses("发出请求").sees(
        "现在由这里办理", "松岭农业科学院"
    ).picture("A5-asked")
    clerk = somebody("clerk")
    clerk.signs_in("jianghai_clerk2", demo.PASSWORD).opens("/work/done/").sees("已办").picture("done")


@scenario("G2")
def test_every_kind_of_page_in_english_too(somebody: Come) -> None:
    who = somebody("reader", language="en")
    for path in ("/", "/help/", "/help/E4/", "/calls/", "/departments/", "/recovery/", "/ui/", "/nothing/"):
        who.page.goto(path)
        who.looks()
    who.signs_in("chenzhiwei", demo.PASSWORD)
    for path in (
        "/",
        "/applications/",
        "/assignment/",
        "/authorisation/",
        "/authorisation/new/",
        "/unit/",
        "/messages/",
        "/me/",
        "/services/",
    ):
        who.opens(path).picture("en" + path.replace("/", "-"))
