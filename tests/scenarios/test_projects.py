"""The experts system for units and leads: the way in, the right bureau, who has it, assigning, two people in one form."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.papers import png
from waizhuan.identity import demo

Come = Callable[..., Somebody]
PASSWORD = "Haiyan-3026!"


def new_unit(who: Somebody, n: int) -> str:
    """A unit of this run, registered by hand; not yet verified. Gives its name."""
    name, login = f"澜江研究所{n}", f"lanjiang{n}"
    who.opens("/register/unit/").fills(
        name=name, uscc=demo.credit_code(300_000 + n), unit_kind="institution", province="330000", address="澜江路 1 号"
    ).presses("下一步" if who.language != "en" else "Next")
    next_step = "下一步" if who.language != "en" else "Next"
    who.fills(agent_name="马明远", agent_doc_type="resident_id", agent_doc_number=demo.resident_id(851)).presses(
        next_step
    )
    who.fills(rep_name="杨怀瑾", rep_doc_type="resident_id", rep_doc_number=demo.resident_id(852)).presses(next_step)
    who.fills(login_name=login, password=PASSWORD, password2=PASSWORD).presses(next_step)
    phone = f"1390001{n:04d}"
    who.fills(phone=phone).presses("发送验证码" if who.language != "en" else "Send the code")
    who.fills(code=who.code_sent_to(f"+86{phone}"), consent="on")
    who.presses("完成注册" if who.language != "en" else "Complete registration")
    return name


@scenario("A4", "A5")
def test_the_way_in_says_what_is_missing_each_with_its_button(somebody: Come) -> None:
    unit = somebody("unit")
    new_unit(unit, secrets.randbelow(9000))
    unit.opens("/").presses("各项服务还缺什么").sees("外国专家项目管理").presses("办理入口")
    unit.sees("单位还没有实名认证", "还没有填写单位信息").picture("A4-what-is-missing")
    unit.presses("填写单位信息").sees("归口单位的类型").picture("A5-first-entry")

    person = somebody("person")
    person.signs_in("hanxu", demo.PASSWORD).opens("/services/").sees("还没有单位授权您办理")
    person.opens("/applications/").sees("您还看不到项目", "还没有单位授权您办理").picture("A5-person")
    person.presses("请单位授权").is_at("/authorisation/ask/").sees("请单位授权我")


def choose_by_kind(who: Somebody) -> None:
    who.fills(kind="city")
    who.page.locator("#id_city").wait_for()
    assert "江海省外国专家局" in who.page.locator("#id_root").inner_text()
    assert "兵团" not in who.page.locator("#id_root").inner_text()
    who.page.select_option("#id_root", label="江海省外国专家局")
    who.page.locator("#id_city option", has_text="澄湖市外国专家局").wait_for(state="attached")
    assert "临潭市" not in who.page.locator("#id_city").inner_text()


@scenario("F5")
def test_the_bureau_cannot_be_chosen_wrongly(somebody: Come) -> None:
    unit = somebody("unit")
    new_unit(unit, secrets.randbelow(9000))
    unit.opens("/unit/")
    choose_by_kind(unit)
    # another kind: what no longer fits is gone, and cannot be handed in
    unit.fills(kind="corps")
    unit.page.locator("#id_city").wait_for(state="detached")
    assert "江海省" not in unit.page.locator("#id_root").inner_text()
    unit.presses("提交审核").sees("请选择归口单位")

    # the province first: it offers its own bureau and those of its cities, and nothing else
    unit.fills(kind="")
    unit.page.locator("#id_root optgroup").first.wait_for(state="attached")
    # (two choices at once, as on a slow line: the last one wins)
    unit.page.evaluate(
        """names => { for (const name of names) {
            const list = document.querySelector("#id_root");
            list.value = [...list.options].find(o => o.label === name).value;
            list.dispatchEvent(new Event("change", {bubbles: true}));
        } }""",
        ["江海省外国专家局", "岭北省外国专家局"],
    )
    unit.page.locator("#id_kind option", has_text="兵团").wait_for(state="detached")
    assert unit.page.locator("#id_root option:checked").inner_text() == "岭北省外国专家局"
    offered = unit.page.locator("#id_kind").inner_text()
    assert "市级外国专家局" in offered
    assert "省级外国专家局" in offered
    unit.picture("F5-province-first").fills(kind="city")
    unit.page.locator("#id_city option", has_text="临潭市外国专家局").wait_for(state="attached")
    unit.page.select_option("#id_city", label="临潭市外国专家局")
    unit.page.wait_for_timeout(500)  # the list is drawn again
    unit.presses("先保存").sees("已保存").opens("/unit/")
    assert unit.page.locator("#id_city option:checked").inner_text() == "临潭市外国专家局"


@scenario("F5", "G2")
def test_the_bureau_without_javascript_in_english(somebody: Come) -> None:
    unit = somebody("unit", language="en", scripts=False, size=PHONE)
    new_unit(unit, secrets.randbelow(9000))
    unit.opens("/unit/")
    unit.page.select_option("#id_root", label="江海省外国专家局")
    unit.presses("List what belongs")
    unit.page.select_option("#id_kind", value="city")
    unit.presses("List what belongs")
    unit.page.select_option("#id_city", label="汐州市外国专家局")
    unit.presses("Save for now").sees("Saved").picture("F5-no-scripts")
    assert unit.page.locator("#id_city option[selected]").inner_text() == "汐州市外国专家局"


@scenario("F5", "F1")
def test_the_receiving_office_sends_the_unit_on_to_the_right_one(somebody: Come) -> None:
    """Handed in to another province's bureau, which is not responsible; the unit does nothing, and its clock goes on."""
    unit, wrong, right = somebody("unit"), somebody("wrong office"), somebody("right office", size=PHONE)
    name = new_unit(unit, secrets.randbelow(9000))
    unit.opens("/unit/").fills(kind="province")
    unit.page.locator("#id_root option", has_text="岭北省外国专家局").wait_for(state="attached")
    unit.page.select_option("#id_root", label="岭北省外国专家局")
    unit.page.wait_for_timeout(500)  # the list is drawn again
    unit.fills(
        address="澜江路 1 号",
        contact_name="陶亦安",
        contact_phone="0571-88881205",
        field="船舶工程",
        introduction="与国外船厂长期合作。",
    ).presses("提交审核").sees("现在由这里办理", "岭北省外国专家局")
    wrong.signs_in("lingbei_clerk1", demo.PASSWORD).opens("/work/").presses(name, within="tbody")
    case = wrong.page.url
    wrong.page.locator("summary", has_text="不归我们管").click()
    assert wrong.page.locator("#office option:checked").inner_text().strip() == "江海省外国专家局"  # by its place
    wrong.picture("F5-send-on").presses("转出", within="main form").sees("请写明")
    wrong.opens(case).page.locator("summary", has_text="不归我们管").click()
    wrong.page.locator("#reroute-note").fill("单位在江海省，归江海省外国专家局。")
    wrong.presses("转出", within="main form").opens("/work/").sees_not(name)
    assert wrong.context.request.get(case).status == 404  # no longer theirs
    unit.opens("/unit/").sees("现在由这里办理", "江海省外国专家局", "转给了负责的归口单位", "归江海省外国专家局")
    unit.picture("F5-sent-on").opens("/messages/").sees("单位信息转到了另一个归口单位")
    right.signs_in("jianghai_clerk1", demo.PASSWORD).opens(f"/work/?q={name}")
    right.presses(name, within="tbody").sees("归江海省外国专家局").picture("F5-arrived")
    right.presses("通过", within=".wz-decide")
    unit.opens("/unit/").sees("归口单位审核通过")


@scenario("F1")
def test_who_has_it_since_when_until_when_and_a_reminder_a_day(somebody: Come) -> None:
    """A project that waits for its department."""
    lead = somebody("lead")
    lead.signs_in("linwangshu", demo.PASSWORD).opens("/applications/").presses("高强轻质合金增材制造", within="tbody")
    lead.sees(
        "现在由这里办理", "汐州市外国专家局", "收到", "答复期限", "还有", "个工作日", "接下来会怎样", "单位确认并上报"
    )
    phone = lead.page.locator('.wz-holder a[href^="tel:"]').inner_text()
    assert re.fullmatch(r"0500-8800\d+", phone)
    lead.picture("F1-project").presses("提醒一次").sees("今天已经提醒过，明天可以再提醒")
    again = lead.page.locator(".wz-holder button", has_text="提醒一次")
    assert again.get_attribute("aria-disabled") == "true"
    clerk = somebody("clerk")
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens("/messages/").sees("高强轻质合金增材制造")


@scenario("F4")
def test_a_lead_without_projects_asks_and_the_unit_gives_and_moves_them(somebody: Come) -> None:
    admin, lead, other = somebody("admin"), somebody("lead"), somebody("other lead")
    admin.signs_in("chenzhiwei", demo.PASSWORD)
    login = _fresh_person(somebody, admin)
    lead.signs_in(login, PASSWORD)
    lead.opens("/applications/").sees(
        "还没有把项目分配给您", "您已经通过实名认证", "已经授权您", "单位信息已经审核通过"
    ).picture("F4-empty")
    lead.presses("请单位分配").sees("已经请过单位", "明天可以再请").picture("F4-asked")

    titles = [f"分配试验 {secrets.token_hex(3)}" for _ in range(2)]
    for title in titles:
        admin.opens("/applications/new/").fills(title=title)
        admin.page.select_option("#id_call", index=1)
        admin.presses("建立申报书").is_at(r"/applications/\d+/")
    admin.opens("/messages/").sees("请单位分配项目")
    admin.opens("/assignment/").sees("在等项目的人").presses(f"选项目交给{FRESH}")
    for title in titles:
        admin.page.get_by_label(f"选择“{title}”").check()
    admin.picture("F4-assign").presses("分配选中的项目").sees("已分配 2 个项目")
    lead.opens("/applications/").sees(*titles).presses(titles[0], within="tbody").sees("单位分配了项目负责人", FRESH)

    # moved on, both at once: the new lead sees them at once, the old one no longer
    for title in titles:
        admin.page.get_by_label(f"选择“{title}”").check()
    admin.page.select_option("#id_lead", label="林望舒")
    admin.presses("分配选中的项目").sees("已分配 2 个项目")
    other.signs_in("linwangshu", demo.PASSWORD).opens("/applications/").sees(*titles)
    lead.opens("/applications/").sees_not(*titles).opens("/messages/").sees("项目交给了另一位负责人")


FRESH = demo.person_name(719)


def _fresh_person(come: Come, admin: Somebody) -> str:
    """A verified person of this run, authorised as project lead. Gives the login name."""
    login = "fresh_" + secrets.token_hex(3)
    who = come("fresh")
    who.opens("/register/person/").fills(name=FRESH, doc_type="resident_id", doc_number=demo.resident_id(719)).presses(
        "下一步"
    )
    who.fills(login_name=login, password=PASSWORD, password2=PASSWORD).presses("下一步")
    who.fills(phone="13900027191").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900027191"), consent="on").presses("完成注册")
    who.opens("/real-name/").agrees().presses("开始").sees("已通过")
    admin.opens("/authorisation/new/").fills(name=FRESH, sought=demo.resident_id(719))
    admin.page.locator('input[name="roles"][value="projects.lead"]').check()
    admin.presses("授权", within="main form").sees(FRESH)
    return login


# ---------------------------------------------------------------- the form, and what may go wrong while it is filled in


@pytest.fixture
def draft(somebody: Come) -> tuple[Somebody, Somebody, str]:
    """An administrator and a lead before one new application."""
    admin, lead = somebody("admin"), somebody("lead")
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/applications/new/").fills(
        title="两人同填 " + secrets.token_hex(3)
    )
    admin.page.select_option("#id_call", index=1)
    admin.page.select_option("#id_lead", label="林望舒")
    admin.presses("建立申报书").is_at(r"/applications/\d+/")
    found = re.search(r"/applications/(\d+)/", admin.page.url)
    assert found
    lead.signs_in("linwangshu", demo.PASSWORD)
    return admin, lead, f"/applications/{found.group(1)}/"


def saved(who: Somebody) -> None:
    who.page.locator("[data-saved]").get_by_text("已自动保存").wait_for()


@scenario("A1", "F4")
def test_two_people_in_one_section_do_not_overwrite_each_other(draft: tuple[Somebody, Somebody, str]) -> None:
    admin, lead, at = draft
    lead.opens(at + "basic/")
    admin.opens(at + "basic/").fills(contact_name="管理员写的")
    saved(admin)
    lead.fills(summary="负责人写的 𠮷")
    saved(lead)
    assert lead.page.input_value('[name="contact_name"]') == "管理员写的"  # it came over, nobody lost anything
    admin.fills(need="管理员的理由")
    saved(admin)
    lead.fills(need="负责人的理由")
    lead.page.locator("#theirs_need").get_by_text("管理员的理由").wait_for()
    lead.sees("有人同时改了同一处").picture("clash")
    lead.presses("下一节").is_at("/experts/").opens(at + "basic/")
    assert lead.page.input_value('[name="need"]') == "负责人的理由"  # decided by whoever saw both
    assert lead.page.input_value('[name="summary"]') == "负责人写的 𠮷"
    assert lead.page.input_value('[name="contact_name"]') == "管理员写的"


@scenario("G2")
def test_a_session_that_ends_while_typing_loses_nothing(draft: tuple[Somebody, Somebody, str]) -> None:
    _, lead, at = draft
    lead.opens(at + "basic/")
    lead.context.clear_cookies(name="session")
    lead.fills(summary="过期以后写的").page.locator("[data-saved]").get_by_text("登录已过期").wait_for()
    lead.page.get_by_role("button", name=re.compile("^下一节")).click()
    lead.page.wait_for_timeout(800)
    assert lead.page.input_value('[name="summary"]') == "过期以后写的"  # the page is still here
    lead.picture("session-over")
    window = lead.context.new_page()
    window.goto(lead.url + "/sign-in/")
    window.fill('[name="login_name"]', "linwangshu")
    window.fill('[name="password"]', demo.PASSWORD)
    window.locator('main form button[type="submit"]').first.click()
    window.wait_for_load_state("load")
    window.close()
    saved(lead)  # by itself, with the new session
    lead.problems.clear()  # the browser notes each 401 on its console
    lead.opens(at + "basic/")
    assert lead.page.input_value('[name="summary"]') == "过期以后写的"
    lead.context.set_offline(True)
    lead.fills(need="断网时写的").page.locator("[data-saved]").get_by_text("没有连上服务器").wait_for()
    lead.context.set_offline(False)
    saved(lead)
    lead.problems.clear()


@scenario("G2")
def test_without_javascript_a_session_that_ends_loses_nothing(
    somebody: Come, draft: tuple[Somebody, Somebody, str]
) -> None:
    _, _, at = draft
    lead = somebody("lead without scripts", scripts=False)
    lead.signs_in("linwangshu", demo.PASSWORD).opens(at + "performance/")
    lead.context.clear_cookies(name="session")
    lead.fills(results="没有脚本也不丢").presses("下一节").is_at("/sign-in/")
    lead.fills(login_name="linwangshu", password=demo.PASSWORD)
    lead.page.locator('main form button[type="submit"]').first.click()
    lead.is_at(at + "performance/")
    assert lead.page.input_value('[name="results"]') == "没有脚本也不丢"
    lead.opens(at + "performance/")
    assert lead.page.input_value('[name="results"]') == "没有脚本也不丢"


@scenario("F4")
def test_the_limits_of_the_call_are_said_while_typing(draft: tuple[Somebody, Somebody, str], tmp_path: Path) -> None:
    """Too old at the cut-off, too short a stay, overlapping stays, a day outside the project, too much money."""
    _, lead, at = draft
    start = dt.date.today() + dt.timedelta(days=60)  # noqa: DTZ011
    lead.opens(at + "basic/").fills(starts_on=start.isoformat(), ends_on=(start + dt.timedelta(days=100)).isoformat())
    saved(lead)
    lead.opens(at + "experts/").goes_on("加一位专家", "/experts/").goes_on("加一次来华", "/experts/")
    key = lead.page.locator("fieldset.wz-expert").first.get_attribute("id") or ""
    lead.fills_in({f"{key}-name_latin": "Old O'Brien", f"{key}-nationality": "IRL", f"{key}-birth": "1940-01-01"})
    days = lead.page.locator(f'#{key} input[name$="-first"], #{key} input[name$="-last"]')
    for n, offset in enumerate((-5, 1, 0, 200)):
        days.nth(n).fill((start + dt.timedelta(days=offset)).isoformat())
    lead.sees(
        "周岁，这一批要求不超过 65 周岁",
        "到达日期早于项目开始日期",
        "离开日期晚于项目结束日期",
        "与这位专家的另一次来华时间重叠",
    )
    lead.picture("limits").page.get_by_role("button", name="加一位专家").click()
    lead.sees("第 2 位")
    assert lead.page.locator("fieldset.wz-expert").count() == 2
    lead.opens(at + "attachments/").uploads(png(tmp_path, "护照 𠮷.png"), into=2).sees("护照 𠮷.png")
