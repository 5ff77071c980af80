"""F2, F5: what was approved about a unit is corrected by request, and a unit moves from one department to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.papers import png
from waizhuan.identity import demo

Come = Callable[..., Somebody]


def evidence(unit: Somebody, folder: Path) -> None:
    unit.uploads(png(folder, "批文.png"))
    unit.page.locator(".wz-doc").wait_for()


@scenario("F2")
def test_a_correction_goes_through_department_and_ministry(somebody: Come, tmp_path: Path) -> None:
    unit = somebody("unit").signs_in("person4", demo.PASSWORD)
    unit.opens("/help/F2/").presses("申请更正").sees("由归口单位审核", "先由归口单位审核，再由外国专家服务司批准")
    unit.picture("F2-form").fills(field="旱作农业", address="滨江路 9 号").presses("提交申请")
    unit.sees("有 2 处要改", "请写明为什么要改").picture("F2-missing")
    unit.fills(why="学科调整，校区搬迁")
    evidence(unit, tmp_path)
    unit.presses("提交申请").sees("江海省外国专家局", "还有 5 个工作日", "旱作农业", "滨江路 9 号").picture(
        "F2-waiting"
    )
    second = somebody("colleague").signs_in("person4", demo.PASSWORD)
    second.opens("/unit/changes/new/").fills(address="滨江路 10 号", why="又改").presses("提交申请")
    second.sees("已经在另一个申请（GZ-")
    department = somebody("department").signs_in("jianghai_clerk1", demo.PASSWORD)
    department.opens("/work/?q=松岭").presses("松岭农业科学院", within="tbody").sees("改前", "旱作农业")
    department.picture("F2-review").presses("同意，报外国专家服务司", within=".wz-decide")
    ministry = somebody("ministry").signs_in("ministry_clerk", demo.PASSWORD)
    ministry.opens("/work/?q=松岭").presses("松岭农业科学院", within="tbody").presses("批准", within=".wz-decide")
    unit.opens("/unit/changes/").presses("主要领域、通信地址").sees("已更新", "海洋工程、材料科学", "旱作农业").picture(
        "F2-applied"
    )
    unit.opens("/unit/").sees("旱作农业", "滨江路 9 号")


@scenario("F2")
def test_a_contact_is_changed_at_once_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    unit = somebody("unit", language="en", size=PHONE, scripts=False).signs_in("person10", demo.PASSWORD)
    unit.opens("/unit/changes/new/").sees("Takes effect at once, without review").picture("F2-form")
    unit.fills(contact_name="O'Brien 买买提·吐尔逊").presses("Hand in the request").sees("Updated", "O'Brien").picture(
        "F2-applied"
    )
    unit.opens("/unit/").sees("O'Brien")


@scenario("F5")
def test_a_unit_moves_to_the_city_when_both_departments_agree(somebody: Come, tmp_path: Path) -> None:
    unit = somebody("unit").signs_in("person10", demo.PASSWORD)
    unit.opens("/unit/changes/new/").fills(kind="city")
    unit.page.wait_for_timeout(400)  # as a hand needs it
    unit.page.select_option("#id_root", label="江海省外国专家局")
    unit.page.locator("#id_city option", has_text="汐州市外国专家局").wait_for(state="attached")
    unit.presses("提交申请").sees("请选完归口单位")
    unit.page.select_option("#id_city", label="汐州市外国专家局")
    unit.fills(why="单位迁到汐州")
    evidence(unit, tmp_path)
    unit.presses("提交申请").sees("朔原省外国专家局", "汐州市外国专家局")
    old = somebody("old").signs_in("shuoyuan_clerk1", demo.PASSWORD)
    old.opens("/work/?q=仁和").presses("汐州仁和医院", within="tbody").presses("同意转出", within=".wz-decide")
    new = somebody("new").signs_in("xizhou_clerk1", demo.PASSWORD)
    new.opens("/work/?q=仁和").presses("汐州仁和医院", within="tbody").sees("朔原省外国专家局").picture("F5-receiving")
    new.presses("通过", within=".wz-decide")
    unit.opens("/unit/").sees("汐州市外国专家局")


@scenario("E11", "F5")
def test_a_unit_registered_elsewhere_says_whose_it_is(somebody: Come, tmp_path: Path) -> None:
    unit = somebody("unit", size=PHONE).signs_in("unit8", demo.PASSWORD)
    unit.opens("/real-name/change/").sees("归口单位不会自己变").picture("E11-place")
    unit.fills(division="330200", address="海港路 3 号", password=demo.PASSWORD).presses("提交变更")
    unit.sees("变更后的登记证书").uploads(png(tmp_path, "证书.png"))
    unit.page.locator(".wz-doc").wait_for()
    unit.presses("提交人工审核").sees("湖北省武汉市 → 浙江省宁波市", "海港路 3 号").picture("E11-place-waiting")
    desk = somebody("desk").signs_in("operator1", demo.PASSWORD)
    desk.opens(f"{unit.page.url.removeprefix(unit.url)}review/").sees("所在地区", "湖北省武汉市", "浙江省宁波市")
    desk.picture("E11-place-review")
    for box in desk.page.locator('input[name="accepted"]').all():
        box.check()
    desk.presses("通过", within=".wz-decide")

    admin = somebody("admin", language="en", size=PHONE, scripts=False).signs_in("person23", demo.PASSWORD)
    admin.opens("/messages/").sees("请确认归口单位")  # written in the language of the account
    admin.opens("/").picture("F5-whose-home").presses("Confirm your competent department")
    admin.sees("Its competent department has not changed with it", "岭北省外国专家局").picture("F5-whose")
    admin.presses("It stays responsible").sees_not("Confirm your competent department").sees("岭北省外国专家局")
    admin.opens("/").sees_not("Confirm your competent department")
    clerk = somebody("clerk").signs_in("lingbei_clerk1", demo.PASSWORD)
    clerk.opens("/messages/").sees("换了地区，仍归您单位管")
