"""The old system: bringing it over, finding one's accounts again, merging them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios import papers
from tests.scenarios.harness import PHONE, Somebody, scenario
from waizhuan.identity import demo
from waizhuan.projects.legacy.tests import old_system

Come = Callable[..., Somebody]
UNIT = "云溪理工大学"
CODE = demo.credit_code(1000, "330100")
TWICE = "岭北草业科学研究院"
OTHERWISE = "朔原牧草试验场"
BY_NAME = "朔原师范大学"
CLAIMED = "南浦橡胶试验站"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the old system held of the first demonstration unit: as Excel, as GBK, as UTF-8."""
    folder = tmp_path_factory.mktemp("old")
    lead, number = "WGZJXM_LiMY2014", demo.resident_id(2)
    accounts = [
        [lead, "李沐阳", "", "", "身份证", number.translate(old_system.WIDE) + " ", "D00001", "", "", ""],
        ["wangadmin", "王以前", "", "", "", "", "D00001", "", "2014-03-01", "2018年6月1日"],
        ["nobody_now", "赵离职", "", "", "", "", "D00001", "", "", ""],
        ["linws_old", "林望舒", "", "", "", "", "D00001", "", "", ""],
        ["caoyuan_old", "白牧野", "", "", "", "", "D00010", "", "", ""],
        ["zhouzq_old", "周知秋", "", "", "", "", "D00001", "", "", ""],
        ["chenqr_old", "陈前任", "", "", "", "", "D00001", "", "", ""],
        [
            "wrong_one",
            "错号码",
            "",
            "",
            "身份证",
            number[:-1] + ("0" if number[-1] != "0" else "1"),
            "D00001",
            "",
            "",
            "",
        ],
    ]
    # one name, no code: no rule can tell; and one that was called otherwise before the platform knew it
    twice = [
        ["D00010", TWICE, "", ""],
        ["D00011", TWICE, "", ""],
        ["D00012", OTHERWISE, "", ""],
        ["D00013", BY_NAME, "", ""],
        ["D00014", CLAIMED, "", ""],
    ]
    projects = [
        [f"MS2015XB{n:04d}", f"海水淡化膜材料研究之{n}", "高端外国专家引进计划", "2015", "D00001", "", login]
        for n, login in enumerate(
            ["limy2014", "limy2014", "wangadmin", "wangadmin", "nobody_now", "linws_old", "zhouzq_old"]
        )
    ]
    projects += [
        [f"MS2012XB020{n}", f"潮汐发电装置研究之{n}", "高端外国专家引进计划", "2012", "D00001", "", "chenqr_old"]
        for n in range(3)
    ]
    projects.append(["MS2013XB0101", "牧草良种繁育", "高端外国专家引进计划", "2013", "D00012", "", "caoyuan_old"])
    projects.append(["MS2014XB0102", "湿地鸟类监测", "高端外国专家引进计划", "2014", "D00013", "", "caoyuan_old"])
    projects.append(["MS2011XB0103", "橡胶树抗寒选育", "高端外国专家引进计划", "2011", "D00014", "", "caoyuan_old"])
    projects.append(["MS2016XB0100", "草原生态修复研究", "高端外国专家引进计划", "2016", "D00010", "", "caoyuan_old"])
    made = {
        "units": old_system.as_xlsx([old_system.UNIT_HEAD, ["D00001", UNIT, CODE, ""], *twice]),
        "accounts": old_system.as_csv([old_system.ACCOUNT_HEAD, *accounts], "gbk"),
        "projects": old_system.as_csv([old_system.PROJECT_HEAD, *projects], "utf-8-sig"),
    }
    names = {"units": "units.xlsx", "accounts": "accounts.csv", "projects": "projects.csv"}
    for kind, data in made.items():
        (folder / names[kind]).write_bytes(data)
    return {kind: folder / name for kind, name in names.items()}


def bring_over(who: Somebody, kind: str, path: Path, load: str = "全部导入") -> Somebody:
    """Upload, wait for the check, load, wait for the end."""
    who.opens("/old-system/imports/").fills(kind=kind, file=str(path)).presses("上传并检查")
    until(who, "检查结果")
    who.presses(load)
    return until(who, "导入结果")


def until(who: Somebody, text: str) -> Somebody:
    """Without scripts the page does not follow the work by itself: look again."""
    deadline = time.monotonic() + 90
    while text not in who.page.locator("main").inner_text() and time.monotonic() < deadline:
        who.page.wait_for_timeout(700)
        who.page.reload()
    return who.sees(text)


@pytest.fixture(scope="module")
def brought_over(browser, product, files) -> None:  # type: ignore[no-untyped-def]
    """The ministry imports the three files, once."""
    who = Somebody(browser, product.url, "ministry", scripts=False)
    who.signs_in("ministry_head", demo.PASSWORD)
    who.opens("/old-system/imports/").picture("legacy-import")
    bring_over(who, "units", files["units"])
    bring_over(who, "accounts", files["accounts"], "导入没有问题的行").sees("校验码对不上", "证件号码")
    who.picture("legacy-problems")
    bring_over(who, "projects", files["projects"])
    bring_over(who, "projects", files["projects"]).sees("已经有，没有变化")
    who.leaves()


@scenario("F9", "F8")
def test_my_old_account_is_linked_by_my_number(somebody: Come, brought_over: None) -> None:
    who = somebody("lead", size=PHONE)
    who.signs_in("limuyang", demo.PASSWORD).opens("/old-accounts/").sees(
        "WGZJXM_LiMY2014", "已关联", "证件号码相同", "MS2015XB0000"
    ).picture("F9")
    who.opens("/applications/").sees("旧系统的项目", "海水淡化膜材料研究之1").sees_not("研究之2")
    who.signs_out().signs_in("limy2014", demo.PASSWORD).sees("您的旧登录名可以继续用", "limuyang")
    who.presses("知道了，继续").sees("李沐阳")
    who.signs_out().signs_in("wgzjxm_LIMY2014", demo.PASSWORD).sees("limuyang")


@scenario("F3")
def test_the_unit_looks_up_its_administrators(somebody: Come, brought_over: None) -> None:
    admin = somebody("admin")
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/help/F3/").presses("查历任管理员")
    admin.is_at("/old-accounts/administrators/").sees(
        "WGZJXM_wangadmin", "王**", "2014年3月1日", "2018年6月1日", "现任"
    )
    admin.sees_not("王以前").picture("F3")


@scenario("F10")
def test_a_name_gives_nothing_and_the_unit_hands_over(somebody: Come, brought_over: None) -> None:
    lead, admin = somebody("lead"), somebody("admin")
    lead.signs_in("linwangshu", demo.PASSWORD).opens("/old-accounts/").sees_not("linws_old")
    lead.fills(login="WGZJXM_linws_old").presses("找一下").sees("还缺", "旧账号没有登记证件号码").picture("F10-claim")
    lead.opens("/old-system/projects/").sees_not("研究之5")
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/old-accounts/administrators/")
    admin.page.locator("tr", has_text="linws_old").get_by_role("link", name="移交给项目负责人").click()
    admin.looks().sees("研究之5")
    admin.page.select_option("#id_person", label="林望舒")
    admin.picture("F10-hand-over").presses("移交", within="main form")
    lead.opens("/old-system/projects/").sees("研究之5")


@scenario("F9", "G2")
def test_a_claim_in_english_without_scripts(somebody: Come, brought_over: None) -> None:
    who = somebody("lead", language="en", scripts=False)
    who.signs_in("linwangshu", demo.PASSWORD).opens("/old-accounts/").fills(login="nobody_now")
    who.presses("Find it", within="main").sees("no identity number to compare with", "has authorised you")
    who.fills(words="I used it from 2014 to 2018.").presses("Hand in the request", within="main form").sees(
        "Being looked into", UNIT
    )
    admin = somebody("admin", language="en", scripts=False)
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/").presses("Find out whether", within="main")
    admin.sees("I used it from 2014 to 2018.").picture("F9-case").presses("Confirm it is theirs", within="main")
    who.opens("/old-accounts/").sees("the old account's unit confirmed it").picture("F9-linked")


@scenario("F9")
def test_the_ministry_sees_what_it_imported(somebody: Come, brought_over: None) -> None:
    who = somebody("ministry", size=PHONE)
    who.signs_in("ministry_head", demo.PASSWORD).opens("/old-system/imports/").sees("accounts.csv", "已导入")
    who.presses("accounts.csv").sees("GBK", "要改的地方", "校验码对不上").picture("legacy-problems")


@scenario("F11", "G5")
def test_people_changed_and_the_projects_move(somebody: Come, brought_over: None, tmp_path: Path) -> None:
    admin, clerk = somebody("admin"), somebody("clerk")
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/help/F11/").presses("申请账号合并").presses("申请合并")
    admin.page.select_option("#id_source", label="WGZJXM_wangadmin")
    admin.page.select_option("#id_target", label="林望舒")
    admin.fills(reason="原单位管理员离职").presses("下一步").sees("MS2015XB0002", "MS2015XB0003", "通过后会移动什么")
    admin.picture("F11-list")
    letter = tmp_path / "letter.pdf"
    link = admin.page.get_by_role("link", name="下载申请和清单").get_attribute("href") or ""
    letter.write_bytes(admin.context.request.get(link).body())
    admin.page.locator("summary", has_text="打印盖章").click()
    admin.fills(letter=str(letter)).presses("上传", within="main form").sees("二维码和本申请一致").picture("G5")
    admin.presses("提交审核", within="main form").sees("现在由这里办理", "汐州市外国专家局")
    where = admin.page.url
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens(where).sees("二维码和本申请一致").picture("F11-review")
    clerk.presses("通过并合并", within="main").sees("已合并")
    lead = somebody("lead", size=PHONE)
    lead.signs_in("linwangshu", demo.PASSWORD).opens("/old-system/projects/").sees("MS2015XB0002", "MS2015XB0003")
    admin.opens(where).sees("审核通过，项目已经移好")
    admin.page.locator("summary", has_text="整体移回").click()
    admin.fills(note="移错了人").presses("整体移回", within="main form").sees("已移回").picture("F11-undone")
    lead.opens("/old-system/projects/").sees_not("MS2015XB0002")


def letter_of(who: Somebody, folder: Path, name: str) -> Path:
    """The letter that the page offers now."""
    link = who.page.get_by_role("link", name="下载申请和清单").get_attribute("href") or ""
    (folder / name).write_bytes(who.context.request.get(link).body())
    return folder / name


@scenario("F11", "G5")
def test_sent_back_given_another_target_and_moved_to_the_units_account(
    somebody: Come, brought_over: None, tmp_path: Path
) -> None:
    """From the leaver's account A to the verified unit's account B, after a first list that named the wrong person."""
    admin, clerk, unit = somebody("admin"), somebody("clerk"), somebody("unit", size=PHONE)
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/merges/new/")
    admin.page.select_option("#id_source", label="WGZJXM_chenqr_old")
    admin.page.select_option("#id_target", label="林望舒")
    admin.fills(reason="原单位管理员离职").presses("下一步").sees("MS2012XB0200", "MS2012XB0202")
    first = letter_of(admin, tmp_path, "first.pdf")
    admin.presses("以单位名义确认并提交").sees("现在由这里办理", "汐州市外国专家局")
    where = admin.page.url
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens(where)
    clerk.page.locator("summary", has_text="退回修改").click()
    clerk.fills(note="应当移给单位账号").presses("退回修改", within="main form")
    admin.opens(where).sees("应当移给单位账号", "以前的清单").presses("换新账号或原账号", within="main")
    admin.page.select_option("#id_target", label="单位账号")
    admin.picture("F11-change").presses("重新列清单").sees("MS2012XB0200", UNIT + "（单位账号）")
    admin.page.locator('input[name="keep"]').nth(2).uncheck()  # one stays where it is
    admin.presses("去掉没有勾的", within="main form").sees_not("MS2012XB0202")
    admin.page.locator("summary", has_text="打印盖章").click()
    admin.fills(letter=str(first)).presses("上传", within="main form").sees("这是改动以前的清单")
    admin.fills(letter=str(letter_of(admin, tmp_path, "second.pdf"))).presses("上传", within="main form")
    admin.sees("二维码和本申请一致").presses("提交审核", within="main form").sees("现在由这里办理")
    clerk.opens(where).sees("二维码和本申请一致", "以前的清单").picture("F11-second-list")
    clerk.page.locator("#former + *, [aria-labelledby=former]").get_by_role("link", name="林望舒").first.click()
    clerk.looks().sees("MS2012XB0202", "林望舒", "单位在线确认").picture("F11-former-list")
    clerk.opens(where).presses("通过并合并", within="main").sees("已合并")
    unit.signs_in("yunxi", demo.PASSWORD).opens("/messages/").sees("项目换了负责人", "2 个项目")
    unit.opens("/look-up/old/?q=chenqr_old&state=unit").sees("MS2012XB0200", "MS2012XB0201")
    unit.opens(where).sees("已合并", "审核通过，项目已经移好", "MS2012XB0200").picture("F11-done")
    lead = somebody("lead").signs_in("linwangshu", demo.PASSWORD).opens("/old-system/projects/")
    lead.sees_not("MS2012XB0200")


@scenario("F11", "G2")
def test_a_merge_in_english_without_scripts(somebody: Come, brought_over: None) -> None:
    admin = somebody("admin", language="en", scripts=False, size=PHONE)
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/merges/new/")
    admin.page.select_option("#id_source", label="WGZJXM_wangadmin")
    admin.page.select_option("#id_target", index=1)
    admin.fills(reason="The administrator left.").presses("Next: the list", within="main form")
    admin.page.locator('input[name="keep"]').first.uncheck()
    admin.presses("Remove the unticked ones", within="main form").sees("MS2015XB0003").sees_not("MS2015XB0002")
    admin.presses("Confirm in the unit's name", within="main form").sees("Under review").picture("F11-confirmed")


def takes_back(who: Somebody, old: str) -> Somebody:
    """From the list to the page that says who decided it, with a reason, and on to the page of finding the right one."""
    who.page.locator("tr", has_text=old).get_by_role("link", name="不是这个单位，撤回").click()
    who.looks().presses("撤回", within="main form").sees("请写明为什么不是这个单位")
    return who.fills(why="文号看错了").presses("撤回", within="main form").sees("文号看错了")


@scenario("F9")
def test_what_a_rule_matched_wrongly_is_taken_back_for_good(somebody: Come, brought_over: None) -> None:
    who, unit = somebody("ministry"), somebody("unit", size=PHONE)
    unit.signs_in("unit14", demo.PASSWORD).opens("/old-system/projects/").sees("湿地鸟类监测")
    who.signs_in("ministry_clerk", demo.PASSWORD).opens("/old-system/units/?view=rule").fills(q=BY_NAME).presses("筛选")
    who.sees(BY_NAME).picture("legacy-units-by-rule")
    takes_back(who, BY_NAME).picture("legacy-unit-taken-back")
    unit.opens("/old-system/projects/").sees_not("湿地鸟类监测").opens("/messages/").sees("文号看错了")


@scenario("F9")
def test_what_no_rule_can_tell_is_decided_by_the_ministry(somebody: Come, brought_over: None) -> None:
    who, unit = somebody("ministry"), somebody("unit")
    unit.signs_in("unit13", demo.PASSWORD).opens("/old-system/projects/").sees_not("草原生态修复研究")
    who.signs_in("ministry_head", demo.PASSWORD).opens("/old-system/units/").sees(TWICE, "现在的全称相同")
    who.picture("legacy-units").page.locator("tr", has_text="D00010").get_by_role("button").click()
    who.looks().opens("/old-system/units/?view=decided").sees("D00010", TWICE, "陶怀瑾").picture("legacy-units-decided")
    unit.opens("/old-system/projects/").sees("草原生态修复研究", "MS2016XB0100")
    takes_back(who, "D00010").opens("/old-system/units/?view=decided").sees("还没有人工对上的旧单位")
    unit.opens("/old-system/projects/").sees_not("草原生态修复研究")


@scenario("F9")
def test_a_unit_that_was_called_otherwise_is_found_by_a_paper(somebody: Come, brought_over: None) -> None:
    who, unit = somebody("ministry"), somebody("unit")
    who.signs_in("ministry_head", demo.PASSWORD).opens("/old-system/units/")
    who.page.locator("tr", has_text=OTHERWISE).get_by_role("link", name="是别的单位").click()
    who.looks().sees("这个旧单位现在是哪个单位", OTHERWISE)
    who.fills(unit="没有的研究院").presses("查找这个单位").sees("平台上没有这个号码或全称的已实名单位", "请填写“依据”")
    who.fills(unit=TWICE, why="民函〔2014〕12 号，O'Brien 𠮷").presses("查找这个单位")
    who.sees("确认后", "旧项目归" + TWICE).picture("legacy-unit-other").presses("就是这个单位")
    who.sees("人工对上的", OTHERWISE, TWICE, "民函〔2014〕12 号，O'Brien 𠮷")
    unit.signs_in("unit13", demo.PASSWORD).opens("/old-system/projects/").sees("牧草良种繁育")
    takes_back(who, OTHERWISE)
    unit.opens("/old-system/projects/").sees_not("牧草良种繁育")


@scenario("F9")
def test_a_unit_claims_what_it_was_before(somebody: Come, brought_over: None, tmp_path: Path) -> None:
    unit, clerk, head = somebody("unit", size=PHONE), somebody("clerk"), somebody("head", size=PHONE)
    unit.signs_in("unit16", demo.PASSWORD).opens("/help/F9/").presses("认领旧单位").presses("认领一个旧单位")
    unit.fills(old_name=CLAIMED, why="2015 年并入，O'Brien 𠮷").presses("提交认领").sees("请上传依据")
    unit.picture("F9-claim").uploads(papers.png(tmp_path, "批文.png")).sees("批文.png")
    unit.presses("提交认领").sees("外国专家服务司核实中", "5 个工作日").picture("F9-claim-waits")
    where = unit.page.url
    clerk.signs_in("ministry_clerk", demo.PASSWORD).opens(where + "review/").sees(CLAIMED, "2015 年并入，O'Brien 𠮷")
    clerk.presses("就是这个单位，报批准", within=".wz-decide").sees("请选择是哪个旧单位")
    clerk.page.get_by_label(f"选择“{CLAIMED}”").check()
    clerk.picture("F9-claim-review").presses("就是这个单位，报批准", within=".wz-decide")
    unit.opens(where).sees("外国专家服务司审批中")
    head.signs_in("ministry_head", demo.PASSWORD).opens(where + "review/").sees(CLAIMED, "严修齐核实")
    head.picture("F9-claim-approval").presses("批准", within=".wz-decide")
    unit.opens(where).sees("已归本单位").presses("看旧系统的项目").sees("橡胶树抗寒选育")


@scenario("F9", "G2")
def test_a_claim_to_an_old_unit_in_english_without_scripts(somebody: Come, brought_over: None, tmp_path: Path) -> None:
    unit, clerk = somebody("unit", language="en", scripts=False), somebody("clerk", language="en", scripts=False)
    unit.signs_in("unit17", demo.PASSWORD).opens("/old-system/projects/").presses("Claim an old unit")
    unit.presses("Start a claim", within="main").fills(old_name="No such works", why="Merged in 2012.")
    unit.page.set_input_files("#file", str(papers.png(tmp_path, "notice.png")))
    unit.presses("Upload", within="main form").sees("notice.png").presses("Hand in the claim", within="main form")
    where = unit.sees("With the Division, being checked").page.url
    clerk.signs_in("ministry_clerk", demo.PASSWORD).opens(where + "review/").sees("There is no such old unit")
    clerk.fills(note="Which year was it registered?").presses("Ask for more", within=".wz-decide")
    unit.opens(where).presses("Add what is missing").sees("Which year was it registered?")
    unit.fills(why="Merged in 2012, registered in 1998.").presses("Hand back", within="main form")
    clerk.opens(where + "review/").sees("registered in 1998").fills(note="No unit of that name.")
    clerk.presses("Decline", within=".wz-decide")
    unit.opens(where).sees("No unit of that name.").picture("F9-claim-declined")


@scenario("F10", "F4")
def test_a_wrong_link_is_undone_and_a_project_gets_its_lead(somebody: Come, brought_over: None) -> None:
    admin, wrong, right = somebody("admin"), somebody("wrong"), somebody("right", size=PHONE)
    admin.signs_in("chenzhiwei", demo.PASSWORD).opens("/old-accounts/administrators/")
    row = admin.page.locator("tr", has_text="zhouzq_old")
    row.get_by_role("link", name="移交给项目负责人").click()
    admin.page.select_option("#id_person", label="林望舒")
    admin.presses("移交", within="main form")
    wrong.signs_in("linwangshu", demo.PASSWORD).opens("/old-system/projects/").sees("研究之6")
    admin.opens("/old-accounts/administrators/")
    row.get_by_role("link", name="关联错了，撤销").click()
    admin.looks().sees("林望舒").presses("撤销关联", within="main form").sees("请写明为什么撤销")
    admin.fills(why="选错了人").picture("F10-unlink").presses("撤销关联", within="main form")
    wrong.opens("/old-system/projects/").sees_not("研究之6").opens("/messages/").sees("选错了人")
    admin.opens("/old-system/projects/?q=MS2015XB0006").presses("换负责人")
    admin.page.select_option("#id_lead", label="李沐阳")
    admin.picture("F4-old-project").presses("保存", within="main form").is_at("q=MS2015XB0006").sees("李沐阳")
    right.signs_in("limuyang", demo.PASSWORD).opens("/old-system/projects/").sees("研究之6")
    admin.opens("/old-system/projects/?q=海水淡化膜材料研究之").sees("研究之2")
    for title in ("研究之2", "研究之3"):
        admin.page.get_by_label(f"选择“海水淡化膜材料{title}”").check()
    admin.page.select_option("#id_lead", label="李沐阳")
    admin.picture("F4-old-projects").presses("换负责人", within="section").sees("2 个旧项目换了负责人")
    right.opens("/old-system/projects/").sees("研究之2", "研究之3")
