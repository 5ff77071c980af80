"""F12: the department's approval administrator changes; a unit changes its own without the ministry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.scenarios.harness import PHONE, Somebody, scenario
from tests.scenarios.papers import png
from waizhuan.identity import demo

Come = Callable[..., Somebody]
SUCCESSOR = {"name": demo.person_name(70), "sought": demo.resident_id(70)}  # person70: verified
CASE = "低空飞行器噪声控制"  # waits for the department's recommendation


@scenario("F12")
def test_a_department_hands_over_and_the_ministry_confirms(somebody: Come, tmp_path: Path) -> None:
    head = somebody("head").signs_in("nanpu_head", demo.PASSWORD)
    head.opens("/work/").sees(CASE)
    head.opens("/help/F12/").presses("办理换人").fills(name=SUCCESSOR["name"], sought="110101199003070000")
    head.presses("下一步").sees("没有找到这个账号").picture("F12-not-found")
    head.fills(**SUCCESSOR, why="轮岗").presses("下一步").sees("盖章的公函", "南浦市外国专家局")
    head.presses("提交").sees("还不能提交", "请上传：接任人证件正面")
    for n in range(3):
        head.uploads(png(tmp_path, f"材料{n}.png"), into=n)
        head.page.locator(".wz-doc").nth(n).wait_for()
    head.picture("F12-papers").presses("提交").sees("现在由这里办理", "外国专家服务司", "还有 5 个工作日").picture(
        "F12-waiting"
    )
    ministry = somebody("ministry").signs_in("ministry_head", demo.PASSWORD)
    ministry.opens("/work/?q=南浦").presses("南浦市外国专家局", within="tbody").sees("谁换谁", SUCCESSOR["name"])
    ministry.picture("F12-review").presses("确认", within=".wz-decide")
    head.page.goto("/hand-over/")
    head.sees_not("办理换人")  # on the very next request
    successor = somebody("successor").signs_in("person70", demo.PASSWORD)
    successor.opens("/hand-over/").sees("已交接")
    successor.opens("/work/").sees(CASE).picture("F12-successor")


@scenario("F12")
def test_a_unit_changes_its_administrator_in_english_on_a_phone_without_scripts(somebody: Come) -> None:
    unit = somebody("unit", language="en", size=PHONE, scripts=False).signs_in("unit11", demo.PASSWORD)
    unit.opens("/hand-over/new/").fills(name=demo.person_name(71), sought=demo.resident_id(71)).presses("Next")
    unit.picture("F12-unit").presses("Confirm the hand-over").sees("Handed over").picture("F12-unit-done")
    successor = somebody("successor").signs_in("person71", demo.PASSWORD)
    successor.opens("/hand-over/").sees("汐州矿业大学", "已交接")
