"""Real-name verification where something is in the way: taken, wrong, of another kind, or fixed already (D3–D8, D10)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.papers import heic
from waizhuan.identity import demo

Come = Callable[..., Somebody]
PASSWORD = "Haiyan-3026!"


@scenario("D3")
def test_a_number_of_another_account_leads_there_with_what_was_typed(somebody: Come) -> None:
    who = somebody("registered twice", size=PHONE)
    who.signs_in("person12", demo.PASSWORD).opens("/real-name/correct/")
    who.fills(name="韩叙", doc_type="resident_id", doc_number=demo.resident_id(3)).presses("改好，重新核对")
    who.sees("这个证件号码已属于另一个账号", "号码是我的，用证件证明").sees_not("hanxu").picture("D3")
    who.presses("关掉这次注册，去找回").sees("登录不了").presses("下一步")
    expect(who.page.locator('[name="number"]')).to_have_value(demo.resident_id(3))
    expect(who.page.locator('[name="name"]')).to_have_value("韩叙")
    who.signs_in("person12", demo.PASSWORD).sees("登录名或密码不对")


@scenario("D4", "D5")
def test_a_name_or_a_code_of_another_account_is_told_apart(somebody: Come) -> None:
    unit = somebody("unit")
    unit.signs_in("unit20", demo.PASSWORD).opens("/real-name/unit/").fills(name="云溪理工大学").presses("保存并核对")
    unit.sees("这个单位名称已属于另一个账号", "关掉这次注册，去找回").picture("D4")
    unit.fills(name="云溪科技大学", uscc=demo.credit_code(1000, "330100")).presses("保存并核对")
    unit.sees("登记的是以前的单位名称", "关掉这次注册，按改名找回").sees_not("关掉这次注册，去找回").picture("D5")


@scenario("D6")
def test_the_part_with_the_error_is_named_and_nothing_is_lost(somebody: Come) -> None:
    unit = somebody("unit")
    unit.signs_in("unit20", demo.PASSWORD).opens("/real-name/unit/")
    unit.sees("单位信息", "授权信息：主代办人", "法定代表人")
    unit.fills(address="新科技路 9 号", rep_name="", rep_doc_type="").presses("保存并核对")
    steps = unit.page.locator(".wz-steps")
    expect(steps).to_contain_text("有要改的地方")
    assert steps.get_by_text("有要改的地方").count() == 1, "one part is wrong, and one is marked"
    unit.sees("有 2 处要改", "您填写的内容都还在").picture("D6")
    unit.page.locator(".wz-problems a, .wz-summary a, [role=alert] a").first.click()
    expect(unit.page.locator('[name="rep_name"]')).to_be_focused()
    expect(unit.page.locator('[name="address"]')).to_have_value("新科技路 9 号")


@scenario("D7")
def test_every_kind_of_document_has_its_own_check(somebody: Come) -> None:
    who = somebody("foreigner")
    who.opens("/register/person/")
    kinds = who.page.locator('select[name="doc_type"] option').all_inner_texts()
    for kind in (
        "护照",
        "外国人永久居留身份证",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "港澳台居民居住证",
    ):
        assert kind in kinds
    country = who.page.locator('[name="doc_country"]')
    expect(country).to_be_hidden()  # until it is asked for
    who.fills(name="Siobhán O'Brien", doc_type="hkm_permit", doc_number="X12345678").presses("下一步").sees(
        "有 1 处要改"
    )
    who.fills(doc_type="passport", doc_number="PB7654399")
    expect(country).to_be_visible()
    assert "爱尔兰" in who.page.locator("datalist option").evaluate_all("options => options.map(o => o.value)")
    who.presses("下一步").sees("请选择签发护照的国家或地区").picture("D7")
    who.fills(doc_country="爱尔兰").presses("下一步").sees("设定登录名和密码")


@scenario("D8")
def test_a_phone_number_is_taken_as_people_type_it(somebody: Come) -> None:
    who = somebody("newcomer")
    who.opens("/register/person/").fills(
        name="高远", doc_type="resident_id", doc_number=demo.resident_id(9008)
    ).presses("下一步")
    who.fills(login_name="gao_yuan", password=PASSWORD, password2=PASSWORD).presses("下一步")
    who.fills(phone="12345").presses("发送验证码").sees("例如").picture("D8")
    who.fills(phone="＋８６ １３９－００００－７３０８").presses("发送验证码")
    who.fills(code=who.code_sent_to("+8613900007308"), consent="on").presses("完成注册").sees("注册成功")


@scenario("D10")
def test_what_is_verified_is_fixed_and_the_page_says_what_is_possible(somebody: Come, tmp_path: Path) -> None:
    who = somebody("verified person")
    who.signs_in("person79", demo.PASSWORD).opens("/real-name/").sees("姓名和证件号码就固定了，不能直接改").picture(
        "D10-fixed"
    )
    who.presses("换了新证件，或者证件快到期").fills(doc_number=demo.resident_id(4)).presses("下一步：上传新证件")
    who.sees("号码不同就不是同一个人的证件")
    who.fills(doc_number=demo.resident_id(79)).presses("下一步：上传新证件").sees("上传")
    photo = heic(tmp_path)
    for n in range(who.page.locator('input[type="file"]').count()):
        who.uploads(photo, into=n)
        who.page.locator(".wz-doc").nth(n).wait_for()
    who.presses("提交人工审核").sees("现在由这里办理", "平台运营中心").picture("D10-renewal")
    who.opens("/real-name/").sees("证件更新", "已通过")


@scenario("D10")
def test_a_typing_error_is_corrected_and_an_account_is_closed(somebody: Come) -> None:
    wrong, leaving = somebody("mistyped"), somebody("leaving")
    wrong.signs_in("person38", demo.PASSWORD).opens("/real-name/correct/")
    wrong.fills(doc_number=demo.resident_id(9038)).presses("改好，重新核对").sees("上传")
    wrong.opens("/real-name/correct/").fills(doc_number=demo.resident_id(38)).presses("改好，重新核对").sees("已通过")
    leaving.signs_in("person51", demo.PASSWORD).opens("/me/close/").sees("注销以后不能恢复").picture("D10-close")
    leaving.fills(password=demo.PASSWORD).page.locator("main form .wz-btn-bad").click()
    leaving.sees("账号已经注销")
    leaving.opens("/register/person/")
    leaving.fills(name=demo.person_name(51), doc_type="resident_id", doc_number=demo.resident_id(51)).presses("下一步")
    leaving.sees("设定登录名和密码")  # the number may register again


@scenario("D3", "D2")
def test_two_people_look_where_the_number_is_somebody_else_s(somebody: Come, tmp_path: Path) -> None:
    who, first, second = somebody("claimant"), somebody("first"), somebody("second")
    who.signs_in("person25", demo.PASSWORD).opens("/real-name/correct/")
    who.fills(name=demo.person_name(74), doc_type="resident_id", doc_number=demo.resident_id(74)).presses(
        "改好，重新核对"
    )
    who.presses("号码是我的，用证件证明").agrees().sees("上传")
    photo = heic(tmp_path)
    for n in range(who.page.locator('input[type="file"]').count()):
        who.uploads(photo, into=n)
        who.page.locator(".wz-doc").nth(n).wait_for()
    who.presses("提交人工审核").sees("现在由这里办理")

    first.signs_in("operator1", demo.PASSWORD).opens(f"/work/?q={demo.person_name(74)}")
    first.presses(demo.person_name(74), within="tbody").sees("另一个账号正使用这个号码", "两个人先后核对")
    case = first.page.url
    turns_and_zooms(first)
    first.picture("D3-contested")
    for box in first.page.locator('input[name="accepted"]').all():
        box.check()
    first.presses("建议通过，转复核", within=".wz-decide").opens(case).sees("复核中")
    expect(first.page.locator(".wz-decide")).to_have_count(0)  # whoever looked first does not confirm

    second.signs_in("operator2", demo.PASSWORD).opens(case)
    for box in second.page.locator('input[name="accepted"]').all():
        box.check()
    second.picture("D3-second").presses("复核通过", within=".wz-decide")
    who.opens("/real-name/").sees("已通过")


@scenario("E11", "A3")
def test_a_verified_unit_changes_its_name_and_stays_at_work(somebody: Come, tmp_path: Path) -> None:
    unit, desk = somebody("unit", size=PHONE), somebody("desk")
    unit.signs_in("unit17", demo.PASSWORD).opens("/me/").sees("澄湖光电技术有限公司", "提出变更，核对通过才生效")
    unit.opens("/real-name/change/").sees("变更以后会怎样", "以前的名称还能查到").picture("E11-change")
    unit.fills(password=demo.PASSWORD).presses("提交变更").sees("没有要变更的")
    unit.fills(name="澄湖𠮷光电有限公司", rep_name="古丽娜尔·买买提", rep_doc_number="", password=demo.PASSWORD)
    unit.presses("提交变更").sees("换了法定代表人或证件，请填写证件号码").picture("E11-wrong")
    unit.fills(rep_doc_number=demo.resident_id(9018), password=demo.PASSWORD).presses("提交变更").sees("上传")
    photo = heic(tmp_path)
    for n in range(3):
        unit.uploads(photo, into=n)
        unit.page.locator(".wz-doc").nth(n).wait_for()
    unit.presses("提交人工审核").sees("现在由这里办理", "澄湖光电技术有限公司 → 澄湖𠮷光电有限公司").picture(
        "E11-waiting"
    )
    case = unit.page.url.removeprefix(unit.url)
    unit.opens("/me/").sees("澄湖光电技术有限公司", "正在变更").opens("/real-name/").sees("已通过", "单位信息变更")

    desk.signs_in("operator1", demo.PASSWORD).opens(f"{case}review/")
    desk.sees("变更前", "变更后", "澄湖光电技术有限公司", "澄湖𠮷光电有限公司", "古丽娜尔·买买提").picture(
        "E11-side-by-side"
    )
    for box in desk.page.locator('input[name="accepted"]').all():
        box.check()
    desk.presses("通过", within=".wz-decide")
    unit.opens("/me/").sees("澄湖𠮷光电有限公司").sees_not("澄湖光电技术有限公司", "正在变更")
    unit.opens(case).sees("已经生效").picture("E11-done")


def turns_and_zooms(who: Somebody) -> None:
    """The tools beside the document change what is seen, and only that."""
    picture = who.page.locator("[data-stage-picture]")
    tool = who.page.get_by_role("toolbar")

    def shape() -> tuple[float, float]:
        box = picture.bounding_box()
        assert box is not None
        return box["width"], box["height"]

    before = shape()
    tool.get_by_role("button", name="放大").click()
    expect(tool.get_by_text("125%")).to_be_visible()
    assert shape()[0] > before[0] * 1.2
    tool.get_by_role("button", name="适合窗口").click()
    tool.get_by_role("button", name="右转").click()
    turned = shape()
    assert (turned[0] > turned[1]) != (before[0] > before[1]), "a picture that lay now stands"
    tool.get_by_role("button", name="左转").click()
    assert shape() == before


@scenario("D10", "G4")
def test_nobody_decides_their_own_verification(somebody: Come, tmp_path: Path) -> None:
    own, other = somebody("an operator"), somebody("a colleague")
    own.signs_in("operator1", demo.PASSWORD).opens("/real-name/").presses("换了新证件，或者证件快到期")
    own.fills(doc_number=demo.resident_id(200)).presses("下一步：上传新证件").sees("上传")
    photo = heic(tmp_path)
    for n in range(own.page.locator('input[type="file"]').count()):
        own.uploads(photo, into=n)
        own.page.locator(".wz-doc").nth(n).wait_for()
    own.presses("提交人工审核").opens(own.page.url.rstrip("/") + "/review/").sees("自己")
    expect(own.page.locator(".wz-decide")).to_have_count(0)
    other.signs_in("operator2", demo.PASSWORD).opens(own.page.url)
    expect(other.page.locator(".wz-decide")).to_be_visible()
    own.picture("D10-own-case")


@scenario("G8")
def test_a_verification_that_was_a_mistake_is_taken_back_by_two(somebody: Come) -> None:
    first, second = somebody("who saw it"), somebody("who decides", language="en", size=PHONE, scripts=False)
    who = somebody("mistaken", size=PHONE)
    first.signs_in("operator1", demo.PASSWORD).opens("/operators/accounts/")
    first.fills(by="login", value="person49", purpose="complaint").presses("查询").presses(
        demo.person_name(49)[0], within=".wz-rows"
    )
    first.presses("撤回“个人身份”的实名认证").sees("复核以前什么都不变").picture("G8-propose")
    first.presses("提出，交另一位复核").sees("有 1 处要改").fills(reason="照片不是同一个人").presses(
        "提出，交另一位复核"
    )
    first.sees("等复核", "提出撤回认证").picture("G8-proposed")
    who.signs_in("person49", demo.PASSWORD).opens("/real-name/").sees("已通过")

    second.signs_in("operator2", demo.PASSWORD).opens("/work/").presses(demo.person_name(49), within="tbody")
    second.sees("照片不是同一个人").picture("G8-decide").presses("Confirm").sees("Verification withdrawn")
    second.picture("G8-withdrawn")
    who.opens("/real-name/").sees("照片不是同一个人").sees_not("已通过").picture("G8-told")
