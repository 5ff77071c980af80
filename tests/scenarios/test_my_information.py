"""我的信息: a copy of one's data, corrections and deletions that have their effect, consents (G3, Art. 44–50)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.entering import message_to
from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]


@scenario("G3", "D10")
def test_a_copy_a_correction_and_the_consents(somebody: Come, tmp_path: Path) -> None:
    who, desk = somebody("somebody"), somebody("desk")
    who.signs_in("person73", demo.PASSWORD).opens("/me/").sees("个人信息副本", "更正和删除", "同意记录").picture(
        "G3-me"
    )
    with who.page.expect_download() as waiting:
        who.page.locator('form[action="/me/download/"] button').click()
    waiting.value.save_as(tmp_path / "copy.json")
    copy = json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))
    assert copy["account"]["login_name"] == "person73"
    assert copy["person"]["number"] == demo.resident_id(73)
    assert {"cases", "devices", "messages", "systems", "security_events", "mandates", "projects"} <= set(copy)
    who.opens("/me/consents/").sees("同意记录").picture("G3-consents")
    # a correction: what is wrong with it is said at once, nothing typed is lost
    who.opens("/me/").presses("提请求").fills(kind="correct", field="name", value="<b>", words="户籍上改了名")
    who.presses("提交").sees("姓名里不能有这些字符").picture("G3-correct-wrong")
    who.fills(value="邵闻𠮷").presses("提交").sees("现在由这里办理", "邵闻𠮷").picture("G3-correct")
    desk.signs_in("operator1", demo.PASSWORD).opens(who.page.url.removeprefix(who.url)).sees("邵闻𠮷", "重新实名认证")
    desk.picture("G3-correct-desk").fills(note="已核对户籍证明").presses("答复").sees("已答复")
    who.opens("/me/").sees("邵闻𠮷")
    who.opens("/real-name/").sees_not("已通过").picture(
        "G3-corrected"
    )  # verified anew: the authority knows another name


@scenario("G3", "D10")
def test_a_deletion_removes_what_need_not_be_kept(somebody: Come) -> None:
    who, desk = somebody("leaving"), somebody("desk")
    who.signs_in("person72", demo.PASSWORD).opens("/me/requests/").presses("删除什么，保留什么")
    who.sees("安全事件", "至少 6 个月", "项目", "登录的设备").picture("G3-kept").presses("提请求")
    who.fills(kind="delete", words="不再参加项目").presses("提交").sees("现在由这里办理")
    desk.signs_in("operator1", demo.PASSWORD).opens(who.page.url.removeprefix(who.url)).sees("不能恢复")
    desk.picture("G3-delete-desk").fills(note="已核对，可以删除").presses("答复").sees("已答复")
    who.opens("/me/").is_at("/sign-in/").signs_in("person72", demo.PASSWORD).sees("登录名或密码不对")
    assert message_to(who, demo.mobile(72), "(已注销)")
    who.opens("/register/person/")
    who.fills(name=demo.person_name(72), doc_type="resident_id", doc_number=demo.resident_id(72)).presses("下一步")
    who.sees("设定登录名和密码")  # the number is free


@scenario("G3", "D10")
def test_the_last_administrator_and_the_lead_read_what_to_do_first(somebody: Come) -> None:
    who = somebody("administrator")
    who.signs_in("chenzhiwei", demo.PASSWORD).opens("/me/requests/").fills(kind="delete", words="我要走了")
    who.presses("提交").sees("最后一位管理员", "去授权另一位").picture("G3-delete-refused")
    lead = somebody("lead")
    lead.signs_in("linwangshu", demo.PASSWORD).opens("/me/close/").sees("请单位先交给别人").picture("G3-close-refused")


@scenario("G3", "G2")
def test_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    who = somebody("foreigner", language="en", size=PHONE, scripts=False)
    who.signs_in("annalindqvist", demo.PASSWORD).opens("/me/requests/").picture("G3-requests")
    who.fills(kind="correct", field="name", value="", words="Typing error").presses("Hand in")
    who.sees("1 thing to correct", "Say what it should be").picture("G3-correct-wrong")
    who.fills(value="Anna Maria Lindqvist").presses("Hand in").sees("Anna Maria Lindqvist").picture("G3-correct")
    who.opens("/me/kept/").sees("Security events", "at least 6 months").picture("G3-kept")
    who.opens("/me/consents/").picture("G3-consents")


@scenario("G3", "D10")
def test_a_consent_is_withdrawn_and_what_is_left_works(somebody: Come) -> None:
    who = somebody("withdrawing", size=PHONE)
    who.signs_in("person70", demo.PASSWORD).opens("/me/consents/").sees("个人信息保护说明", "为实名认证处理证件信息")
    who.presses("收回：个人信息保护说明").sees("不能再办事", "还能做的").picture("G3-withdraw-consent")
    who.presses("收回我的同意").sees("我已阅读并同意", "可以不同意").picture("G3-consent-refused")
    who.opens("/services/").sees("同意并继续").opens("/me/close/").sees("注销以后不能恢复").opens("/services/")
    who.presses("同意并继续").sees("有 1 处要改").agrees().is_at("/services/")


@scenario("G3", "D10")
def test_whoever_refuses_withdraws_what_is_under_way_and_closes_the_account(somebody: Come) -> None:
    who = somebody("refusing", language="en", size=PHONE, scripts=False)
    who.signs_in("person77", demo.PASSWORD).opens("/me/requests/").fills(kind="explain", words="Why?").presses(
        "Hand in"
    )
    who.opens("/me/consents/privacy/").presses("Withdraw my consent").is_at("/me/consent/")
    who.presses("Close the account", within="main").sees("It cannot be closed yet")
    who.page.locator("main details > summary").click()
    who.sees("cannot be undone").picture("G3-close-withdraw").presses("Withdraw it for good").is_at("/me/close/")
    who.sees_not("It cannot be closed yet").fills(password=demo.PASSWORD).picture("G3-close")
    who.presses("Close the account", within="main form").is_at("/me/closed/")
    who.opens("/me/").is_at("/sign-in/").signs_in("person77", demo.PASSWORD).sees("wrong")


@scenario("G3", "D10")
def test_an_account_that_leads_projects_closes_by_itself_once_the_unit_names_somebody_else(somebody: Come) -> None:
    lead, admin = somebody("leaving lead"), somebody("administrator", language="en", size=PHONE, scripts=False)
    lead.signs_in("person48", demo.PASSWORD).opens("/me/close/").sees("现在还不能注销", "不用撤回")
    lead.picture("D10-close-held-up").fills(password=demo.PASSWORD).presses("提出注销").is_at("/me/close/")
    lead.sees("已经提出注销", "等单位换人接手", "还有 5 个工作日").picture("D10-close-waits")
    lead.presses("看谁来接手").sees("现在由这里办理", "单位管理员").picture("D10-relief")
    lead.opens("/me/").sees("正在等待注销").presses("看办理进度").presses("取消注销").sees("现在还不能注销")
    lead.fills(password=demo.PASSWORD).presses("提出注销").sees("已经提出注销")

    admin.signs_in("person46", demo.PASSWORD).opens("/").sees("the account is being closed").presses("Open")
    admin.sees("closing their account", "Answer due").picture("D10-relief").presses("Give to another lead")
    admin.page.locator('input[name="project"]').first.check()
    admin.page.locator("#id_lead").select_option(label=demo.person_name(47))
    admin.presses("Assign the selected projects").sees("1 project assigned")

    lead.opens("/me/close/").sees("几分钟内自动注销").picture("D10-close-settled")
    assert message_to(lead, demo.mobile(48), "(已注销)", seconds=120)
    lead.opens("/me/").is_at("/sign-in/").signs_in("person48", demo.PASSWORD).sees("登录名或密码不对")
    admin.opens("/work/done/").opens("/").sees_not("the account is being closed")
