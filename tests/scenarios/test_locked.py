"""What the platform locked: the door says so and leads into the appeal, whose reviewers read why before they open it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.scenarios.entering import give_papers, let_cool, link_to
from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.server import Server
from waizhuan.identity import demo

Come = Callable[..., Somebody]
NEW = "Haiyan-3076!"
WHY = "多地同时登录，O'Brien 来电说不是本人"


def opens_the_case(who: Somebody, login_name: str, title: str) -> Somebody:
    who.signs_in(login_name, demo.PASSWORD).opens("/work/?process=appeals.appeal")
    who.page.get_by_role("link", name=title).first.click()
    return who.is_at("/appeals/").sees("平台锁定了这个账号", WHY)


def approves(who: Somebody, press: str) -> Somebody:
    for box in who.page.locator('input[name="accepted"]').all():
        box.check()
    return who.presses(press, within=".wz-decide")


@scenario("E10", "E2")
def test_what_the_platform_locked_is_opened_by_two_who_read_why(
    somebody: Come, product: Server, tmp_path: Path
) -> None:
    security, name, new = somebody("security officer"), demo.person_name(76), "+8613900005076"
    security.signs_in("security", demo.PASSWORD).opens("/operators/accounts/")
    security.fills(by="document", value=demo.resident_id(76), purpose="security").presses("查询").presses(name[0])
    security.presses("锁定账号").sees("请填写“理由”").fills(reason=WHY).presses("锁定账号").sees("已锁定").picture(
        "locked"
    )
    who = somebody("locked out", language="en", size=PHONE)
    who.signs_in("person76", demo.PASSWORD).sees("The platform").picture("E2-locked")
    who.presses("Appeal").looks().picture("E10-locked-start").fills(kind="person").presses("Next")
    who.fills(
        name=name, doc_type="resident_id", doc_number=demo.resident_id(76), phone="13900005076", identity="on"
    ).presses("Next")
    who.fills(code=who.code_sent_to(new)).presses("Next")
    give_papers(who, tmp_path).presses("Submit the appeal").is_at("/appeals/mine/")
    first, second = somebody("operator"), somebody("senior", size=PHONE)
    opens_the_case(first, "operator1", name).looks().picture("E10-locked-review")
    first.presses("建议通过", within=".wz-decide").sees(WHY).is_at("/appeals/")  # not before the reason is looked at
    approves(first, "建议通过").signs_out()
    opens_the_case(second, "operator2", name).picture("E10-locked-second")
    approves(second, "复核通过")
    let_cool(product)
    who.opens(link_to(who, new, "/sign-in/link/", seconds=90)).fills(password=NEW, password2=NEW)
    who.presses("Set").sees(name).picture("E10-open-again")
