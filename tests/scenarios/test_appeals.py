"""The appeal: papers, two people, everybody told, a link that works once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.entering import give_papers, let_cool, link_to, message_to
from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server
from waizhuan.identity import demo

Come = Callable[..., Somebody]
NEW = "Haiyan-3026!"


def decides(who: Somebody, title: str, press: str, *, note: str = "") -> Somebody:
    """The operator's way: queue → case → every reminder looked at → decision."""
    who.opens("/work/?process=appeals.appeal")
    who.page.get_by_role("link", name=title).first.click()
    who.looks().sees("这些材料证明什么")
    for box in who.page.locator('input[name="accepted"]').all():
        box.check()
    if note:
        who.page.fill("#note", note)
    return who.presses(press, within=".wz-decide")


@scenario("E10", "E12", "E6", "G5")
def test_a_person_s_appeal(somebody: Come, product: Server, tmp_path: Path) -> None:
    who, new = somebody("locked out", size=PHONE), "+8613900005030"
    name = demo.person_name(30)
    who.opens("/appeals/").sees("要准备什么，要多久").fills(kind="person").presses("下一步")
    who.fills(name=name, doc_type="resident_id", doc_number=demo.resident_id(30), phone="139 0000 5030", identity="on")
    who.presses("下一步").sees("验证码发到了")
    who.fills(code=who.code_sent_to(new)).presses("下一步").sees("先打印申诉书").picture("E10-papers")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"MZ not a picture at all")
    who.opens("/appeals/papers/").page.set_input_files("input#id_front", str(broken))
    who.page.locator("#error-id_front").wait_for()
    who.looks().picture("E12-error")
    who.presses("提交申诉").sees("还缺：", "处要改")
    give_papers(who, tmp_path).sees("二维码对上了").picture("E12")
    who.presses("提交申诉").sees("审核中", "平台运营中心", "接下来会怎样").picture("E10")
    assert message_to(who, new, r"收到您的申诉 (SS-\d{4}-\d+)")
    operator, owner = somebody("operator"), somebody("who has the old phone")
    operator.signs_in("operator1", demo.PASSWORD)
    decides(operator, name, "通过")
    who.opens("/appeals/mine/").sees("等待期").picture("E10-cooling")
    # the previous contacts are told, and can object; without an objection the link comes
    objection = link_to(owner, demo.mobile(30), "/appeals/object/")
    owner.opens(objection).sees("有人申诉找回您的账号", "提出异议").picture("E10-objection")
    let_cool(product)
    link = link_to(who, new, "/sign-in/link/", seconds=90)
    who.opens(link).sees("账号：person30").fills(password=NEW, password2=NEW).presses("设好并登录").agrees().sees(name)
    owner.opens(link).sees("这个链接已经失效")
    owner.opens(objection).sees("这件申诉已经办结")


@scenario("E10")
def test_a_previous_contact_objects(somebody: Come, tmp_path: Path) -> None:
    who, owner = somebody("somebody else", language="en", scripts=False, size=PHONE), somebody("owner")
    name = demo.person_name(32)
    who.opens("/appeals/new/person/")
    who.fills(name=name, doc_type="resident_id", doc_number=demo.resident_id(32), phone="13900005032", identity="on")
    who.presses("Next").fills(code=who.code_sent_to("+8613900005032")).presses("Next")
    give_papers(who, tmp_path).picture("E10-papers")
    who.page.locator('button:has-text("Submit"), button:has-text("Hand in"), button:has-text("File")').first.click()
    who.looks().is_at("/appeals/mine/").picture("E10")
    operator, senior = somebody("operator"), somebody("senior")
    operator.signs_in("operator1", demo.PASSWORD)
    decides(operator, name, "通过")
    link = link_to(owner, demo.mobile(32), "/appeals/object/")
    owner.opens(link).fills(note="我还在用这个账号").presses("提出异议")
    owner.sees("您的异议已经收到", "账号没有变动")
    senior.signs_in("operator2", demo.PASSWORD)
    senior.opens("/work/?process=appeals.appeal").page.get_by_role("link", name=name).first.click()
    senior.looks().sees("我还在用这个账号")
    senior.page.fill("#note", "原来的联系人还在用")
    senior.presses("不通过", within=".wz-decide")
    owner.opens(link).sees("异议成立，账号没有变动").picture("E10-upheld")
    owner.signs_in("person32", demo.PASSWORD).sees(name)


@scenario("E1", "E9", "E11", "G5")
def test_a_unit_that_changed_its_name(somebody: Come, product: Server, tmp_path: Path) -> None:
    who, new = somebody("new agent"), "+8613900005034"
    code, old, name = demo.credit_code(1012, "420100"), "岭北草业科学研究院", "岭北草原生态研究院"
    who.opens("/sign-in/").presses("单位改了名称").presses("下一步").sees(
        "单位改名找回", "主代办人写谁？单位里谁都可以"
    )
    who.fills(
        old_name=old,
        unit_name=name,
        uscc=code,
        name="沈知秋",
        doc_type="resident_id",
        doc_number=demo.resident_id(5034),
    )
    who.fills(phone="13900005034", identity="on").presses("下一步")
    who.fills(code=who.code_sent_to(new)).presses("下一步").sees(
        "签名盖章的申诉书", "打开更名说明（PDF）", "复印件，本人签字、盖单位公章"
    )
    give_papers(who, tmp_path).picture("E11-papers").presses("提交申诉").sees("审核中").picture("E11")
    first, second = somebody("operator"), somebody("senior")
    first.signs_in("operator1", demo.PASSWORD)
    decides(first, name, "建议通过，转复核")
    who.opens("/appeals/mine/").sees("复核中")
    second.signs_in("operator2", demo.PASSWORD)
    decides(second, name, "复核通过")
    assert message_to(who, demo.mobile(1012), r"(有人提交材料，要找回您的账号)")
    let_cool(product)
    who.opens(link_to(who, new, "/sign-in/link/", seconds=90)).fills(password=NEW, password2=NEW)
    who.presses("设好并登录").agrees().sees(name).opens("/me/").sees(name, "沈知秋").picture("E11-done")
    # the old name still finds it
    somebody("colleague").opens("/recovery/name/?kind=unit").fills(name=old, number=code).presses("发送验证码")
    assert who.code_sent_to(new)
    # and is taken: whoever registers under it is led to recovery
    stranger = somebody("stranger").opens("/register/unit/")
    stranger.fills(name=old, uscc=code, unit_kind="institution", province="420000", address="1 号").presses("下一步")
    stranger.sees("这个单位名称已经注册过")


@scenario("F7", "G5", "F8")
def test_a_phone_is_added_to_an_old_account(somebody: Come, tmp_path: Path) -> None:
    who, new = somebody("old hand"), "+8613900005036"
    who.opens("/recovery/reset/").fills(login_name="zhaojm").presses("发送验证码").sees("一直收不到")
    who.presses("预留的收不到了，去申诉").fills(kind="phone").presses("下一步").sees("老账号补登手机号")
    assert who.page.input_value('[name="login_name"]') == "zhaojm"
    who.fills(
        name="赵嘉木", doc_type="resident_id", doc_number=demo.resident_id(5036), phone="13900005036", identity="on"
    )
    who.presses("下一步").fills(code=who.code_sent_to(new)).presses("下一步").sees("签名盖章的申请（附件1）")
    give_papers(who, tmp_path).sees("二维码对上了").picture("F7-papers").presses("提交申诉").sees("审核中")
    operator = somebody("operator")
    operator.signs_in("operator1", demo.PASSWORD)
    decides(operator, "赵嘉木", "通过")
    who.opens(link_to(who, new, "/sign-in/link/")).sees("账号：WGZJXM_zhaojm")
    who.fills(password=NEW, password2=NEW).presses("设好并登录").agrees().sees("实名认证").picture("F7-identity")
    assert re.search("/real-name/", who.page.url)


@scenario("E10")
def test_the_operator_asks_for_more_once_and_nothing_is_replaced_meanwhile(somebody: Come, tmp_path: Path) -> None:
    who, new, name = somebody("appellant"), "+8613900005038", demo.person_name(36)
    who.opens("/appeals/new/person/")
    who.fills(name=name, doc_type="resident_id", doc_number=demo.resident_id(36), phone="13900005038", identity="on")
    who.presses("下一步").fills(code=who.code_sent_to(new)).presses("下一步")
    give_papers(who, tmp_path).presses("提交申诉").sees("审核中")
    who.opens("/appeals/papers/").is_at("/appeals/mine/")
    operator = somebody("operator")
    operator.signs_in("operator1", demo.PASSWORD)
    decides(operator, name, "请对方补充", note="申诉书没有签名，请签名后重新上传")
    number = message_to(who, new, r"申诉 (SS-\d{4}-\d+) 要补充：申诉书没有签名")
    elsewhere = somebody("another device", size=PHONE)
    elsewhere.opens("/appeals/find/").fills(number=number, phone="13900005038").presses("发送验证码")
    elsewhere.page.wait_for_timeout(2500)  # the code leaves by the job; an older one lies in the mailbox
    elsewhere.fills(code=message_to(who, new, r"验证码 (\d{6})")).presses("查看")
    elsewhere.sees("审核员请您补充", "申诉书没有签名").picture("E10-asked")
    with elsewhere.page.expect_response("**/appeals/papers/form/"):
        elsewhere.page.set_input_files("input#form", str(tmp_path / "letter.jpg"))
    elsewhere.sees("二维码对上了").presses("提交补充").sees("审核中")
    operator.opens("/work/?process=appeals.appeal").page.get_by_role("link", name=name).first.click()
    operator.looks().sees("签名的申诉书").sees_not("请对方补充什么").picture("E10-review")
    assert operator.page.locator(".wz-evidence").inner_text().count("签名的申诉书") >= 2  # the replaced one is kept
