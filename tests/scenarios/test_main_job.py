"""The main job end to end: from registration to an approved project, every step by hand in a real browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.papers import heic, png
from waizhuan.identity import demo

PASSWORD = "Haiyan-3026!"
UNIT = {
    "name": "澜江大学",
    "uscc": "12330100000050008X",
    "unit_kind": "institution",
    "province": "330000",
    "address": "澜江路 1 号",
}
REP = {"rep_name": "杨怀瑾", "rep_doc_type": "resident_id", "rep_doc_number": "330106199508050000"}
AGENT = {"agent_name": "马明远", "agent_doc_type": "resident_id", "agent_doc_number": demo.resident_id(851)}
PROFESSOR = {"name": demo.person_name(705), "doc_type": "resident_id", "doc_number": demo.resident_id(705)}
Come = Callable[..., Somebody]


def register_unit(who: Somebody) -> None:
    who.opens("/register/unit/").fills(**UNIT).presses("下一步")
    who.fills(**AGENT).presses("下一步")
    who.fills(**REP).presses("下一步")
    who.fills(login_name="lanjiang", password=PASSWORD, password2=PASSWORD).picture("A3-login").presses("下一步")
    who.fills(phone="139 0000 7001").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900007001"), consent="on").presses("完成注册").sees("注册成功").picture(
        "A3-done"
    )


def register_person(who: Somebody) -> None:
    who.opens("/register/person/").fills(name="", doc_type="resident_id", doc_number="123").presses("下一步")
    who.sees("有 2 处要改", "您填写的内容都还在").picture("B4-errors")
    who.fills(**PROFESSOR).presses("下一步")
    who.fills(login_name="zhao_prof", password="short", password2="other").presses("下一步").sees("密码要")
    who.fills(password=PASSWORD, password2=PASSWORD).presses("下一步")
    who.fills(phone="139 0000 7002").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900007002"), consent="on").presses("完成注册").sees("注册成功")
    who.page.go_back()
    who.page.reload()
    who.is_at("/register/person/done/").sees("zhao_prof")


def verify(professor: Somebody, unit: Somebody, operator: Somebody, folder: Path) -> None:
    """The professor passes at once; the main agent shows a photo, and an operator looks at it."""
    professor.opens("/real-name/").sees("我单独同意").picture("G3-consent").agrees().presses("开始").sees(
        "已通过"
    ).picture("D1-passed")
    unit.opens("/real-name/").agrees().presses("开始")
    unit.opens("/real-name/").picture("D1-unit")
    unit.presses("上传证件")
    photo = heic(folder)
    slots = unit.page.locator('input[type="file"]').count()
    for n in range(slots):
        unit.uploads(photo, into=n)
        unit.page.locator(".wz-doc").nth(n).wait_for()
    unit.picture("E12-uploaded").presses("提交人工审核").sees("现在由这里办理", "平台运营中心").picture("D2-waiting")
    operator.signs_in("operator1", demo.PASSWORD)
    operator.opens("/work/?q=马明远").presses("马明远", within="tbody").sees("这些材料证明什么").picture("D1-review")
    for box in operator.page.locator('input[name="accepted"]').all():
        box.check()
    with operator.page.expect_navigation():
        operator.page.keyboard.press("a")  # the single-key shortcut: approve, and on to the next case
    assert "马明远" not in operator.looks().title()  # the next case, of whatever kind
    unit.opens("/real-name/").sees("都通过了").picture("D9-nothing-more")
    unit.opens("/messages/").sees("实名")


def fill_profile(unit: Somebody, folder: Path) -> None:
    unit.opens("/services/").sees("外国专家项目管理").presses("办理入口").sees("还没有填写单位信息").picture(
        "A4-missing"
    )
    unit.presses("填写单位信息").fills(kind="city")
    unit.page.locator("#id_root").wait_for()
    unit.page.wait_for_timeout(300)  # as a hand needs it
    unit.page.select_option("#id_root", label="江海省外国专家局")
    unit.page.locator("#id_city").wait_for()
    unit.page.select_option("#id_city", label="汐州市外国专家局")
    unit.page.wait_for_timeout(500)
    unit.presses("提交审核").sees("有 5 处要改").picture("F5-missing")
    unit.fills(
        address="澜江路 1 号",
        contact_name="马明远",
        contact_phone="0571-88881204",
        field="海洋工程",
        introduction="与国外大学长期合作。",
    ).presses("提交审核")
    unit.sees("现在由这里办理", "汐州市外国专家局", "0500-8800", "还有 5 个工作日").picture("F1-waiting")


def review_profile(unit: Somebody, first: Somebody, second: Somebody, folder: Path) -> None:
    """One clerk asks for a document, the unit adds it, two clerks decide at the same moment."""
    first.signs_in("xizhou_clerk1", demo.PASSWORD)
    second.signs_in("xizhou_clerk2", demo.PASSWORD)
    first.opens("/work/?q=澜江大学").picture("queue").presses("澜江大学", within="tbody").sees("单位填写的").picture(
        "F1-review"
    )
    first.presses("请单位补充", within=".wz-decide").sees("请写明要补充什么")
    first.fills(note="请上传登记证书。").presses("请单位补充", within=".wz-decide")
    unit.opens("/").sees("补充单位信息").presses("补充单位信息").sees("请上传登记证书")
    unit.uploads(png(folder, "登记证书.png"))
    unit.page.locator(".wz-doc").wait_for()
    unit.presses("交回审核").sees("现在由这里办理")
    for clerk in (first, second):
        clerk.opens("/work/?q=澜江大学").presses("澜江大学", within="tbody")
    first.presses("通过", within=".wz-decide")
    second.presses("通过", within=".wz-decide").sees("已经有人办了", "汐州市外国专家局", "周若川").picture(
        "already-decided"
    )
    unit.opens("/unit/").sees("可以申报项目了", "归口单位审核通过")


def authorise(unit: Somebody, professor: Somebody) -> None:
    professor.opens("/services/").sees("还没有单位授权您办理").picture("A5-missing")
    unit.opens("/authorisation/new/").fills(name=PROFESSOR["name"], sought=PROFESSOR["doc_number"])
    unit.page.locator('input[name="roles"][value="projects.lead"]').check()
    unit.presses("授权", within="main form").sees(PROFESSOR["name"], "项目负责人").picture("C1-granted")
    professor.opens("/").sees("澜江大学", "项目负责人")  # already signed in: on the next request


def apply(unit: Somebody, professor: Somebody, folder: Path) -> str:
    unit.opens("/applications/new/")
    unit.page.select_option("#id_call", index=1)
    unit.fills(title="近海风电基础冲刷监测与防护")
    unit.page.select_option("#id_lead", label=PROFESSOR["name"])
    unit.presses("建立申报书").sees("近海风电基础冲刷监测与防护", PROFESSOR["name"])
    professor.opens("/").sees("填写申报书").presses("填写申报书")
    start = dt.date.today() + dt.timedelta(days=90)  # noqa: DTZ011
    professor.fills(
        area="industry",
        starts_on=start.isoformat(),
        ends_on=(start + dt.timedelta(days=300)).isoformat(),
        contact_name="联系人",
        contact_phone="0571-88881204",
        summary="联合研究。",
        need="专家有长期积累。",
    )
    professor.page.locator("[data-saved]").get_by_text(re.compile("已自动保存")).wait_for()
    professor.picture("autosaved")
    professor.goes_on("下一节", "/experts/")
    professor.goes_on("加一位专家", "/experts/")
    key = professor.page.locator("fieldset.wz-expert").first.get_attribute("id") or ""
    professor.fills_in(
        {
            f"{key}-name_latin": "Seán O'Brien",
            f"{key}-nationality": "IRL",
            f"{key}-passport": "PX1234567",
            f"{key}-birth": "1972-03-04",
            f"{key}-degree": "11",
            f"{key}-title": "011",
            f"{key}-employer": "Trinity College, Professor",
            f"{key}-speciality": "Ocean engineering",
        }
    )
    days = professor.page.locator(f'fieldset#{key} input[name$="-first"], fieldset#{key} input[name$="-last"]')
    days.nth(0).fill((start + dt.timedelta(days=10)).isoformat())
    days.nth(1).fill((start + dt.timedelta(days=29)).isoformat())
    professor.page.locator(f'[data-out="days-{key}"]').get_by_text("20").wait_for()
    professor.picture("experts")
    professor.goes_on("下一节", "/funding/")
    cells = professor.page.locator(".wz-budget td input.form-control")
    for n, amount in enumerate(["14200", "6000", "12000", "3600"]):
        cells.nth(n).fill(amount)
    professor.sees("城市间旅费多出 600 元").picture("funding-over")
    cells.nth(3).fill("2,400")
    professor.page.locator(".wz-sum-total").get_by_text("34,600").wait_for()
    professor.fills(match="60000", match_use="住宿和保险。").picture("funding")
    professor.goes_on("下一节", "/performance/")
    professor.presses("检查并提交", within="main").sees("处要办").picture("all-missing")
    professor.presses("还没有上传").sees("合作协议")
    for n in (0, 2):
        professor.uploads(png(folder, f"附件{n}.png"), into=n)
        professor.page.locator(".wz-doc").nth(n // 2).wait_for()
    professor.picture("attachments")
    professor.opens(professor.page.url.split("/attachments")[0].removeprefix(professor.url) + "/performance/")
    professor.fills(papers="3", patents="1", trained="6", lectures="2", results="样机一套。", benefits="带动企业应用。")
    professor.goes_on("下一节", "/attachments/")
    professor.presses("检查并提交", within="main").sees("都填好了").picture("ready").presses("提交", within="main form")
    professor.sees("已提交", "澜江大学")
    found = re.search(r"/applications/(\d+)/", professor.page.url)
    assert found
    return found.group(1)


def decide(come: Come, unit: Somebody, id: str) -> None:
    unit.opens("/").presses("确认申报书").sees("Seán O'Brien").picture("unit-confirm").presses(
        "确认并上报", within=".wz-decide"
    ).sees("已办理")
    head = come("department head")
    head.signs_in("xizhou_head", demo.PASSWORD).opens(f"/review/{id}/").sees("近海风电")
    head.fills(rank="").presses("推荐", within=".wz-decide").sees("推荐名次")
    head.fills(rank="77", note="基础扎实，建议支持。").picture("recommend").presses("推荐", within=".wz-decide").sees(
        "已办理"
    )
    clerk = come("ministry clerk")
    clerk.signs_in("ministry_clerk", demo.PASSWORD).opens(f"/review/{id}/").sees("建议支持").presses(
        "审查通过", within=".wz-decide"
    ).sees("已办理")
    minister = come("ministry head")
    minister.signs_in("ministry_head", demo.PASSWORD).opens(f"/review/{id}/").picture("approve").presses(
        "批准", within=".wz-decide"
    ).sees("已办理，现在是“已批准”").picture("approved")


def follow(professor: Somebody, id: str) -> None:
    """The project lead sees the timeline, the number, the letter and the application as PDFs."""
    professor.opens(f"/applications/{id}/").sees("项目已批准", "批准立项", "归口单位推荐", "单位确认并上报").picture(
        "timeline"
    )
    assert re.match(r"[A-Z]+\d{4}-\d+", professor.page.locator(".wz-holder-who").inner_text())
    for path in (f"/review/{id}/letter.pdf", f"/applications/{id}/application.pdf"):
        for _ in range(20):
            answer = professor.context.request.get(path)
            if answer.status == 200:
                break
            professor.page.wait_for_timeout(500)
        assert answer.body().startswith(b"%PDF")
    professor.opens("/messages/").sees("项目已批准")


@scenario("A1", "A2", "A3", "A4", "A5", "B4", "B5", "C1", "D1", "D2", "D9", "E12", "F1", "F4", "F5")
def test_from_registration_to_approval(somebody: Come, tmp_path: Path) -> None:
    unit, professor, operator = somebody("unit"), somebody("professor"), somebody("operator")
    register_unit(unit)
    register_person(professor)
    verify(professor, unit, operator, tmp_path)
    fill_profile(unit, tmp_path)
    review_profile(unit, somebody("clerk 1"), somebody("clerk 2"), tmp_path)
    authorise(unit, professor)
    id = apply(unit, professor, tmp_path)
    decide(somebody, unit, id)
    follow(professor, id)


@scenario("A2", "G2")
def test_the_pages_of_the_main_path_on_a_phone(somebody: Come) -> None:
    lead = somebody("lead on the phone", size=PHONE)
    lead.opens("/").picture("welcome")
    lead.signs_in("linwangshu", demo.PASSWORD).sees("等我办").picture("home")
    lead.opens("/applications/").picture("list").presses("中药活性成分筛选").picture("case")
    lead.presses("继续填写").picture("basic")
    clerk = somebody("clerk on the phone", size=PHONE)
    clerk.signs_in("xizhou_clerk1", demo.PASSWORD).opens("/work/").picture("queue")
