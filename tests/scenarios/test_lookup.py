"""Looking projects, units and experts up, and taking them along as a spreadsheet; with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo
from waizhuan.shared.refdata.masks import mask_number

Come = Callable[..., Somebody]
UNIT = "云溪理工大学"


@scenario("G2")
def test_search_as_one_types_save_the_conditions_export(somebody: Come) -> None:
    head = somebody("ministry head")
    head.signs_in("ministry_head", demo.PASSWORD).opens("/").presses("查找和导出").sees("查找：项目")
    rows = head.page.locator("#results tbody tr")
    before = rows.count()
    head.page.locator('[name="q"]').press_sequentially("高强", delay=40)
    expect(rows).to_have_count(1)  # by itself, without a button
    assert before > 1
    head.sees("高强轻质合金增材制造").looks().picture("look-up")
    head.presses("保存这组条件").fills(name="合金").presses("保存").sees("我保存的条件", "合金")
    head.presses("导出 Excel").presses("开始导出").sees("我的导出")
    head.page.get_by_role("link", name="下载").wait_for()  # the page draws itself again
    head.looks().picture("exports")
    with head.page.expect_download() as coming:
        head.page.get_by_role("link", name="下载").first.click()
    path = coming.value.path()
    assert path.read_bytes().startswith(b"PK")
    head.opens("/messages/").sees("导出好了")
    other = somebody("ministry clerk")
    other.signs_in("ministry_clerk", demo.PASSWORD)
    assert other.context.request.get("/look-up/exports/1.xlsx").status == 404


@scenario("G2")
def test_without_scripts_in_english_on_a_phone(somebody: Come) -> None:
    clerk = somebody("clerk", language="en", scripts=False, size=PHONE)
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens("/look-up/experts/").sees("Passport number").picture("experts")
    clerk.opens("/look-up/units/").fills(q="云溪").presses("Look up").sees("云溪理工大学").sees_not("北辰").picture(
        "units"
    )
    clerk.fills(q="nothing like it").presses("Look up").sees("Nothing meets these conditions")


@scenario("F3", "G2")
def test_who_acts_and_who_did_is_looked_up_by_unit_and_department(somebody: Come) -> None:
    name, number = demo.person_name(65), demo.resident_id(65)
    admin = somebody("admin")
    admin.signs_in("yunxi", demo.PASSWORD).opens("/authorisation/new/")
    admin.fills(name=name, sought=number, roles="unit.admin")
    admin.presses("授权", within="main form").sees("谁能代表我们办事", name)
    admin.page.locator("tr", has_text=name).get_by_role("link", name="收回").click()
    admin.presses("收回授权").opens("/look-up/people/").sees("查找：人员")
    rows = admin.page.locator("#results tbody tr")
    admin.page.locator('[name="q"]').press_sequentially(name[:2], delay=40)
    expect(rows.filter(has_text=name)).to_have_count(1)  # by itself, without a button
    expect(rows.filter(has_not_text=name[:2])).to_have_count(0)
    admin.looks().sees(UNIT, "单位管理员", "已结束", mask_number(number)).sees_not(number).picture("F3-people")
    clerk = somebody("clerk", language="en", scripts=False, size=PHONE)
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens("/look-up/people/").looks()
    clerk.page.select_option("#id_state", value="ended")
    clerk.presses("Look up", within="main form").sees(name, UNIT).sees_not("陈知微").picture("F3-people-phone")
    clerk.presses("Find a person by document number", within="main").fills(number=number, purpose="")
    clerk.presses("Look up", within="main form").sees("Please state the purpose").looks()
    clerk.fills(purpose="They called about the unit").presses("Look up", within="main form")
    clerk.sees(name).picture("F3-people-by-number")
    assert number not in clerk.page.url
    other = somebody("other unit")
    other.signs_in("unit5", demo.PASSWORD).opens(f"/look-up/people/?q={name}").sees("没有符合这些条件的")
