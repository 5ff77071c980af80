"""Who may act for a unit: giving, inviting, and never beyond what is one's own (C2, C4, C5, G3)."""

from __future__ import annotations

from collections.abc import Callable

from tests.scenarios.entering import link_to, message_to
from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo

Come = Callable[..., Somebody]
PASSWORD = NEW = "Haiyan-3026!"  # of whoever sets one here
NEWCOMER = 712  # 沈嘉树: the authority knows the number, the platform does not yet


@scenario("C2")
def test_an_administrator_gives_what_is_theirs_and_never_to_themselves(somebody: Come) -> None:
    admin, lead = somebody("administrator"), somebody("lead")
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/authorisation/new/")
    admin.fills(name="陈知微", sought="chenzhiwei", roles="unit.admin").presses("授权", within="main form")
    admin.sees("不能给自己授权").picture("C2-not-oneself")
    admin.opens("/authorisation/new/").fills(name="买买提•吐尔逊", sought="MaiMaiTi", roles="projects.lead")
    admin.presses("授权", within="main form").sees("谁能代表我们办事", "买买提·吐尔逊", "陈知微")
    lead.signs_in("maimaiti2", demo.PASSWORD)  # no such account: nothing may follow from a name that is like another
    lead.sees("登录名或密码不对")
    lead.signs_in("limuyang", demo.PASSWORD)
    lead.page.goto("/authorisation/new/")
    lead.sees("没有这个页面，或者您现在的身份看不到它")


@scenario("C4")
def test_why_nobody_is_found_and_an_invitation_that_keeps_its_promise(somebody: Come) -> None:
    admin, newcomer = somebody("administrator", size=PHONE), somebody("newcomer")
    admin.signs_in("unit14", demo.PASSWORD).opens("/authorisation/new/")
    admin.fills(name="韩序", sought="hanxu", roles="projects.lead").presses("授权", within="main form")
    admin.sees("姓名对不上")
    admin.fills(name=demo.person_name(64), sought="person64").presses("授权", within="main form")
    admin.sees("还没有通过实名认证")
    admin.fills(name="沈嘉树", sought=demo.resident_id(NEWCOMER)).presses("授权", within="main form")
    admin.sees("没有找到这个账号", "填上手机号再提交，就发短信邀请").picture("C4-invite")
    admin.fills(phone="139 0000 7201").presses("授权或发邀请")
    admin.sees("已邀请，等对方注册或认证", "沈嘉树").picture("C4-invited")

    newcomer.opens("/register/person/")
    newcomer.fills(name="沈嘉树", doc_type="resident_id", doc_number=demo.resident_id(NEWCOMER)).presses("下一步")
    newcomer.fills(login_name="shen_jiashu", password=PASSWORD, password2=PASSWORD).presses("下一步")
    newcomer.fills(phone="139 0000 7201").presses("发送验证码")
    newcomer.fills(code=newcomer.code_sent_to("+8613900007201"), consent="on").presses("完成注册").sees("注册成功")
    newcomer.opens("/applications/").sees("您还看不到项目，原因在这里")
    newcomer.opens("/real-name/").agrees().presses("开始").sees("已通过")
    newcomer.opens("/").sees("朔原师范大学", "项目负责人").picture("C4-granted")
    admin.opens("/authorisation/").sees("沈嘉树", "项目负责人").sees_not("已邀请，等对方注册或认证")


@scenario("C5")
def test_a_verified_unit_can_always_authorise_and_another_is_told_what_is_missing(somebody: Come) -> None:
    verified, other = somebody("verified unit"), somebody("unverified unit")
    verified.signs_in("unit16", demo.PASSWORD).opens("/authorisation/new/")  # it has never opened the experts system
    verified.fills(name="Anna Lindqvist", sought="annalindqvist", roles="projects.lead")
    verified.presses("授权", within="main form").sees("Anna Lindqvist", "项目负责人")
    other.signs_in("unit20", demo.PASSWORD).opens("/authorisation/new/").sees("单位通过实名认证以后才能授权").picture(
        "C5"
    )
    other.presses("去实名认证").is_at("/real-name/").sees("单位和主代办人都通过实名认证后")


@scenario("G3")
def test_the_main_agent_changes_when_old_and_new_confirm(somebody: Come) -> None:
    unit = somebody("unit")
    unit.signs_in("unit9", demo.PASSWORD).opens("/me/").sees("朔方大学")
    unit.opens("/organisations/agent/").fills(
        agent_name="沈听雨", agent_doc_type="resident_id", agent_doc_number=demo.resident_id(720), phone="13900007202"
    )
    unit.fills(password="wrong").page.locator('main form button[type="submit"]').first.click()
    unit.sees("密码不对")
    unit.fills(password=demo.PASSWORD).page.locator('main form button[type="submit"]').first.click()
    unit.sees("两边都确认", "沈听雨").fills(old=unit.code_sent_to(demo.mobile(1008)), new="000000")
    unit.presses("换成新的主代办人").sees("验证码不对").picture("G3-agent")
    unit.fills(new=unit.code_sent_to("+8613900007202")).presses("换成新的主代办人")
    # the old agent is out, and what they know opens nothing
    unit.is_at("/organisations/agent/done/").sees("主代办人换好了", "3 天内打开").picture("G3-agent-done")
    unit.opens("/me/").is_at("/sign-in/").signs_in("unit9", demo.PASSWORD).sees("登录名或密码不对", "登录不了，怎么办")
    unit.picture("G3-old-agent")
    assert message_to(unit, demo.mobile(1008), r"(沈\*\*，您设的密码从现在起不能再登录)")
    # the new one sets a password by a link, on a phone without scripts, and is verified next
    new = somebody("the new agent", size=PHONE, scripts=False)
    link = link_to(new, "+8613900007202", "/sign-in/link/")
    new.opens(link).sees("账号：unit9").picture("G3-link").fills(password="unit9", password2="x").presses("设好并登录")
    new.sees("密码").fills(password=NEW, password2=NEW).presses("设好并登录")
    new.agrees().is_at("/real-name/").sees("沈听雨", "未认证").opens("/me/").sees("朔方大学")
    unit.opens(link).sees("这个链接已经失效")
    unit.signs_in("unit9", demo.PASSWORD).sees("登录名或密码不对")


@scenario("G3", "G2")
def test_the_main_agent_changes_in_english(somebody: Come) -> None:
    unit = somebody("unit", language="en")
    unit.signs_in("unit18", demo.PASSWORD).opens("/organisations/agent/").fills(
        agent_name="Anna Berg",
        agent_doc_type="resident_id",
        agent_doc_number=demo.resident_id(721),
        phone="13900007212",
        password=demo.PASSWORD,
    )
    unit.page.locator('main form button[type="submit"]').first.click()
    unit.fills(old=unit.code_sent_to(demo.mobile(1017)), new=unit.code_sent_to("+8613900007212")).picture("G3-agent")
    unit.page.locator('main form button[type="submit"]').first.click()
    unit.is_at("/organisations/agent/done/").picture("G3-agent-done")
    new = somebody("the new agent", language="en", size=PHONE)
    new.opens(link_to(new, "+8613900007212", "/sign-in/link/")).picture("G3-link")
    new.fills(password=NEW, password2=NEW).page.locator('main form button[type="submit"]').first.click()
    new.agrees().is_at("/real-name/").sees("Anna Berg")
