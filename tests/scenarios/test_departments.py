"""F5: the ministry renames and splits a department, and brings the tree in from Excel; units and clerks go on at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import xlsxwriter

from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo
from waizhuan.kernel import clock

Come = Callable[..., Somebody]
HEAD = ["类别", "上级", "名称", "地区代码", "电话", "办公时间", "地址"]


def excel(folder: Path, name: str, *rows: Sequence[str]) -> str:
    path = folder / name
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate((HEAD, *rows)):
            for column, text in enumerate(row):
                sheet.write_string(n, column, text)
    return str(path)


@scenario("F5")
def test_a_department_is_renamed_and_split(somebody: Come) -> None:
    ministry = somebody("ministry").signs_in("ministry_head", demo.PASSWORD)
    ministry.opens("/departments/?q=青石").picture("F5-tree").presses("青石市外国专家局").presses("改名称")
    ministry.fills(name="青石市科学技术局", public_phone="0717-12345").presses("保存变更")
    ministry.sees("有 1 处要改", "请填写依据的文号").picture("F5-rename")
    assert ministry.page.input_value('[name="name"]') == "青石市科学技术局"
    ministry.fills(reason="外专发〔2026〕12号").presses("保存变更").sees("青石市科学技术局", "外专发〔2026〕12号")
    unit = somebody("unit").signs_in("qingshi_unit1_admin", demo.PASSWORD)
    unit.opens("/unit/").sees("青石市科学技术局")
    clerk = somebody("clerk").signs_in("qingshi_clerk1", demo.PASSWORD)
    clerk.opens("/work/").sees("青石水利设计院")
    ministry.presses("拆分").fills(name_1="青石市东区外国专家局", name_2="青石市西区外国专家局", division_2="420502")
    ministry.fills(reason="青编发〔2026〕3号").picture("F5-split").presses("看会转走什么")
    ministry.sees("会转走什么", "哪里的单位归谁", "青石市西区外国专家局（新设）").picture("F5-dry-run")
    ministry.page.select_option("#place-420502", label="青石市西区外国专家局")
    ministry.presses("确认，现在就办").sees("已生效", "转走的单位", "青石陶瓷研究院", "青石市西区外国专家局").picture(
        "F5-done"
    )
    unit.opens("/unit/").sees("青石市西区外国专家局")
    unit.opens("/messages/").sees("您单位的归口单位变了")
    clerk.opens("/work/").sees("青石市东区外国专家局", "青石水利设计院").picture("F5-clerk")
    clerk.presses("青石水利设计院", within="tbody").presses("通过", within=".wz-decide")
    second = somebody("second").signs_in("qingshi_unit2_admin", demo.PASSWORD)
    second.opens("/unit/").sees("已通过", "青石市东区外国专家局")
    anyone = somebody("anyone").opens("/departments/?q=青石市外国专家局").sees("青石市东区外国专家局")
    anyone.sees_not("青石市科学技术局")


@scenario("F5")
def test_a_wrong_row_is_corrected_and_loaded_again(somebody: Come, tmp_path: Path) -> None:
    good = ["市级", "岭北省外国专家局", "安平市外国专家局", "420600", "0710-12345", "工作日", ""]
    wrong = ["市级", "岭北", "永宁市外国专家局", "429900", "打电话", "", ""]
    mended = ["市级", "岭北省外国专家局", "永宁市外国专家局", "420700", "0711-12345", "", ""]
    ministry = somebody("ministry").signs_in("ministry_head", demo.PASSWORD)
    ministry.opens("/departments/import/").picture("F5-import")
    ministry.fills(file=excel(tmp_path, "核对过的.xlsx", good, wrong), reason="年度核对").presses("上传并检查")
    ministry.sees("要改的地方", "没有叫“岭北”", "没有这个地区代码", "这不是电话号码").picture("F5-import-checked")
    with ministry.page.expect_download() as saved:
        ministry.page.get_by_role("link", name="下载要改的行").click()
    assert saved.value.suggested_filename.endswith("-problems.xlsx")
    ministry.presses("导入没有问题的行").sees("已导入")
    ministry.opens("/departments/import/")
    ministry.fills(file=excel(tmp_path, "改好的.xlsx", good, mended), reason="年度核对").presses("上传并检查")
    ministry.sees_not("要改的地方").presses("全部导入").sees("已导入")
    anyone = somebody("anyone", size=PHONE).opens("/departments/?q=永宁").sees("永宁市外国专家局", "0711-12345")
    anyone.picture("F5-found")


@scenario("F5")
def test_a_department_is_founded_and_closed_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    ministry = somebody("ministry", language="en", size=PHONE, scripts=False).signs_in("ministry_head", demo.PASSWORD)
    ministry.opens("/departments/").presses("New department")
    ministry.fills(tier="subprovincial", name="O'Brien 港外国专家局", division="420100", reason="Document 7")
    ministry.picture("F5-new").presses("Set up this department").sees("O'Brien 港外国专家局", "In effect").picture(
        "F5-department"
    )
    ministry.presses("Close").fills(reason="Document 8", successor_1="Nobody").presses("See what will move")
    ministry.sees("There is no department called “Nobody”").picture("F5-close")
    ministry.fills(successor_1="岭北省外国专家局").presses("See what will move").picture("F5-dry-run")
    ministry.presses("Confirm and carry out now").sees("In effect")
    ministry.opens("/departments/?q=O'Brien").sees("岭北省外国专家局").sees_not("O'Brien 港外国专家局")
    ministry.opens("/departments/changes/").sees("Document 8").picture("F5-changes")


@scenario("F5")
def test_a_single_unit_is_named_in_a_split_in_english_on_a_phone(somebody: Come) -> None:
    """Two successors, one typed wrongly; a unit that is not found, then one that is; the plan waits for its day."""
    ministry = somebody("ministry", language="en", size=PHONE).signs_in("ministry_head", demo.PASSWORD)
    ministry.opens("/departments/").sees("Competent departments").picture("F5-tree")
    ministry.opens("/departments/?q=汐州").presses("汐州市外国专家局").picture("F5-department-before")
    ministry.presses("Split").fills(name_1="汐州市东区外国专家局", name_2="汐州市西区外国专家局", division_2="12")
    ministry.fills(reason="Document 9").presses("See what will move").sees("There is no such division code")
    ministry.picture("F5-split").fills(division_2="330106").fills(
        effective_on=(clock.today() + dt.timedelta(days=30)).isoformat()
    )
    ministry.presses("See what will move").sees("Units assigned individually")
    ministry.fills(unit="Nobody", unit_to="1").presses("Add this unit").sees(
        "This department has no unit called “Nobody”"
    )
    ministry.picture("F5-dry-run-refused").fills(unit="云溪", unit_to="1").presses("Add this unit")
    ministry.sees("Not assigned individually").picture("F5-dry-run-split")
    ministry.presses("Confirm; it takes effect on that day").sees("Takes effect on its day").presses(
        "Cancel the reorganisation"
    )
    ministry.sees("Cancelled")
    ministry.opens("/departments/import/").picture("F5-import")


@scenario("F5")
def test_the_wrong_tier_is_mended_by_a_button(somebody: Come) -> None:
    unit = somebody("unit").signs_in("xizhou_unit3_admin", demo.PASSWORD)
    unit.opens("/unit/").fills(address="船坞路 1 号", kind="province")
    unit.page.wait_for_timeout(400)  # as a hand needs it
    unit.page.select_option("#id_root", label="江海省外国专家局")
    unit.sees("那里有市级归口单位，一般归它管：汐州市外国专家局").picture("F5-wrong-tier")
    unit.presses("改选汐州市外国专家局").sees("已保存").sees_not("一般归它管")
    assert unit.page.locator("#id_city option:checked").inner_text() == "汐州市外国专家局"
    assert unit.page.input_value('[name="address"]') == "船坞路 1 号"
